import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Notice, Run } from '../../src-main/contract/index.js';
import { processCommandLine, processStartTime } from '../../src-main/platform/process-identity.js';
import { hashOf } from '../../src-main/runtime/process/process-register.js';
import { sweepLeftovers } from '../../src-main/runtime/process/sweep.js';
import { fake, isRunning, real, running } from '../support/runtime-bench.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let bundle: string;
let dataDir: string;
const hosts: ChildProcess[] = [];

beforeAll(async () => {
  // Below node_modules, so that the bundle finds the packages it leaves outside.
  const cache = path.join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  bundle = await mkdtemp(path.join(cache, 'runtime-host-'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: { ssr: 'test/support/runtime-host.ts', outDir: bundle, target: 'node20', copyPublicDir: false },
  });
});
afterAll(() => rm(bundle, { recursive: true, force: true, maxRetries: 5 }));
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'jackfield-sweep-'));
});
afterEach(async () => {
  for (const host of hosts.splice(0)) {
    if (host.exitCode !== null || host.signalCode !== null) continue;
    host.kill('SIGTERM');
    await once(host, 'exit');
  }
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

async function host(
  servers: object[],
  ending = '',
): Promise<{ child: ChildProcess; notices: Notice[]; runs: Run[] }> {
  const file = path.join(dataDir, 'servers.json');
  await writeFile(file, JSON.stringify(servers));
  const [script] = (await readdir(bundle)).filter((name) => /^runtime-host\.m?js$/.test(name));
  const child = spawn(process.execPath, [path.join(bundle, script!), dataDir, file, ending], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  hosts.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { notices: Notice[]; runs: Run[] }) };
}

const server = (id: string, args: string[]): object => ({
  id,
  revision: 1,
  name: `The ${id} server`,
  transport: { type: 'stdio', command: process.execPath, args },
});

async function family(): Promise<{ servers: object[]; pids: () => Promise<number[]> }> {
  const file = path.join(dataDir, 'pids.json');
  return {
    servers: [
      server('forking', [fake('forking'), file, '--stubborn', '--keep-alive']),
      server('memory', [real('memory')]),
    ],
    pids: async () => JSON.parse(await readFile(file, 'utf8')) as number[],
  };
}

it('leaves nothing behind when the host is asked to end', async () => {
  const { servers, pids } = await family();
  const { child, runs } = await host(servers);
  const all = [...(await pids()), ...runs.map((run) => run.pid!)];
  const started = performance.now();
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(await running(all)).toEqual([]);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(await readdir(path.join(dataDir, 'processes'))).toEqual([]);
});

it('ends at the next start what a killed host left behind, daemons included, and says so', async () => {
  const { servers, pids } = await family();
  const first = await host(servers);
  const all = await pids();
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  expect(await running(all)).toEqual(all);

  const second = await host(servers, 'idle');
  expect(await running(all)).toEqual([]);
  expect(second.notices).toEqual([
    expect.objectContaining({ severity: 'info', detail: expect.stringContaining('The forking server') }),
  ]);
  expect((await host(servers, 'idle')).notices).toEqual([]);
});

it('kills what it started when the host falls over an uncaught error', async () => {
  const { child, runs } = await host([server('stubborn', [fake('stubborn')])], 'throw');
  if (child.exitCode === null) await once(child, 'exit');
  await vi.waitFor(async () => expect(await isRunning(runs[0]!.pid!)).toBe(false));
});

it('never ends a process that only has a recorded pid', async () => {
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const pid = bystander.pid!;
  const started = (await processStartTime(pid))!;
  const command = (await processCommandLine(pid))!;
  const register = async (name: string, child: object, hostStarted = 'gone'): Promise<void> => {
    await mkdir(path.join(dataDir, 'processes'), { recursive: true });
    const content = {
      instance: `instance-${name}`,
      host: { pid: process.pid, started: hostStarted },
      children: [
        { serverId: 'x', mark: `instance-${name}:1`, pid, started, commandHash: hashOf(command), ...child },
      ],
    };
    await writeFile(path.join(dataDir, 'processes', `${name}.json`), JSON.stringify(content));
  };
  try {
    await register('other-start', { started: 'earlier' });
    await register('other-command', { commandHash: hashOf('something else') });
    await register('host-alive', {}, await processStartTime(process.pid));
    await writeFile(path.join(dataDir, 'processes', 'broken.json'), '{');
    expect(await sweepLeftovers(dataDir, 'own', (id) => id)).toEqual([]);
    expect(await isRunning(pid)).toBe(true);
    expect(await readdir(path.join(dataDir, 'processes'))).toEqual(['host-alive.json']);

    await register('same', {});
    expect(await sweepLeftovers(dataDir, 'own', (id) => id)).toHaveLength(1);
    expect(await isRunning(pid)).toBe(false);
  } finally {
    bystander.kill('SIGKILL');
  }
});
