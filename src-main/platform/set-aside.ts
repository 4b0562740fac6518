import { constants } from 'node:fs';
import { chmod, copyFile, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, parse as partsOf } from 'node:path';
import { makePrivateFolder, PRIVATE_FILE, removeTemporaries, syncFolder } from './durable-file.js';

// Files that cannot be used are put out of the way, never replaced.

/** A time as it stands in file names: ISO 8601 UTC, with dashes where Windows allows no colons. */
export function stampOf(time: Date): string {
  return time.toISOString().replaceAll(':', '-');
}

/**
 * Copies a file into `folder` under its own time, on disk before this answers; where it cannot be copied (no room, no
 * right to read it) it is moved. One that was set aside before is not set aside twice.
 * @param word says in the new name why: `catalog-unreadable-2026-11-21T10-20-30.123Z.json`
 * @returns where it is now
 * @throws the system's error where it could be neither copied nor moved; the file is then untouched
 */
export function setAside(path: string, folder: string, word: string): Promise<string> {
  return putAside(path, folder, word, copyOrMove);
}

/** The same for a file that stays in use: where it cannot be copied it stays as it is. @throws the system's error */
export function copyAside(path: string, folder: string, word: string): Promise<string> {
  return putAside(path, folder, word, copyWhole);
}

async function putAside(
  path: string,
  folder: string,
  word: string,
  put: (path: string, target: string) => Promise<void>,
): Promise<string> {
  await makePrivateFolder(folder);
  const { name, ext } = partsOf(path);
  const stem = `${name}-${word}-${stampOf((await stat(path)).mtime)}`;
  const same = join(folder, `${stem}${ext}`);
  if (await holdSame(path, same)) return same;
  const where = await atFreeName(folder, stem, ext, (target) => put(path, target));
  await keepPrivate(where);
  await syncFolder(folder);
  return where;
}

/**
 * Reads a small file of ours when the app starts, and removes what a write of it that a crash cut off has left. One that
 * cannot be read, or that `parse` throws at, is moved into `folder`, so that the next write harms nothing.
 * @returns undefined where there is none, or none that can be read
 */
export async function readOrSetAside<T>(
  path: string,
  folder: string,
  parse: (text: string) => T,
): Promise<T | undefined> {
  // Nobody writes there yet; without a folder there is nothing to remove either.
  await removeTemporaries(path).catch(() => undefined);
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      await moveAside(path, folder, 'unreadable').catch(() => undefined);
    return undefined;
  }
}

/** Moves a file, or whatever stands in its place, into `folder`. @returns where it is now */
export async function moveAside(path: string, folder: string, word: string): Promise<string> {
  await makePrivateFolder(folder);
  const { name, ext } = partsOf(path);
  const stem = `${name}-${word}-${stampOf(new Date())}`;
  const where = await atFreeName(folder, stem, ext, (target) => moveTo(path, target));
  await keepPrivate(where);
  return where;
}

/** Whoever made a file readable to others (an editor, a restored archive) meant that one, not a copy of it. */
async function keepPrivate(path: string): Promise<void> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) await chmod(path, PRIVATE_FILE).catch(() => undefined);
}

/** Calls `make` with one name after the other until one is free: `make` fails with EEXIST for one that is taken. */
export async function atFreeName(
  folder: string,
  stem: string,
  ext: string,
  make: (target: string) => Promise<void>,
): Promise<string> {
  for (let count = 1; ; count += 1) {
    const target = join(folder, count === 1 ? `${stem}${ext}` : `${stem}-${count}${ext}`);
    try {
      await make(target);
      return target;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

async function copyWhole(path: string, target: string): Promise<void> {
  try {
    await copyFile(path, target, constants.COPYFILE_EXCL);
    await sync(target);
  } catch (error) {
    if (!isTaken(error)) await rm(target, { force: true });
    throw error;
  }
}

async function copyOrMove(path: string, target: string): Promise<void> {
  await copyWhole(path, target).catch((error: unknown) => {
    if (isTaken(error)) throw error;
    return moveTo(path, target);
  });
}

/** A rename alone would replace what has that name. */
async function moveTo(path: string, target: string): Promise<void> {
  const taken = await stat(target).then(
    () => true,
    () => false,
  );
  if (taken) throw Object.assign(new Error(`${target} is taken`), { code: 'EEXIST' });
  await rename(path, target);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function holdSame(a: string, b: string): Promise<boolean> {
  const read = (path: string): Promise<Buffer | undefined> => readFile(path).catch(() => undefined);
  const [first, second] = await Promise.all([read(a), read(b)]);
  return first !== undefined && second !== undefined && first.equals(second);
}
