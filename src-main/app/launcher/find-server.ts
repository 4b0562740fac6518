import { AppError } from '../../contract/index.js';
import { meantOrThere } from './similar.js';

type Named = { id: string; name: string };

const folded = (text: string): string => text.normalize('NFC').toLowerCase();

/**
 * The server that a word on a command line means: an id, or a name without regard to case (names are unique that way).
 * @throws AppError `not_found`, with the names there are
 */
export function findServer<S extends Named>(servers: readonly S[], word: string): S {
  const found =
    servers.find(({ id }) => id === word) ??
    servers.find(({ name }) => name === word) ??
    servers.find(({ name }) => folded(name) === folded(word));
  if (found) return found;
  throw new AppError(
    'not_found',
    `There is no server "${word}".`,
    meantOrThere(
      word,
      servers.map(({ name }) => name),
      'There are no servers yet: add one in Jackfield.',
    ),
  );
}
