import { constants } from 'node:fs';
import { copyFile, link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { makePrivateFolder, syncFolder } from '../platform/durable-file.js';
import { readCatalog, type Reading } from './read-catalog.js';

const KEPT_LAST = 20;
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const NAME = /^catalog-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)(?:-\d+)?\.json$/;

/** A file's time as it stands in names: ISO 8601 UTC, with dashes where Windows allows no colons. */
export function stampOf(time: Date): string {
  return time.toISOString().replaceAll(':', '-');
}

function timeOf(name: string): Date | undefined {
  const stamp = NAME.exec(name)?.[1];
  return stamp ? new Date(stamp.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:')) : undefined;
}

export type Backup = { path: string; at: string };

/**
 * Earlier states of `catalog.json`: the last 20, and the last of each day for 30 days. A backup is a second name of
 * the file that is about to be replaced, so it costs no copying.
 */
export class Backups {
  /** Oldest first. */
  #names: string[] | undefined;

  constructor(readonly folder: string) {}

  static in(dataDir: string): Backups {
    return new Backups(join(dataDir, 'backups'));
  }

  /** Newest first. */
  async list(): Promise<Backup[]> {
    const names = await this.#known();
    return names
      .map((name) => ({ path: join(this.folder, name), at: (timeOf(name) as Date).toISOString() }))
      .reverse();
  }

  /**
   * Keeps the file at `path` as it is now, because it is about to be replaced.
   * @returns what ends it: `true` where the file was replaced, `false` where that failed and it is no earlier state
   */
  async keep(path: string, now = new Date()): Promise<(replaced: boolean) => Promise<void>> {
    const names = await this.#known();
    const name = await this.#place(`catalog-${stampOf(now)}`, (target) => secondName(path, target));
    return async (replaced) => {
      if (name === undefined) return;
      if (!replaced) return rm(join(this.folder, name), { force: true });
      names.push(name);
      await this.#prune(names, now);
    };
  }

  /**
   * Puts a file that cannot be used aside under its own time, on disk before this answers. A file that was set aside
   * before is not set aside twice.
   * @returns where it is now
   * @throws the system's error where it could be neither copied nor moved; the file is then untouched
   */
  async setAside(path: string, word: string): Promise<string> {
    await makePrivateFolder(this.folder);
    const { name: stem, ext } = parse(path);
    const base = `${stem}-${word}-${stampOf((await stat(path)).mtime)}`;
    const same = join(this.folder, `${base}${ext}`);
    if (await holdSame(path, same)) return same;
    const name = await this.#place(base, (target) => copyOrMove(path, target), ext);
    if (name === undefined) throw Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' });
    await syncFolder(this.folder);
    return join(this.folder, name);
  }

  /** Moves a file, or whatever stands in its place, out of the way. @returns where it is now */
  async moveAside(path: string, word: string): Promise<string> {
    await makePrivateFolder(this.folder);
    const { name: stem, ext } = parse(path);
    const base = `${stem}-${word}-${stampOf(new Date())}`;
    const name = await this.#place(base, (target) => moveTo(path, target), ext);
    if (name === undefined) throw Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' });
    return join(this.folder, name);
  }

  /** The newest backup that can be read in full. */
  async newestGood(): Promise<(Backup & { reading: Extract<Reading, { kind: 'whole' }> }) | undefined> {
    for (const backup of await this.list()) {
      const reading = readCatalog(await readFile(backup.path).catch(() => Buffer.alloc(0)));
      if (reading.kind === 'whole') return { ...backup, reading };
    }
    return undefined;
  }

  async #known(): Promise<string[]> {
    if (this.#names) return this.#names;
    await makePrivateFolder(this.folder);
    this.#names = (await readdir(this.folder)).filter((name) => NAME.test(name)).sort();
    return this.#names;
  }

  /** Finds a free name; `undefined` where the source is not there. */
  async #place(
    base: string,
    make: (target: string) => Promise<void>,
    ext = '.json',
  ): Promise<string | undefined> {
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? `${base}${ext}` : `${base}-${count}${ext}`;
      try {
        await make(join(this.folder, name));
        return name;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return undefined;
        if (code !== 'EEXIST') throw error;
      }
    }
  }

  async #prune(names: string[], now: Date): Promise<void> {
    const kept = keptOf(names, now);
    for (const name of names.filter((one) => !kept.has(one))) {
      await rm(join(this.folder, name), { force: true });
      names.splice(names.indexOf(name), 1);
    }
  }
}

/** Which of these names (oldest first) stay. */
export function keptOf(names: readonly string[], now: Date): Set<string> {
  const kept = new Set(names.slice(-KEPT_LAST));
  const lastOfDay = new Map<string, string>();
  for (const name of names) {
    const time = timeOf(name);
    if (time && now.getTime() - time.getTime() < KEPT_DAYS * DAY_MS)
      lastOfDay.set(time.toISOString().slice(0, 10), name);
  }
  for (const name of lastOfDay.values()) kept.add(name);
  return kept;
}

async function secondName(path: string, target: string): Promise<void> {
  try {
    await link(path, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EEXIST') throw error;
    // File systems without hard links.
    await copyFile(path, target, constants.COPYFILE_EXCL);
  }
}

async function copyOrMove(path: string, target: string): Promise<void> {
  try {
    await copyFile(path, target, constants.COPYFILE_EXCL);
    await sync(target);
  } catch (error) {
    if (['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await rm(target, { force: true });
    // No room for a copy, or a file that may not be read, or a folder of that name: it can still be moved.
    await moveTo(path, target);
  }
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
