import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Notice } from '../../contract/index.js';
import { processCommandLine, processStartTime } from '../../platform/process-identity.js';
import { isPersonsBrowser } from './persons-browser.js';
import { readMarks } from './process-marks.js';
import { hashOf, otherRegisters, type Register, type RegisteredChild } from './process-register.js';
import { processTable, type ProcessRow } from './process-table.js';
import { endRows, ProcessTree } from './process-tree.js';

/**
 * Ends what an app that was killed left behind. A process is ours only when it carries a mark of that run, or when
 * pid, start time and command line are all the recorded ones: a pid that was given out again is never touched.
 */
export async function sweepLeftovers(
  dataDir: string,
  ownInstance: string,
  nameOf: (serverId: string) => string,
): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const { file, register } of await otherRegisters(dataDir, ownInstance)) {
    // Its host still runs (a second app on a copied folder): these are not leftovers.
    if (register && (await isAlive(register.host.pid, register.host.started))) continue;
    if (register) notices.push(...(await sweepRun(register, nameOf)));
    await rm(file, { force: true });
  }
  return notices;
}

/** A process of that run, and the server it belongs to where that is known. */
type Victim = { row: ProcessRow; serverId: string | undefined };

async function sweepRun(register: Register, nameOf: (serverId: string) => string): Promise<Notice[]> {
  const victims = await findVictims(register);
  if (victims.length === 0) return [];
  const left = await endRows(
    victims.map((victim) => victim.row),
    async () => (await findVictims(register)).map((victim) => victim.row),
  );
  const owners = new Set(
    victims.map((victim) => (victim.serverId ? nameOf(victim.serverId) : 'its servers')),
  );
  const one = victims.length === 1;
  return [
    {
      id: randomUUID(),
      at: new Date().toISOString(),
      severity: left.length > 0 ? 'warning' : 'info',
      title: 'Ended what the last run left behind',
      detail:
        `The app did not end cleanly last time. ${victims.length} ${one ? 'process' : 'processes'} of ` +
        `${[...owners].join(', ')} still ran and ${one ? 'was' : 'were'} ended.` +
        (left.length > 0 ? ` These could not be ended: ${left.map((row) => row.pid).join(', ')}.` : ''),
    },
  ];
}

async function findVictims(register: Register): Promise<Victim[]> {
  const table = await processTable();
  const marks = await readMarks(table);
  const victims = new Map<number, Victim>();
  const serverOf = new Map(register.children.map((child) => [child.mark, child.serverId]));
  for (const row of table) {
    const mark = marks.get(row.pid);
    if (!mark?.startsWith(`${register.instance}:`) || (await isPersonsBrowser(row.pid))) continue;
    victims.set(row.pid, { row, serverId: serverOf.get(mark) });
  }
  for (const child of register.children) {
    if (!(await isSame(child))) continue;
    for (const row of new ProcessTree(child.pid, child.mark).closeMembers(table))
      victims.set(row.pid, { row, serverId: child.serverId });
  }
  victims.delete(process.pid);
  return [...victims.values()];
}

async function isSame(child: RegisteredChild): Promise<boolean> {
  if (!(await isAlive(child.pid, child.started))) return false;
  return hashOf((await processCommandLine(child.pid)) ?? '') === child.commandHash;
}

async function isAlive(pid: number, started: string): Promise<boolean> {
  return started !== '' && (await processStartTime(pid)) === started;
}
