import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

// What "on disk" means here: after a power cut the file holds either all of the old bytes or all of the new ones.
// By hand, because write-file-atomic 7.0.1 calls write(2) once and does not look at how much was written: on a nearly
// full disk it renames a truncated file into place and says that all went well.

/** Only the person who runs the app may read what it stores. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

// Virus scanners and file indexers hold a file for a moment after it was written; Windows then answers one of these.
const TRANSIENT = new Set(['EBUSY', 'EPERM', ...(process.platform === 'win32' ? ['EACCES'] : [])]);
const TEMPORARY = '.tmp';
const RETRY_AFTER_MS = [20, 80, 250, 600];

export type ReplaceOptions = {
  /** Mode of the file: `kept` is that of the one it replaces. */
  mode?: number | 'kept';
  /** False for what is lost without harm with the power: whole or not there, but not waited for on the disk. */
  fsync?: boolean;
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
  // A file that is a link to one elsewhere stays one.
  const target = await realpath(path).catch(() => path);
  // Opened first: a process that is out of file handles must hear of it while the old file is still in its place.
  const folder = options.fsync === false ? undefined : await openFolder(dirname(target));
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await replaceOnce(target, data, options);
        break;
      } catch (error) {
        const delay = RETRY_AFTER_MS[attempt];
        if (delay === undefined || !TRANSIENT.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
        await wait(delay);
      }
    }
    await folder?.sync();
  } finally {
    await folder?.close();
  }
}

async function replaceOnce(
  target: string,
  data: string | Uint8Array,
  { mode = PRIVATE_FILE, fsync = true, beforeRename }: ReplaceOptions,
): Promise<void> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
  const old = await stat(target).catch(() => undefined);
  try {
    await fill(temporary, data, {
      mode: mode === 'kept' ? (old?.mode ?? PRIVATE_FILE) & 0o7777 : mode,
      fsync,
      owner: old,
    });
    await beforeRename?.();
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

type Owner = { uid: number; gid: number };

async function fill(
  path: string,
  data: string | Uint8Array,
  { mode, fsync, owner }: { mode: number; fsync: boolean; owner: Owner | undefined },
): Promise<void> {
  const file = await open(path, 'wx', PRIVATE_FILE);
  try {
    // Goes on until all bytes are written or one write fails: a nearly full disk takes a part without an error.
    await file.writeFile(data);
    // An app started once with sudo must not lock its person out of their own file.
    if (owner && process.getuid && owner.uid !== process.getuid())
      await file.chown(owner.uid, owner.gid).catch(() => undefined);
    // Disks without modes (FAT, some shares) refuse; the file was made for its person alone.
    await file.chmod(mode).catch(() => undefined);
    if (fsync) await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames and new names in a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await openFolder(path);
  try {
    await folder?.sync();
  } finally {
    await folder?.close();
  }
}

type Folder = { sync(): Promise<void>; close(): Promise<void> };

/** Windows syncs folders by itself and cannot be asked. */
async function openFolder(path: string): Promise<Folder | undefined> {
  if (process.platform === 'win32') return undefined;
  const handle = await open(path, constants.O_RDONLY);
  return {
    sync: () =>
      handle.sync().catch((error: NodeJS.ErrnoException) => {
        // Network and FUSE file systems that cannot sync a folder say so this way.
        if (!['EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF'].includes(error.code ?? '')) throw error;
      }),
    close: () => handle.close(),
  };
}

/** Makes a folder, and those above it, for this person alone. One that is there keeps its mode. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
}

/**
 * Removes what a write that was cut off by a crash left beside `path`. Call it only while nobody writes there, or say
 * how old a file must be to be no write under way.
 */
export async function removeTemporaries(path: string, olderThanMs = 0): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length))) continue;
    const age = Date.now() - (olderThanMs > 0 ? (await stat(join(folder, name))).mtimeMs : 0);
    if (age >= olderThanMs) await rm(join(folder, name), { force: true });
  }
}
