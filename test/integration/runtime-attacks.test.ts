import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../src-main/contract/index.js';
import { Host, realServer } from '../support/host.js';
import { gone, isAlive } from '../support/process-life.js';
import { fake, RuntimeBench } from '../support/runtime-bench.js';

let bench: RuntimeBench;
let folder: string;
beforeEach(async () => {
  bench = await RuntimeBench.open();
  folder = await mkdtemp(path.join(tmpdir(), 'jackfield-attack-'));
});
afterEach(async () => {
  await bench.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const attacking = (way: string, more: Record<string, unknown> = {}): string =>
  bench.node(way, [fake('attacking'), way], { lifecycle: { restart: 'never' } }, more);
const pidOf = async (id: string): Promise<number> => {
  const { result } = await bench.runtime.callTool(id, { name: 'pid', arguments: {} });
  return Number((result.content[0] as { text: string }).text);
};
/** Resolves with the run as soon as it is in this state. */
const reached = (id: string, state: Run['state']): Promise<Run> =>
  new Promise((resolve) => {
    bench.runtime.on('run.changed', ({ run }) => run.serverId === id && run.state === state && resolve(run));
    const run = bench.runtime.run(id);
    if (run.state === state) resolve(run);
  });

describe('a server that', () => {
  it('answers initialize twice is taken at its first word', async () => {
    const run = await bench.runtime.start(attacking('answers-twice'));
    expect(run.serverInfo?.name).toBe('twice');
    expect(await pidOf('answers-twice')).toBe(run.pid);
  });

  it('prints megabytes without a line break is cut in the log, and works', async () => {
    const run = await bench.runtime.start(attacking('endless-line'));
    expect(await pidOf('endless-line')).toBe(run.pid);
    const [line] = await bench.lines('endless-line', 'stdout');
    expect(line).toMatch(/^x{1048576} … \[cut/);
    expect(line!.length).toBeLessThan(1_048_700);
  });

  it('ends while a daemon of its own holds its pipes and heeds no SIGTERM is seen to end, and both are gone', async () => {
    await bench.runtime.start(attacking('leaves-a-daemon'));
    const failed = reached('leaves-a-daemon', 'failed');
    await bench.runtime.callTool('leaves-a-daemon', { name: 'die', arguments: {} }).catch(() => {});
    expect((await failed).exitCode).toBe(3);
    // The line comes by a pipe of its own and may be behind the exit.
    const daemon = async (): Promise<number> => {
      const said = (await bench.lines('leaves-a-daemon', 'stderr')).join('\n');
      return Number(/daemon (\d+)/.exec(said)?.[1]) || daemon();
    };
    const pid = await daemon();
    await gone(pid);
    await bench.runtime.stop('leaves-a-daemon');
  });

  it('is given 64 kB in one variable starts, and is found by its mark behind it', async () => {
    const run = await bench.runtime.start(attacking('large', { env: { A_LARGE_ONE: 'x'.repeat(65_536) } }));
    await bench.runtime.stop('large');
    expect(isAlive(run.pid!)).toBe(false);
    attacking('too-large', { env: { A_LARGE_ONE: 'x'.repeat(200_000) } });
    await expect(bench.runtime.start('too-large')).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('too long for the system'),
    });
  });

  it('loses its working folder runs on, and the next start names the folder', async () => {
    const cwd = path.join(folder, 'work');
    await mkdir(cwd);
    const run = await bench.runtime.start(attacking('homeless', { cwd }));
    await rm(cwd, { recursive: true });
    expect(await pidOf('homeless')).toBe(run.pid);
    await expect(bench.runtime.restart('homeless')).rejects.toMatchObject({
      code: 'start_failed',
      message: `The working folder "${cwd}" does not exist.`,
    });
    expect(isAlive(run.pid!)).toBe(false);
    await mkdir(cwd);
    expect((await bench.runtime.start('homeless')).state).toBe('running');
  });

  it('cannot be logged for want of space runs all the same, and it is said once', async () => {
    await mkdir(path.join(bench.dataDir, 'logs'));
    await symlink('/dev/full', path.join(bench.dataDir, 'logs', 'unlogged.log'));
    bench.node('unlogged', [fake('attacking'), 'plain']);
    await bench.runtime.start('unlogged');
    const said = async (): Promise<string[]> => {
      const lines = (await bench.lines('unlogged', 'supervisor')).filter((line) =>
        line.includes('cannot be written'),
      );
      return lines.length > 0 ? lines : said();
    };
    expect(await said()).toEqual([expect.stringContaining('ENOSPC')]);
    await bench.runtime.stop('unlogged');
    expect((await said()).length).toBe(1);
  });
});

it('a host without file descriptors says so, goes on, and starts what could not be started when it has some', async () => {
  await using host = await Host.start();
  const limit = (files: number): Buffer =>
    execFileSync('prlimit', ['--pid', String(host.ready.pid), `--nofile=${files}:4096`]);
  const ids: string[] = [];
  for (let count = 0; count < 12; count += 1) {
    const { server } = await host.client.call('server.create', {
      server: { name: `memory ${count}`, transport: realServer('memory'), lifecycle: { restart: 'never' } },
    });
    ids.push(server.id);
  }
  limit(45);
  const starts = await Promise.allSettled(ids.map((serverId) => host.client.call('run.start', { serverId })));
  const failed = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason as unknown] : []));
  expect(failed.length).toBeGreaterThan(0);
  for (const error of failed) expect(error).toMatchObject({ data: { code: 'start_failed' } });
  expect((await host.client.call('app.info', {})).host).toBe('browser');
  limit(1_024);
  for (const serverId of ids) await host.client.call('run.start', { serverId });
  const { runs } = await host.client.call('app.snapshot', {});
  expect(runs.map(({ state }) => state)).toEqual(ids.map(() => 'running'));
  expect(await host.stop()).toEqual({ code: 0, signal: null });
  for (const { pid } of runs) expect(isAlive(pid!)).toBe(false);
});
