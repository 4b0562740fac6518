import { execFile, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPersonsBrowser } from './persons-browser.js';
import { readMarks } from './process-marks.js';
import { readProcFile } from './proc-file.js';
import { descendantsOf, parseProcStat, processTable, treeOf, type ProcessRow } from './process-table.js';

/** How long each rung of the stop ladder waits for the tree to go. */
const RUNG_MS = 2_000;
/** What outlives the leader when it was asked to end gets this long to follow by itself, before SIGTERM. */
const STRAGGLER_MS = 300;
const POLL_MS = 25;

export type LadderOptions = {
  /** Asks the server to end in its own way: end its stdin. */
  ask?: () => void;
  /** Aborted to skip the waits and kill at once. */
  force: AbortSignal;
  /** Says what is being done, for the server's log. */
  say?: (text: string) => void;
};

/**
 * One server's processes: the child that was spawned as the leader of a new process group, everything that descends
 * from it, and whatever carries its mark although it left the group (a daemon).
 */
export class ProcessTree {
  /** Once seen, a member stays known: its parent may end before it does, which hides it from the table's tree. */
  readonly #known = new Map<number, string>();

  constructor(
    readonly pid: number,
    readonly mark: string,
  ) {}

  /** Notes the leader's start time, so that its pid is never taken for ours after it was given out again. */
  remember(): void {
    const started = process.platform === 'linux' ? linuxStartTicks(this.pid) : undefined;
    if (started !== undefined) this.#known.set(this.pid, started);
  }

  /** Those that run now, the leader included. `table` where it was just read. */
  async members(table?: readonly ProcessRow[]): Promise<ProcessRow[]> {
    const rows = table ?? (await processTable());
    const near = new Set(this.#collect(rows, () => false).map((row) => row.pid));
    const astray = new Set<number>();
    for (const [pid, mark] of await readMarks(rows))
      if (mark === this.mark && !near.has(pid) && !(await isPersonsBrowser(pid))) astray.add(pid);
    return this.#collect(rows, (row) => astray.has(row.pid));
  }

  /** The same without looking for those that left the group: cheap enough for every metrics sample. */
  closeMembers(table: readonly ProcessRow[]): ProcessRow[] {
    return this.#collect(table, () => false);
  }

  #collect(table: readonly ProcessRow[], isMarked: (row: ProcessRow) => boolean): ProcessRow[] {
    const found = new Map<number, ProcessRow>();
    if (this.#rootIsOurs(table)) for (const row of treeOf(this.pid, table)) found.set(row.pid, row);
    for (const row of table) {
      if (found.has(row.pid) || (this.#known.get(row.pid) !== row.started && !isMarked(row))) continue;
      for (const member of descendantsOf(row, table)) found.set(member.pid, member);
    }
    found.delete(process.pid);
    this.#known.clear();
    for (const row of found.values()) this.#known.set(row.pid, row.started);
    return [...found.values()];
  }

  /** A pid that was given out again belongs to a stranger. */
  #rootIsOurs(table: readonly ProcessRow[]): boolean {
    const known = this.#known.get(this.pid);
    const row = table.find((candidate) => candidate.pid === this.pid);
    return !row || known === undefined || known === row.started;
  }

  /** Ends the whole tree: ask, wait 2 s, SIGTERM, wait 2 s, SIGKILL. Answers what could not be ended. */
  async end(options: LadderOptions): Promise<number[]> {
    try {
      return await this.#climb(options);
    } catch (error) {
      // Without a process table the group is all that is known.
      this.killNow();
      throw error;
    }
  }

  async #climb({ ask, force, say }: LadderOptions): Promise<number[]> {
    let left = await this.members();
    if (left.length === 0) return [];
    if (!force.aborted && ask) {
      ask();
      left = await this.#waitUntilGone(left, { limitMs: RUNG_MS, stragglerMs: STRAGGLER_MS, force });
      if (left.length === 0) return [];
    }
    if (!force.aborted) {
      say?.(`${ask ? 'still running after its stdin was closed, ' : ''}sending SIGTERM to ${describe(left)}`);
      signal(left, 'SIGTERM');
      // The leader may be a mere wrapper that ends at once: the server behind it is given the whole time.
      left = await this.#waitUntilGone(left, { limitMs: RUNG_MS, force });
      if (left.length === 0) return [];
    }
    say?.(`sending SIGKILL to ${describe(left)}`);
    // New ones may have been forked since the last look; a killed tree forks no more, so this comes to an end.
    for (let round = 0; round < 20 && left.length > 0; round += 1) {
      signal(left, 'SIGKILL');
      left = await this.#waitUntilGone(left, { limitMs: 200 });
    }
    return left.map((row) => row.pid);
  }

  /** Kills the group at once, without waiting: for a host that is about to end itself. */
  killNow(): void {
    try {
      if (process.platform !== 'win32') process.kill(-this.pid, 'SIGKILL');
      else
        spawnSync('taskkill', ['/PID', String(this.pid), '/T', '/F'], { windowsHide: true, timeout: 2_000 });
    } catch {
      // It has ended.
    }
  }

  /** Answers who is left: nobody as soon as all are gone, else those that run when the time is up. */
  async #waitUntilGone(
    rows: ProcessRow[],
    { limitMs, stragglerMs = limitMs, force }: { limitMs: number; stragglerMs?: number; force?: AbortSignal },
  ): Promise<ProcessRow[]> {
    let deadline = performance.now() + limitMs;
    let waitedFor = rows;
    while (performance.now() < deadline && !force?.aborted) {
      waitedFor = stillRunning(waitedFor);
      if (waitedFor.length === 0) {
        waitedFor = await this.members();
        if (waitedFor.length === 0) return [];
      }
      const leads = waitedFor.some((row) => row.pid === this.pid);
      if (!leads) deadline = Math.min(deadline, performance.now() + stragglerMs);
      await sleep(POLL_MS);
    }
    return this.members();
  }
}

/** SIGTERM, 2 s, SIGKILL, for processes that have no supervisor (any more). Answers those that could not be ended. */
export async function endRows(rows: ProcessRow[], look: () => Promise<ProcessRow[]>): Promise<ProcessRow[]> {
  signal(rows, 'SIGTERM');
  const deadline = performance.now() + RUNG_MS;
  let left = rows;
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(POLL_MS);
    left = stillRunning(left);
  }
  left = await look();
  for (let round = 0; round < 20 && left.length > 0; round += 1) {
    signal(left, 'SIGKILL');
    await sleep(100);
    left = await look();
  }
  return left;
}

/** Cheap check of a few: the whole table, which takes a second on Windows, is read only when these are gone. */
function stillRunning(rows: readonly ProcessRow[]): ProcessRow[] {
  if (process.platform === 'linux') return rows.filter((row) => linuxStartTicks(row.pid) === row.started);
  return rows.filter((row) => {
    try {
      return process.kill(row.pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  });
}

function linuxStartTicks(pid: number): string | undefined {
  return parseProcStat(readProcFile(`/proc/${pid}/stat`) ?? '', 1)?.started;
}

function signal(rows: readonly ProcessRow[], name: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    // Without /F, taskkill only asks windows to close, and a console server has none.
    for (const row of rows)
      execFile('taskkill', ['/PID', String(row.pid), '/T', '/F'], { windowsHide: true }, () => {});
    return;
  }
  for (const row of rows) {
    try {
      process.kill(row.pid, name);
    } catch {
      // It ended between the look and the signal.
    }
  }
}

function describe(rows: readonly ProcessRow[]): string {
  const pids = rows.map((row) => row.pid).join(', ');
  return rows.length === 1 ? `process ${pids}` : `${rows.length} processes (${pids})`;
}
