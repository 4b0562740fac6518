import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type CatalogFile, type Notice } from '../contract/index.js';
import { describeIoFailure } from '../platform/io-failure.js';
import { copyAside, moveAside, setAside } from '../platform/set-aside.js';
import type { Backups } from './backups.js';
import { History } from './history.js';
import * as notices from './notices.js';
import { emptyCatalog, readCatalog, type Reading } from './read-catalog.js';

/** What `catalog.json` gave, and what is to be told and done about it. */
export type Opened = {
  file: CatalogFile;
  notices: Notice[];
  /** Everything the person owns is in `file`. */
  isWhole: boolean;
  /** It differs from the file on disk without an edit, and should be written back. */
  writeBack: boolean;
  /** Set where the file on disk may not be overwritten, since it could not be set aside. */
  refusal?: AppError;
};

/** Reads `catalog.json`; what cannot be read is set aside before anything is written in its place. */
export async function openCatalogFile(path: string, backups: Backups): Promise<Opened> {
  const reading = await read(path);
  if (reading === undefined) return fresh(path, backups);
  if (reading.kind === 'whole') {
    const { file, changedBy, version } = reading;
    const told = changedBy === 'migration' ? [notices.migrated(path, version)] : [];
    return { file, notices: told, isWhole: true, writeBack: changedBy !== undefined };
  }
  const file = reading.kind === 'partly' ? reading.file : emptyCatalog();
  try {
    const where = await setAside(path, backups.folder, wordFor(reading));
    const backup = await offered(backups);
    return { file, notices: [tell(path, where, reading, backup)], isWhole: false, writeBack: false };
  } catch (error) {
    const refusal = notSetAside(path, error);
    const told = notices.unsaved(refusal.message, refusal.hint);
    return { file, notices: [told], isWhole: false, writeBack: false, refusal };
  }
}

async function read(path: string): Promise<Reading | undefined> {
  try {
    return readCatalog(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { kind: 'unreadable', reason: describeIoFailure(error).reason };
  }
}

async function fresh(path: string, backups: Backups): Promise<Opened> {
  const backup = await offered(backups);
  return {
    file: emptyCatalog(),
    notices: backup ? [notices.missing(path, backup)] : [],
    isWhole: backup === undefined,
    writeBack: true,
  };
}

function wordFor(reading: Exclude<Reading, { kind: 'whole' }>): string {
  if (reading.kind === 'partly') return 'partly-read';
  return reading.newer ? 'newer' : 'unreadable';
}

function tell(
  path: string,
  where: string,
  reading: Exclude<Reading, { kind: 'whole' }>,
  backup: notices.GoodBackup | undefined,
): Notice {
  if (reading.kind === 'partly') return notices.partly(path, where, reading.faults, backup);
  if (reading.newer) return notices.newer(path, where, reading.reason, backup);
  return notices.unreadable(path, where, reading.reason, backup);
}

async function offered(backups: Backups): Promise<notices.GoodBackup | undefined> {
  const good = await backups.newestGood();
  if (!good) return undefined;
  const { servers, remotes } = good.file;
  return { name: good.name, path: good.path, at: good.at, servers: servers.length, remotes: remotes.length };
}

function notSetAside(path: string, error: unknown): AppError {
  const { reason, hint } = describeIoFailure(error);
  return new AppError(
    'io',
    `${path} could not be read, and could not be set aside because ${reason}. It is left as it is; nothing is saved until then.`,
    `${hint} Then restart Jackfield.`,
    [],
    { cause: error },
  );
}

/** Opens the history; one that cannot be read is set aside, since it is only ever added to. */
export async function openHistory(
  dataDir: string,
  backups: Backups,
): Promise<{ history: History; notices: Notice[] }> {
  try {
    const history = await History.open(dataDir);
    // What keeps it from being made smaller, a full disk say, does it no harm: the next start tries again.
    if (history.isLarge) await shrink(history, backups).catch(() => undefined);
    return { history, notices: [] };
  } catch {
    const path = join(dataDir, 'history.jsonl');
    const where = await moveAside(path, backups.folder, 'unreadable');
    return { history: await History.open(dataDir), notices: [notices.historySetAside(path, where)] };
  }
}

async function shrink(history: History, backups: Backups): Promise<void> {
  if (history.foreignLines > 0) await copyAside(history.path, backups.folder, 'before-compaction');
  await history.compact();
}
