import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { launchNodeHelper } from '../../src-main/vault/node-helper.js';
import { bundleForNode } from '../support/bundle.js';
import { KEYCHAIN_HELPER } from '../support/keychain-helper.js';
import { KeychainSession } from '../support/keychain-session.js';
import { check, type Expected, type Findings } from './check.js';
import {
  planFault,
  planPreparation,
  type Entity,
  type Fault,
  type Model,
  type Plan,
  type Report,
} from './plan.js';
import { prepare } from './prepare.js';
import { Random } from './random.js';

export type Result = {
  rounds: number;
  seed: number;
  /** Edits that were acknowledged, refused, and under way when the end came. */
  acknowledged: number;
  refused: number;
  cutOff: number;
  /** Of the acknowledged ones, how many were what. */
  kinds: Record<string, number>;
  /** How many rounds ended how. */
  faults: Record<string, number>;
  /** How many rounds began on what kind of folder. */
  folders: Record<string, number>;
  /** What went wrong, with the round it happened in. Empty is good. */
  lost: string[];
  torn: string[];
  orphans: string[];
  leaks: string[];
  bugs: string[];
  /** Kept for a look where something went wrong. */
  dataDir?: string;
};

/** Kills the part that edits at random points, starts it again, and looks what is left; over and over. */
export async function torture(options: {
  rounds: number;
  seed: number;
  onRound?: (round: number, result: Result) => void;
}): Promise<Result> {
  const { rounds, seed } = options;
  const random = new Random(seed);
  const session = await KeychainSession.start();
  const dataDir = await mkdtemp(join(tmpdir(), 'jackfield-torture-'));
  const result: Result = {
    ...{ rounds: 0, seed, acknowledged: 0, refused: 0, cutOff: 0, kinds: {}, faults: {}, folders: {} },
    ...{ lost: [], torn: [], orphans: [], leaks: [], bugs: [] },
  };
  try {
    const helper = await bundleForNode(KEYCHAIN_HELPER);
    const worker = await bundleForNode('test/torture/worker.ts');
    let known: Model = {};
    while (result.rounds < rounds && isGood(result)) {
      const fault = planFault(random);
      // Before the first one there is nothing.
      const prepared = result.rounds > 0 ? planPreparation(random) : 'nothing more';
      await prepare(dataDir, prepared);
      result.folders[prepared] = (result.folders[prepared] ?? 0) + 1;
      const plan: Plan = { dataDir, helper, seed: random.below(2 ** 31), fault, known };
      const { expected, text } = await runRound(worker, plan, session.env, result);
      const found = await check(expected, {
        dataDir,
        launchHelper: () => launchNodeHelper(helper, session.env),
        accounts: () => session.accounts(),
      });
      note(result, found, fault, text);
      known = found.model;
      result.rounds += 1;
      options.onRound?.(result.rounds, result);
    }
  } finally {
    await session.stop();
    if (isGood(result)) await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    else result.dataDir = dataDir;
  }
  return result;
}

export function isGood({ lost, torn, orphans, leaks, bugs }: Result): boolean {
  return [lost, torn, orphans, leaks, bugs].every((list) => list.length === 0);
}

function note(result: Result, found: Findings, fault: Fault, text: string): void {
  const more = [
    'when' in fault && fault.when,
    'file' in fault && fault.file,
    'full' in fault && 'while the disk is full',
  ];
  const name = [fault.kind, ...more].filter(Boolean).join(' ');
  result.faults[name] = (result.faults[name] ?? 0) + 1;
  const where = `round ${result.rounds + 1}, ${JSON.stringify(fault)}`;
  for (const key of ['lost', 'torn', 'orphans', 'leaks'] as const)
    result[key].push(...found[key].map((what) => `${where}: ${what}`));
  if (/MARK-/.test(text)) result.leaks.push(`${where}: the process printed a secret`);
}

/** One life of the worker. */
async function runRound(
  worker: string,
  plan: Plan,
  env: NodeJS.ProcessEnv,
  result: Result,
): Promise<{ expected: Expected; text: string }> {
  const child = fork(worker, [JSON.stringify(plan)], {
    env,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
  });
  const expected: Expected = new Map(Object.entries(plan.known).map(([name, entity]) => [name, [entity]]));
  const printed: string[] = [];
  child.stdout?.on('data', (data: Buffer) => printed.push(data.toString()));
  child.stderr?.on('data', (data: Buffer) => printed.push(data.toString()));
  const said = lines(child.stdio[3] as Readable, (report) => {
    if (report.say === 'open' && 'ms' in plan.fault) endLater(child, plan.fault.ms);
    else hear(report, expected, result);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  await said;
  if (code !== null && code !== 0) result.bugs.push(`the worker ended with ${code}: ${printed.join('')}`);
  result.cutOff += [...expected.values()].filter((states) => states.length > 1).length;
  return { expected, text: printed.join('') };
}

function endLater(child: ChildProcess, ms: number): void {
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  child.once('exit', () => clearTimeout(timer));
}

async function lines(stream: Readable, heard: (report: Report) => void): Promise<void> {
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() as string;
    for (const line of parts) heard(JSON.parse(line) as Report);
  }
}

/** Keeps track of what may be found afterwards: an edit under way may have come to disk or not. */
function hear(report: Report, expected: Expected, result: Result): void {
  if (report.say === 'bug') result.bugs.push(report.message);
  if (report.say === 'open' || report.say === 'bug') return;
  const states: (Entity | null)[] = expected.get(report.name) ?? [null];
  switch (report.say) {
    case 'begin':
      expected.set(report.name, [states[0] ?? null, report.next, ...(report.rival ? [report.rival] : [])]);
      return;
    case 'done':
      result.acknowledged += 1;
      result.kinds[report.how] = (result.kinds[report.how] ?? 0) + 1;
      expected.set(report.name, [states[report.won ? 2 : 1] ?? null]);
      return;
    case 'refused':
      result.refused += 1;
      expected.set(report.name, [states[0] ?? null]);
  }
}
