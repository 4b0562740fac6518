import { stat } from 'node:fs/promises';
import { AppError } from '../../contract/index.js';
import type { ClientSpec, Place } from './client-spec.js';
import { CLIENTS } from './index.js';

/** One file of one client. `word` is what the contract's methods know it by. */
export type Target = { word: string; title: string; path: string; spec: ClientSpec };

/** The file of a client that has one for the whole computer: the first that exists, else the one that would be made. */
export async function targetOf(spec: ClientSpec, place: Place): Promise<Target | undefined> {
  const paths = spec.paths(place);
  for (const path of paths)
    if (await isThere(path)) return { word: spec.word, title: spec.title, path, spec };
  const path = paths.at(-1);
  return path === undefined ? undefined : { word: spec.word, title: spec.title, path, spec };
}

/** @throws AppError `not_found` for a word that `import.scan` does not answer here */
export async function targetNamed(word: string, place: Place): Promise<Target> {
  const spec = CLIENTS.find((candidate) => candidate.word === word);
  const target = spec && (await targetOf(spec, place));
  if (target) return target;
  throw new AppError(
    'not_found',
    `There is no AI client known as "${word.slice(0, 100)}" on this computer.`,
    'Scan for clients again and choose one of those that are found.',
  );
}

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
