import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type Finding } from '../../src-main/contract/index.js';
import type { RuntimePorts, RuntimeTuning } from '../../src-main/runtime/runtime.js';
import { gone } from '../support/process-life.js';
import { real, RuntimeBench } from '../support/runtime-bench.js';

let home: string;
let bench: RuntimeBench;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'jackfield-fetch-'));
});
afterEach(async () => {
  await bench.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

async function open(tuning: RuntimeTuning = {}, ports: Partial<RuntimePorts> = {}): Promise<void> {
  const env = { HOME: home, PATH: process.env['PATH'], ...tuning.env };
  bench = await RuntimeBench.open({ ...tuning, env }, ports);
}
const download = async (id: string): Promise<Finding | undefined> =>
  (await bench.runtime.doctor(bench.servers.get(id)!)).find(({ code }) => code === 'download');

/** A package of our own with an install script and a server, as the registry would hand it out. */
async function packed(name: string): Promise<string> {
  const folder = path.join(home, 'source');
  await mkdir(folder);
  const manifest = {
    name,
    version: '1.0.0',
    bin: { [name]: 'server.mjs' },
    scripts: { install: `node -e "require('fs').writeFileSync('installed', '')"` },
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'server.mjs'), '#!/usr/bin/env node\n', { mode: 0o755 });
  const { stdout } = await promisify(execFile)('npm', ['pack', '--silent', folder], { cwd: home });
  return path.join(home, stdout.trim());
}

/** An npx that says its pid and that of a child, and fetches for ever. */
async function withEndlessNpx(): Promise<() => Promise<number[]>> {
  const pids = path.join(home, 'pids');
  const script = `#!/bin/sh\nsleep 1000 &\necho "$$ $!" > '${pids}.new'\nmv '${pids}.new' '${pids}'\necho 'reaching for the registry' >&2\nwait\n`;
  await writeFile(path.join(home, 'npx'), script);
  await chmod(path.join(home, 'npx'), 0o755);
  return async () => {
    while (!existsSync(pids)) await new Promise((resolve) => setTimeout(resolve, 10));
    return (await readFile(pids, 'utf8')).trim().split(' ').map(Number);
  };
}

describe('fetching a package before its first start', () => {
  it('fills npx’s own cache with a real package, and tells of it in the log', async () => {
    // An empty cache, but the registry this computer uses.
    await open({ env: { npm_config_userconfig: path.join(homedir(), '.npmrc') } });
    const manifest = path.join(path.dirname(real('memory')), '../package.json');
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
    const spec = `@modelcontextprotocol/server-memory@${version}`;
    bench.add('npx', {
      type: 'stdio',
      command: 'npx',
      args: ['-y', spec],
    });
    const { action } = (await download('npx')) ?? {};
    expect(action).toEqual({
      label: 'Fetch it now',
      method: 'package.fetch',
      params: { serverId: 'npx' },
    });
    await bench.runtime.fetchPackage('npx');
    expect(await download('npx')).toBeUndefined();
    const lines = (await bench.lines('npx', 'supervisor')).join('\n');
    expect(lines).toMatch(new RegExp(`fetching ${spec}: \\S*npx --yes`));
    expect(lines).toContain('http fetch GET 200');
    expect(lines).toContain(`${spec} is fetched`);
    // The start finds what the fetch has put there.
    await bench.runtime.start('npx');
    expect(bench.runtime.run('npx')).toMatchObject({ state: 'running', shortcut: { of: 'npx' } });
  });

  it('runs install scripts just where the start would', async () => {
    await open();
    const { planFetch } = await import('../../src-main/runtime/launch/fetch-plan.js');
    const file = await packed('jackfield-scripted');
    const server = (env: Record<string, string>) => ({
      type: 'stdio' as const,
      command: 'npx',
      args: ['-y', 'jackfield-scripted'],
      env,
    });
    for (const ignore of ['false', 'true']) {
      const cache = path.join(home, `cache-${ignore}`);
      const plan = await planFetch(server({ npm_config_ignore_scripts: ignore, npm_config_cache: cache }), {
        environment: async () => ({ HOME: home, PATH: process.env['PATH'] ?? '' }),
        ownEnvironment: {},
        resolve: async (value) => String(value),
      });
      // The same words and the same environment, with the package's own archive in the place of its name.
      const args = plan.args.map((arg) => arg.replace('jackfield-scripted', file));
      await promisify(execFile)(plan.file, args, { cwd: plan.cwd, env: plan.env });
      const { stdout } = await promisify(execFile)('find', [cache, '-name', 'installed']);
      expect(stdout !== '').toBe(ignore === 'false');
    }
  });

  it('says why a package could not be fetched', async () => {
    await open();
    await writeFile(path.join(home, 'npx'), '#!/bin/sh\necho "E404 no such package" >&2\nexit 3\n', {
      mode: 0o755,
    });
    bench.add('npx', { type: 'stdio', command: path.join(home, 'npx'), args: ['-y', 'no-such'] });
    await expect(bench.runtime.fetchPackage('npx')).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('exit code 3. It last said: E404 no such package'),
    });
  });

  it('can be cancelled, with all that it started, and another one begun', async () => {
    await open();
    const pids = await withEndlessNpx();
    bench.add('npx', { type: 'stdio', command: path.join(home, 'npx'), args: ['-y', 'endless'] });
    const fetching = bench.runtime.fetchPackage('npx');
    const joined = bench.runtime.fetchPackage('npx');
    const outcomes = Promise.allSettled([fetching, joined]);
    const started = await pids();
    await bench.runtime.cancelFetch('npx');
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'timeout', message: 'Fetching endless was cancelled.' },
      });
    await gone(...started);
    expect((await bench.lines('npx')).filter((line) => line.includes('reaching'))).toHaveLength(1);
    await bench.runtime.cancelFetch('npx');
  });

  it('is given up after its time, and ended with the app and with its server', async () => {
    await open({ fetchMs: 300 });
    const pids = await withEndlessNpx();
    bench.add('npx', { type: 'stdio', command: path.join(home, 'npx'), args: ['-y', 'endless'] });
    await expect(bench.runtime.fetchPackage('npx')).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('was not fetched within'),
    });
    await gone(...(await pids()));
    await bench.runtime.dispose();

    for (const end of ['forget', 'dispose'] as const) {
      await open();
      await rm(path.join(home, 'pids'));
      bench.add('npx', { type: 'stdio', command: path.join(home, 'npx'), args: ['-y', 'endless'] });
      const outcome = bench.runtime.fetchPackage('npx').catch((error: unknown) => error);
      const started = await pids();
      await (end === 'forget' ? bench.runtime.forget('npx') : bench.runtime.dispose());
      expect(await outcome).toBeInstanceOf(AppError);
      await gone(...started);
      await bench.runtime.dispose();
    }
  });

  it('runs nothing before the person has allowed the command, and offers nothing to click', async () => {
    const refusal = new AppError('consent_required', 'Nobody has allowed it.', 'Allow it.');
    await open({}, { refusal: () => refusal });
    const ran = path.join(home, 'ran');
    await writeFile(path.join(home, 'npx'), `#!/bin/sh\n: > '${ran}'\n`, { mode: 0o755 });
    bench.add('npx', { type: 'stdio', command: path.join(home, 'npx'), args: ['-y', 'foreign'] });
    const finding = await download('npx');
    expect(finding?.action).toBeUndefined();
    expect(finding?.fix).toContain(`${home}/npx --yes --package=foreign -- node --version`);
    await expect(bench.runtime.fetchPackage('npx')).rejects.toBe(refusal);
    expect(existsSync(ran)).toBe(false);
  });

  it('is not for a server that no package runner starts', async () => {
    await open();
    bench.node('plain', ['server.js']);
    await expect(bench.runtime.fetchPackage('plain')).rejects.toMatchObject({ code: 'unsupported' });
  });
});
