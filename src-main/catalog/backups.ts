import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CatalogFile } from '../contract/index.js';
import { makePrivateFolder, PRIVATE_FOLDER, replaceFile } from '../platform/durable-file.js';
import { atFreeName, stampOf } from '../platform/set-aside.js';
import { readCatalog } from './read-catalog.js';
import { struckFile } from './struck-file.js';
import type { Strikes } from './strikes.js';

const KEPT_LAST = 20;
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const NAME = /^catalog-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)(?:-(\d+))?\.json$/;

function timeOf(name: string): Date | undefined {
  const stamp = NAME.exec(name)?.[1];
  return stamp ? new Date(stamp.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:')) : undefined;
}

/** `at`: when it was replaced, ISO 8601 UTC. */
export type Backup = { name: string; path: string; at: string };

/**
 * Earlier states of `catalog.json`: the last 20, and the last of each day for 30 days. A backup is a second name of
 * the file that is about to be replaced, so it costs no copying.
 */
export class Backups {
  readonly folder: string;
  /** Oldest first. */
  #names: string[] | undefined;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'backups');
  }

  /** Newest first. */
  async list(): Promise<Backup[]> {
    const names = await this.#known();
    return names
      .map((name) => ({ name, path: join(this.folder, name), at: (timeOf(name) as Date).toISOString() }))
      .reverse();
  }

  /**
   * Keeps the file at `path` as it is now, because it is about to be replaced.
   * @returns what ends it: `true` where the file was replaced, `false` where that failed and it is no earlier state
   */
  async keep(path: string, now = new Date()): Promise<(replaced: boolean) => Promise<void>> {
    const names = await this.#known();
    // Somebody may have cleared it away; the data folder itself is not made anew where it is gone.
    await mkdir(this.folder, { mode: PRIVATE_FOLDER }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const made = await atFreeName(this.folder, `catalog-${stampOf(now)}`, '.json', (target) =>
      secondName(path, target),
    );
    return async (replaced) => {
      if (!replaced) return rm(made, { force: true });
      names.push(basename(made));
      await this.#prune(names, now);
    };
  }

  /** What a backup holds; `undefined` where there is none of that name, or it cannot be read in full. */
  async read(name: string): Promise<CatalogFile | undefined> {
    if (!(await this.#known()).includes(name)) return undefined;
    const reading = readCatalog(await readFile(join(this.folder, name)).catch(() => Buffer.alloc(0)));
    return reading.kind === 'whole' ? reading.file : undefined;
  }

  /** The newest backup that can be read in full. */
  async newestGood(): Promise<(Backup & { file: CatalogFile }) | undefined> {
    for (const backup of await this.list()) {
      const file = await this.read(backup.name);
      if (file) return { ...backup, file };
    }
    return undefined;
  }

  /**
   * Puts references in the place of plain values that became secrets, in every file here, those that were set aside
   * included, also where they are no JSON any more. @throws the system's error; what is not done yet can be done again
   */
  async strike(strikes: Strikes): Promise<void> {
    await makePrivateFolder(this.folder);
    const faults: unknown[] = [];
    // One that cannot be written must not keep the others as they are.
    for (const name of await readdir(this.folder))
      await this.#strikeIn(name, strikes).catch((error: unknown) => faults.push(error));
    if (faults.length > 0) throw faults[0];
  }

  async #strikeIn(name: string, strikes: Strikes): Promise<void> {
    const path = join(this.folder, name);
    if (name.endsWith('.tmp')) await rm(path, { force: true });
    if (!/\.jsonl?$/.test(name)) return;
    const text = await readFile(path, 'utf8');
    const next = struckFile(name, text, strikes);
    if (next !== text) await replaceFile(path, next);
  }

  async #known(): Promise<string[]> {
    if (this.#names) return this.#names;
    await makePrivateFolder(this.folder);
    this.#names = inOrder(await readdir(this.folder), new Date());
    return this.#names;
  }

  async #prune(names: string[], now: Date): Promise<void> {
    const kept = keptOf(names, now);
    for (const name of names.filter((one) => !kept.has(one))) {
      await rm(join(this.folder, name), { force: true });
      names.splice(names.indexOf(name), 1);
    }
  }
}

/**
 * The names of backups, oldest first. One from the future was made before the clock was set back, so it is older than
 * all that were made since.
 */
export function inOrder(names: readonly string[], now: Date): string[] {
  const keyOf = (name: string): [number, number, number] => {
    const time = (timeOf(name) as Date).getTime();
    return [time > now.getTime() ? 0 : 1, time, Number(NAME.exec(name)?.[2] ?? 1)];
  };
  return names
    .filter((name) => NAME.test(name))
    .map((name) => ({ name, key: keyOf(name) }))
    .sort(({ key: a }, { key: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
    .map(({ name }) => name);
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
  // The second name of a symbolic link would follow the link to the new file.
  const file = await realpath(path);
  try {
    await link(file, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EEXIST') throw error;
    // File systems without hard links.
    await copyFile(file, target, constants.COPYFILE_EXCL);
  }
}
