import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../contract/index.js';
import { readClientFile } from '../client-file.js';
import { formatOf } from '../formats/index.js';
import type { ClientSpec, Place } from './client-spec.js';
import { CLIENTS } from './index.js';
import { projectFolders } from './project-folders.js';

/** One place for servers: a client's file, a part of it, or its file in one project. */
export type Target = {
  /** What the contract's methods know it by: `cursor`, `cursor-project@1f2e3d4c5b6a`. */
  word: string;
  title: string;
  path: string;
  spec: ClientSpec;
  branch?: string | undefined;
  /** The file comes with a project, which somebody else may have written. */
  isProject: boolean;
};

/** Every place there is on this computer. Files of projects, and parts of files, only where they exist. */
export async function allTargets(place: Place): Promise<Target[]> {
  const [own, projects] = await Promise.all([
    Promise.all(CLIENTS.map((spec) => targetsOf(spec, place))),
    projectTargets(place),
  ]);
  return [...own.flat(), ...projects];
}

/** @throws AppError `not_found` for a word that `import.scan` does not answer here */
export async function targetNamed(word: string, place: Place): Promise<Target> {
  const [base = '', mark] = word.split('@', 2);
  const spec = CLIENTS.find((candidate) => candidate.word === base);
  const candidates = !spec ? [] : spec.inProject ? await projectTargets(place) : await targetsOf(spec, place);
  const target = candidates.find((candidate) => candidate.word === word);
  if (target) return target;
  throw new AppError(
    'not_found',
    mark === undefined
      ? `There is no AI client known as "${word.slice(0, 100)}".`
      : `The place for servers known as "${word.slice(0, 100)}" is no longer there.`,
    'Scan for clients again and choose one of those that are found.',
  );
}

async function targetsOf(spec: ClientSpec, place: Place): Promise<Target[]> {
  if (spec.inProject) return [];
  const path = await pathOf(spec, place);
  if (path === undefined) return [];
  const whole: Target = { word: spec.word, title: spec.title, path, spec, isProject: false };
  const branches = spec.branches ? await branchesIn(spec, path) : [];
  const parts = branches.map(({ id, title }): Target => ({
    ...whole,
    word: `${spec.word}@${mark(id)}`,
    title,
    branch: id,
  }));
  // A client without a place of its own for servers has them in its branches alone.
  return isEmptyPlace(spec) ? parts : [whole, ...parts];
}

const isEmptyPlace = ({ serversAt }: ClientSpec): boolean =>
  typeof serversAt !== 'function' && serversAt.length === 0;

/**
 * The first that exists, else the one that would be made: in the first folder that is there, which shows how the client
 * was installed, or in the usual one.
 */
async function pathOf(spec: ClientSpec, place: Place): Promise<string | undefined> {
  const paths = spec.paths(place);
  for (const path of paths) if (await isThere(path)) return path;
  for (const path of paths)
    if (await isThere(dirname(path))) return paths.findLast((other) => dirname(other) === dirname(path));
  return paths.at(-1);
}

async function branchesIn(spec: ClientSpec, path: string): Promise<{ id: string; title: string }[]> {
  try {
    const file = await readClientFile(path);
    return file.exists ? (spec.branches?.(formatOf(spec.format).read(file.text)) ?? []) : [];
  } catch {
    // The whole file says what is wrong with it.
    return [];
  }
}

async function projectTargets(place: Place): Promise<Target[]> {
  const folders = await projectFolders(place);
  const found = await Promise.all(folders.map((folder) => targetsIn(folder)));
  return found.flat();
}

/** The clients' files in one folder. */
export async function targetsIn(folder: string): Promise<Target[]> {
  const targets = CLIENTS.flatMap((spec): Target[] => {
    if (!spec.inProject) return [];
    const path = join(folder, spec.inProject);
    const name = folder.split(/[/\\]/).findLast(Boolean) ?? folder;
    return [
      { word: `${spec.word}@${mark(folder)}`, title: `${spec.title}: ${name}`, path, spec, isProject: true },
    ];
  });
  const there = await Promise.all(targets.map(({ path }) => isThere(path)));
  return targets.filter((_, index) => there[index]);
}

const mark = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 12);

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
