import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { inSlices, readProcFile } from './proc-file.js';
import type { ProcessRow } from './process-table.js';

/**
 * Every child carries its tree's mark in this variable. Environments are inherited, so a descendant that left group
 * and session, and whose parents are gone (a daemon), is still known as ours: also after the app itself was killed.
 */
export const TREE_MARK = 'JACKFIELD_TREE';

/** The mark of a server that a launcher runs, outside of any app. */
export function newRunMark(): string {
  return `run-${randomUUID()}`;
}

const MARK = new RegExp(`(?:^|[\\0 ])${TREE_MARK}=([A-Za-z0-9:-]+)`);

const cache = new Map<number, { started: string; mark: string | undefined }>();

/** pid → mark, of all processes in the table that have one and whose environment may be read. Empty on Windows. */
export async function readMarks(table: readonly ProcessRow[]): Promise<Map<number, string>> {
  if (process.platform === 'linux') await readProcEnvironments(table);
  else if (process.platform === 'darwin') await readPsEnvironments(table);
  const marks = new Map<number, string>();
  for (const row of table) {
    const seen = cache.get(row.pid);
    if (seen?.mark !== undefined && seen.started === row.started) marks.set(row.pid, seen.mark);
  }
  return marks;
}

/** A process's environment does not change from outside, so each is read once in its life. */
async function readProcEnvironments(table: readonly ProcessRow[]): Promise<void> {
  const fresh = table.filter((row) => cache.get(row.pid)?.started !== row.started);
  await inSlices(fresh, (row) => {
    const environment = readProcFile(`/proc/${row.pid}/environ`) ?? '';
    cache.set(row.pid, { started: row.started, mark: MARK.exec(environment)?.[1] });
  });
  const running = new Set(table.map((row) => row.pid));
  for (const pid of cache.keys()) if (!running.has(pid)) cache.delete(pid);
}

async function readPsEnvironments(table: readonly ProcessRow[]): Promise<void> {
  const text = await new Promise<string>((resolve) => {
    const options = { timeout: 5_000, maxBuffer: 32 * 1_024 * 1_024 };
    // -E appends the environment to the command of one's own processes.
    execFile('ps', ['-axwwE', '-o', 'pid=,command='], options, (_error, stdout) => resolve(stdout));
  });
  const started = new Map(table.map((row) => [row.pid, row.started]));
  cache.clear();
  for (const line of text.split('\n')) {
    const pid = Number.parseInt(line, 10);
    const mark = MARK.exec(line)?.[1];
    const since = started.get(pid);
    if (mark !== undefined && since !== undefined) cache.set(pid, { started: since, mark });
  }
}
