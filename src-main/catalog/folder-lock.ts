import { randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { PRIVATE_FILE } from '../platform/durable-file.js';
import { processStartTime } from '../platform/process-identity.js';

/** Another Jackfield works on this data folder. */
export class CatalogLockedError extends Error {
  override readonly name = 'CatalogLockedError';
  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(`Another Jackfield (process ${pid}) already works on ${dataDir}.`);
  }
}

const ownerSchema = z.object({
  pid: z.number().int().positive(),
  startTime: z.string().optional(),
  host: z.string(),
  nonce: z.string(),
});
type Owner = z.output<typeof ownerSchema>;

const FILE = 'jackfield.lock';
const TAKEOVER = 'jackfield.lock.takeover';
const BEAT_MS = 20_000;
const SILENT_AFTER_MS = 90_000;
const TAKEOVER_IS_QUICK_MS = 10_000;
const PATIENCE = 100;

/**
 * Keeps a data folder to one host. The lock file names its owner by pid and start time, so that the lock of a killed
 * host, or one whose pid now belongs to another program, is taken over at once. An owner on another computer (a
 * folder on a share) cannot be looked at: it counts as alive while it touches the file.
 */
export class FolderLock {
  #beat: NodeJS.Timeout;
  #isLost = false;

  private constructor(
    private readonly path: string,
    private readonly owner: Owner,
  ) {
    this.#beat = setInterval(() => void this.#touch(), BEAT_MS).unref();
  }

  /** @throws CatalogLockedError; the system's error where the folder cannot be written */
  static async take(dataDir: string): Promise<FolderLock> {
    const path = join(dataDir, FILE);
    const startTime = await processStartTime(process.pid);
    const owner: Owner = {
      pid: process.pid,
      host: hostname(),
      nonce: randomUUID(),
      ...(startTime !== undefined && { startTime }),
    };
    for (let attempt = 0; attempt < PATIENCE; attempt += 1) {
      if (await claim(path, owner)) {
        await clearDrafts(dataDir);
        return new FolderLock(path, owner);
      }
      const holder = await readOwner(path);
      if (holder === 'nobody') continue;
      if (holder !== 'torn' && (await lives(path, holder))) throw new CatalogLockedError(dataDir, holder.pid);
      await clearStale(dataDir, path, nonceOf(holder));
    }
    throw Object.assign(new Error(`${path} changes all the time`), { code: 'EBUSY' });
  }

  /**
   * Whether the folder is still this host's. A computer that was asleep, or cut off from the share, may have been taken
   * for dead: what the other one has saved since is unknown here, so the folder stays lost, whatever becomes of the lock.
   */
  async isHeld(): Promise<boolean> {
    if (this.#isLost) return false;
    const holder = await readOwner(this.path);
    // A share that does not answer now, or is not mounted, has been given to nobody.
    const isUnknown = holder === 'torn' || (holder === 'nobody' && !(await isThere(dirname(this.path))));
    this.#isLost = !isUnknown && nonceOf(holder) !== this.owner.nonce;
    return !this.#isLost;
  }

  /** Gives the folder back. A lock that somebody else holds by now is left alone. */
  async release(): Promise<void> {
    clearInterval(this.#beat);
    if (nonceOf(await readOwner(this.path)) === this.owner.nonce) await rm(this.path, { force: true });
  }

  async #touch(): Promise<void> {
    if (!(await this.isHeld())) return;
    const now = new Date();
    await utimes(this.path, now, now).catch(() => undefined);
  }
}

/** Makes the lock file with its text in one step, so that nobody ever reads a half-written one. */
async function claim(path: string, owner: Owner): Promise<boolean> {
  const draft = `${path}.${owner.nonce}`;
  const text = JSON.stringify(owner);
  try {
    await writeNew(draft, text);
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: the quicker one of two has cleared our draft away.
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    // File systems without hard links (FAT, some shares) answer one of these.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EOPNOTSUPP'].includes(code ?? '')) throw error;
    return writeNew(path, text).then(
      () => true,
      (failure: NodeJS.ErrnoException) => {
        if (failure.code === 'EEXIST') return false;
        throw failure;
      },
    );
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', PRIVATE_FILE);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

type Holder = Owner | 'torn' | 'nobody';

async function readOwner(path: string): Promise<Holder> {
  try {
    const parsed = ownerSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : 'torn';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'nobody' : 'torn';
  }
}

function nonceOf(holder: Holder): string {
  return typeof holder === 'string' ? holder : holder.nonce;
}

/** Removes what hosts that were killed while they took the lock have left. */
async function clearDrafts(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir))
    if (name.startsWith(`${FILE}.`)) await rm(join(dataDir, name), { force: true });
}

async function lives(path: string, owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return (await ageOf(path)) < SILENT_AFTER_MS;
  const startTime = await processStartTime(owner.pid);
  return startTime !== undefined && (owner.startTime === undefined || startTime === owner.startTime);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Of a folder on a share the other computer's clock writes the time; a wrong clock may make it negative. */
async function ageOf(path: string): Promise<number> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs;
}

/**
 * Removes a dead owner's lock. Two hosts may find it dead at once, and the slower must not remove the quicker one's
 * new lock: so the removal itself is guarded by a second file, under which the owner is read again.
 */
async function clearStale(dataDir: string, path: string, dead: string): Promise<void> {
  const guard = join(dataDir, TAKEOVER);
  try {
    await writeNew(guard, String(process.pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // A guard that stays was left by a crash in the few milliseconds it is needed for.
    if ((await ageOf(guard)) > TAKEOVER_IS_QUICK_MS) await rm(guard, { force: true });
    await wait(20);
    return;
  }
  try {
    if (nonceOf(await readOwner(path)) === dead) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
