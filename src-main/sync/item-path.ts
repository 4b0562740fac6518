import { AppError } from '../contract/index.js';

/**
 * The path of one entry of a remote's collection. Ids come from remotes and from files, and are checked first: an empty
 * one would address the whole collection, and half a character has no place in a URL.
 * @param collection with its last slash
 * @throws AppError `invalid`
 */
export function itemPath(collection: string, id: string, product: string): string {
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed())
    throw new AppError(
      'invalid',
      `This link has no usable ${product} id.`,
      'Remove the link and link the entry again.',
    );
  return `${collection}${encodeURIComponent(id)}`;
}
