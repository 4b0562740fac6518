import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { lstat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { PRIVATE_FILE } from '../../platform/durable-file.js';

const NAME = 'jackfield.sock';
/** Says where the socket is, where it is not in the data folder itself. */
const POINTER = 'jackfield.sock.at';
/** sun_path of sockaddr_un: 104 bytes on macOS and the BSDs, 108 on Linux, with the NUL that ends it. */
const LONGEST_PATH = 103;
const OWN_FOLDER = /^jackfield-[A-Za-z0-9]{6}$/;
const PIPE = /^\\\\\.\\pipe\\jackfield-[0-9a-f]{32}$/;

export type Place = { address: string; isOutside: boolean };

/** In the data folder, where its path is not too long for a socket. */
export function placeInside(dataDir: string): Place | undefined {
  const address = join(dataDir, NAME);
  return process.platform === 'win32' || Buffer.byteLength(address) > LONGEST_PATH
    ? undefined
    : { address, isOutside: false };
}

/**
 * A socket in a new folder that is this person's alone, or on Windows a pipe whose name nobody can guess and so nobody
 * can take before us. The pointer in the data folder says where it is.
 */
export async function placeOutside(dataDir: string, env: NodeJS.ProcessEnv): Promise<Place> {
  const address = await newAddress(env);
  await writeFile(join(dataDir, POINTER), address, { mode: PRIVATE_FILE });
  return { address, isOutside: true };
}

async function newAddress(env: NodeJS.ProcessEnv): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\jackfield-${randomBytes(16).toString('hex')}`;
  const runtime = env['XDG_RUNTIME_DIR'];
  for (const base of [runtime, tmpdir(), '/tmp']) {
    if (!base || !isAbsolute(base)) continue;
    const longest = join(base, 'jackfield-123456', NAME);
    if (Buffer.byteLength(longest) > LONGEST_PATH) continue;
    // mkdtemp makes it with mode 0700.
    const folder = await mkdtemp(join(base, 'jackfield-')).catch(() => undefined);
    if (folder !== undefined) return join(folder, NAME);
  }
  throw Object.assign(new Error('No folder with a path short enough for a socket can be made'), {
    code: 'ENAMETOOLONG',
  });
}

/** Removes the pointer, and the folder that was made for the socket. */
export function leaveOutside(dataDir: string, { address }: Place): void {
  rmSync(join(dataDir, POINTER), { force: true });
  if (process.platform !== 'win32') rmSync(dirname(address), { recursive: true, force: true });
}

/** Removes what an earlier host left. Only for the one that holds the folder's lock. */
export async function clearPlaces(dataDir: string): Promise<void> {
  const pointed = await readFile(join(dataDir, POINTER), 'utf8').catch(() => undefined);
  const folder = pointed === undefined ? undefined : dirname(pointed);
  if (folder !== undefined && (await isOwnFolder(folder))) await rm(folder, { recursive: true, force: true });
  await rm(join(dataDir, POINTER), { force: true });
  if (process.platform !== 'win32') await rm(join(dataDir, NAME), { force: true });
}

async function isOwnFolder(folder: string): Promise<boolean> {
  if (!OWN_FOLDER.test(folder.split('/').at(-1) ?? '')) return false;
  const facts = await lstat(folder).catch(() => undefined);
  return facts !== undefined && facts.isDirectory() && facts.uid === process.getuid?.();
}

/**
 * Where a running host of this data folder is to be reached. What is not this person's own is not talked to: somebody
 * else could have put it there to be told secrets.
 */
export function addressIn(dataDir: string): string | undefined {
  try {
    const pointed = readFileSync(join(dataDir, POINTER), 'utf8');
    if (process.platform === 'win32') return PIPE.test(pointed) ? pointed : undefined;
    return isOwnSocket(pointed) ? pointed : undefined;
  } catch {
    const inside = placeInside(dataDir)?.address;
    return inside !== undefined && isOwnSocket(inside) ? inside : undefined;
  }
}

function isOwnSocket(path: string): boolean {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return facts !== undefined && facts.isSocket() && facts.uid === process.getuid?.();
}
