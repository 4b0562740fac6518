import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readlink, realpath, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '../contract/index.js';
import { PRIVATE_FILE, removeTemporaries, replaceFile } from '../platform/durable-file.js';
import { describeIoFailure } from '../platform/io-failure.js';
import { Unreadable } from './formats/format.js';

// Files of other people's programs. Nothing here changes one without knowing every byte it held a moment before.

/** Far above any config a person keeps; a larger file is something else. */
const LARGEST = 64 * 1024 * 1024;

/** No write takes this long: what is older beside a client's file is left of one that was cut off. */
const LEFT_BEHIND_MS = 60_000;

type Encoding = { bom: boolean; name: 'utf-8' | 'utf-16le' };

/** A config file as it was read. `text` has no byte order mark; `encode` puts it back. */
export type ClientFile = {
  path: string;
  exists: boolean;
  text: string;
  /** It holds bytes that are no text; `text` is empty then. */
  isNoText?: true;
  /** Names these very bytes, so that a later look can tell whether they are still there. */
  hash: string;
  bytes: Buffer;
  encode(text: string): Buffer;
};

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Reads a file that may be missing.
 * @throws Unreadable where it is no text; AppError `io` where the system refuses
 */
export async function readClientFile(path: string): Promise<ClientFile> {
  return asFile(path, await readBytes(path));
}

/** The same where any bytes will do. */
export async function readAnyClientFile(path: string): Promise<ClientFile> {
  const bytes = await readBytes(path);
  try {
    return asFile(path, bytes);
  } catch (error) {
    if (!(error instanceof Unreadable) || !bytes) throw error;
    return { ...asFile(path, Buffer.alloc(0)), isNoText: true, hash: hashOf(bytes), bytes };
  }
}

function asFile(path: string, bytes: Buffer | undefined): ClientFile {
  const { text, encoding } = decode(bytes ?? Buffer.alloc(0));
  return {
    path,
    exists: bytes !== undefined,
    text,
    hash: bytes ? hashOf(bytes) : 'missing',
    bytes: bytes ?? Buffer.alloc(0),
    encode: (next) => encode(next, encoding),
  };
}

/** Opened without waiting: a pipe in the place of a file would keep whoever opens it until somebody writes into it. */
const READ_NOW = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

async function readBytes(path: string): Promise<Buffer | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, READ_NOW);
    const facts = await handle.stat();
    if (facts.isDirectory()) throw new Unreadable('a folder stands in its place');
    if (!facts.isFile()) throw new Unreadable('it is a device or a pipe, and no file');
    if (facts.size > LARGEST) throw new Unreadable(`it has ${facts.size} bytes, which no config file has`);
    return await handle.readFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof Unreadable) throw error;
    throw ioError(`${path} could not be read`, error);
  } finally {
    await handle?.close();
  }
}

function decode(bytes: Buffer): { text: string; encoding: Encoding } {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    throw new Unreadable('it is in UTF-16 with its bytes swapped; save it as UTF-8');
  const name = utf16 ? 'utf-16le' : 'utf-8';
  const bom = utf16 || (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf);
  try {
    return { text: new TextDecoder(name, { fatal: true }).decode(bytes), encoding: { bom, name } };
  } catch {
    throw new Unreadable('it holds bytes that are no UTF-8 text');
  }
}

function encode(text: string, { bom, name }: Encoding): Buffer {
  return Buffer.from((bom ? '\ufeff' : '') + text, name === 'utf-8' ? 'utf8' : 'utf16le');
}

/**
 * Puts `text` in the place of what `file` held when it was read: beside it first, then renamed over it. Its mode, its
 * owner and the links that lead to it stay. A new file is for this person alone.
 * @returns false where the file is no longer what was read; nothing is written then
 * @throws AppError `io`
 */
export async function replaceClientFile(file: ClientFile, text: string): Promise<boolean> {
  const bytes = file.encode(text);
  const assertAsRead = async (): Promise<void> => {
    if (!(await isAsRead(file))) throw new Overtaken();
  };
  try {
    await assertAsRead();
    const target = await linkTarget(file.path);
    await mkdir(dirname(target), { recursive: true });
    await removeTemporaries(target, LEFT_BEHIND_MS).catch(() => undefined);
    if (!file.exists) await replaceFile(target, bytes, { mode: PRIVATE_FILE, beforeRename: assertAsRead });
    else {
      await assertWritable(target);
      if ((await stat(target)).nlink === 1)
        await replaceFile(target, bytes, { mode: 'kept', beforeRename: assertAsRead });
      else await assertAsRead().then(() => overwrite(target, bytes));
    }
  } catch (error) {
    if (error instanceof Overtaken) return false;
    if (error instanceof AppError) throw error;
    throw ioError(`${file.path} could not be written; it is unchanged`, error);
  }
  return true;
}

/**
 * Takes a file away that Jackfield has made; a link that leads to it stays.
 * @returns false where the file is no longer what was read; it stays then
 * @throws AppError `io`
 */
export async function removeClientFile(file: ClientFile): Promise<boolean> {
  try {
    if (!(await isAsRead(file))) return false;
    if (!file.exists) return true;
    const target = await linkTarget(file.path);
    await assertWritable(target);
    await rm(target);
    return true;
  } catch (error) {
    throw error instanceof AppError ? error : ioError(`${file.path} could not be taken away`, error);
  }
}

/** Somebody else wrote the file between our look and our write. */
class Overtaken extends Error {}

/** True while the file on disk is, byte for byte, the one that was read. */
export async function isAsRead(file: ClientFile): Promise<boolean> {
  const now = await readBytes(file.path);
  return now === undefined ? !file.exists : file.exists && hashOf(now) === file.hash;
}

/** Follows links to the file they mean, also to one that is not there yet. */
async function linkTarget(path: string, hops = 0): Promise<string> {
  const there = await realpath(path).catch(() => undefined);
  if (there) return there;
  const link = await readlink(path).catch(() => undefined);
  if (link === undefined || hops > 40) return path;
  return linkTarget(resolve(dirname(path), link), hops + 1);
}

/** A rename does not ask the file it replaces, so the file's own permission is asked here. */
async function assertWritable(path: string): Promise<void> {
  await access(path, constants.W_OK);
  if (((await stat(path)).mode & 0o222) === 0)
    throw Object.assign(new Error('the file is marked read-only'), { code: 'EACCES' });
}

/** A file with a second name (a hard link) would lose it by a rename, so it is written in place; a backup exists. */
async function overwrite(path: string, bytes: Buffer): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r+');
    await handle.writeFile(bytes);
    await handle.truncate(bytes.length);
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

export function ioError(what: string, error: unknown): AppError {
  const { reason, hint } = describeIoFailure(error);
  return new AppError('io', `${what}: ${reason}.`, hint, [], { cause: error });
}
