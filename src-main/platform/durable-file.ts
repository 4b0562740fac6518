import { constants } from 'node:fs';
import { mkdir, open, readdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import writeFileAtomic from 'write-file-atomic';

// What "on disk" means here: after a power cut the file holds either all of the old bytes or all of the new ones.

/** Only the person who runs the app may read what it stores. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

// Virus scanners and file indexers hold a file for a moment after it was written; Windows then answers one of these.
const TRANSIENT = new Set(['EBUSY', 'EPERM', ...(process.platform === 'win32' ? ['EACCES'] : [])]);
const RETRY_AFTER_MS = [20, 80, 250, 600];

export type ReplaceOptions = {
  /** Mode of the file: `kept` is that of the one it replaces. */
  mode?: number | 'kept';
  /** Asked when all bytes are on disk, just before the rename; what it throws stops the replacement. */
  beforeRename?: () => Promise<void>;
};

/**
 * Puts `data` in the place of the file at `path`: temporary file beside it, fsync, rename, fsync of the folder.
 * A file that is held by another program is tried again for about a second.
 * @throws the system's error (`code` ENOSPC, EACCES, …); the old file is then untouched
 */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  options: ReplaceOptions = {},
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await replaceOnce(path, data, options);
      break;
    } catch (error) {
      const delay = RETRY_AFTER_MS[attempt];
      if (delay === undefined || !TRANSIENT.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await wait(delay);
    }
  }
  // A catalog that is a link to a file elsewhere stays one: the name that changed is in that other folder.
  await syncFolder(dirname(await realpath(path)));
}

function replaceOnce(
  path: string,
  data: string | Uint8Array,
  { mode = PRIVATE_FILE, beforeRename }: ReplaceOptions,
): Promise<void> {
  // write-file-atomic calls write(2) once and passes over a short count, which is what a nearly full disk answers:
  // the torn file would then be renamed into place. So the bytes are written here, before its rename.
  const tmpfileCreated = async (temporary: string): Promise<void> => {
    await fill(temporary, data);
    await beforeRename?.();
  };
  return writeFileAtomic(path, '', {
    ...(mode === 'kept' ? {} : { mode }),
    fsync: false,
    tmpfileCreated: tmpfileCreated as unknown as (name: string) => void,
  });
}

async function fill(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, constants.O_WRONLY);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames and new names in a folder survive a power cut. Windows does so by itself and cannot be asked. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } catch (error) {
    // Network and FUSE file systems that cannot sync a folder say so this way.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  } finally {
    await folder.close();
  }
}

/** Makes a folder, and those above it, for this person alone. One that is there keeps its mode. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
}

/** Removes what a write that was cut off by a crash left beside `path`. Call it only while nobody writes there. */
export async function removeTemporaries(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(folder))
    if (name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
      await rm(join(folder, name), { force: true });
}
