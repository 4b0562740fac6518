import { AppError } from '../../contract/index.js';

type Named = { id: string; name: string };

const MOST_NAMED = 12;
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
  const names = servers.slice(0, MOST_NAMED).map(({ name }) => `"${name}"`);
  if (servers.length > MOST_NAMED) names.push(`${servers.length - MOST_NAMED} more`);
  throw new AppError(
    'not_found',
    `There is no server "${word}".`,
    names.length === 0
      ? 'There are no servers yet: add one in Jackfield.'
      : `There are: ${names.join(', ')}.`,
  );
}
