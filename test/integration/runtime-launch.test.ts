import { execFileSync } from 'node:child_process';
import { access, chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src-main/contract/index.js';
import { askLoginShell } from '../../src-main/runtime/launch/login-shell.js';
import { npxFolder } from '../../src-main/runtime/launch/npx-cache.js';
import { fake, real, RuntimeBench } from '../support/runtime-bench.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'jackfield-home-'));
});
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

describe('the login shell', () => {
  const ask = (rc: string, limitMs = 5_000) =>
    writeFile(path.join(home, '.bashrc'), rc)
      .then(() => writeFile(path.join(home, '.bash_profile'), '. ~/.bashrc\n'))
      .then(() => askLoginShell({ SHELL: '/bin/bash', HOME: home, PATH: '/usr/bin:/bin' }, limitMs));

  it('tells what its rc files set, values with line breaks whole', async () => {
    const { env, shell, problem } = await ask(
      'export PATH="$HOME/tools:$PATH" MULTI=$\'a\\nb=c\'\nfn() { :; }; export -f fn\n',
    );
    expect(problem).toBeUndefined();
    expect(shell).toBe('/bin/bash');
    expect(env).toMatchObject({ MULTI: 'a\nb=c', HOME: home });
    expect(env['PATH']!.startsWith(`${home}/tools:`)).toBe(true);
    expect(Object.keys(env).filter((name) => name.includes('fn'))).toEqual([]);
  });

  it('may be noisy', async () => {
    const { env } = await ask(
      'echo "Welcome!"; printf "PATH=/wrong\\n"; cat /no/such/file; export GOOD=yes\n',
    );
    expect(env['GOOD']).toBe('yes');
    expect(env['PATH']).not.toBe('/wrong');
  });

  it('that hangs is given up, and what it started with it', async () => {
    const { env, problem } = await ask('sleep 987 &\nexport EARLY=1\nread -r answer < <(sleep 988)\n', 600);
    expect(problem).toContain('did not answer within 0.6 s');
    expect(env).toEqual({});
    const left = (): string => execFileSync('ps', ['-axo', 'args=']).toString();
    await vi.waitFor(() => expect(left()).not.toMatch(/sleep 98[78]/));
  });

  it('that hangs leaves no lock of the tools that its files started', async () => {
    const lock = path.join(home, 'tool.lock');
    const tool = `bash -c 'trap "rm ${lock}" EXIT; touch ${lock}; for _ in 1 2 3 4 5 6; do sleep 100; done'`;
    const asked = ask(`${tool}\n`, 5_000);
    await vi.waitFor(() => access(lock));
    expect((await asked).problem).toContain('did not answer');
    await vi.waitFor(() => expect(access(lock)).rejects.toThrow('ENOENT'));
  });

  it('that cannot print an environment is said to be at fault', async () => {
    const { problem } = await ask('exit 3\n');
    expect(problem).toContain('did not print its environment');
  });
});

describe('a command', () => {
  it('is found where only the login shell knows of it', async () => {
    await mkdir(path.join(home, 'tools'));
    const tool = path.join(home, 'tools', 'my-server');
    await writeFile(tool, `#!/bin/sh\nexec '${process.execPath}' '${real('memory')}'\n`);
    await chmod(tool, 0o755);
    await writeFile(path.join(home, '.bash_profile'), 'export PATH="$HOME/tools:$PATH"\n');
    const bench = await RuntimeBench.open({ env: { SHELL: '/bin/bash', HOME: home, PATH: '/usr/bin:/bin' } });
    try {
      bench.add('mine', { type: 'stdio', command: 'my-server' });
      expect((await bench.runtime.start('mine')).state).toBe('running');
      await writeFile(path.join(home, '.bash_profile'), 'export PATH=/usr/bin\n');
      expect((await bench.runtime.refreshEnvironment()).path.split(':')).not.toContain(
        path.join(home, 'tools'),
      );
      await expect(bench.runtime.restart('mine')).rejects.toMatchObject({ code: 'start_failed' });
    } finally {
      await bench.close();
    }
  });
});

/** npx's cache as npx leaves it, filled from this repository instead of the network. */
async function fillNpxCache(spec: string, name: string): Promise<string> {
  const folder = await npxFolder(spec, {}, home);
  const target = path.join(folder, 'node_modules', ...name.split('/'));
  await mkdir(target, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ _npx: { packages: [spec] } }));
  await writeFile(path.join(folder, 'node_modules', '.package-lock.json'), '{}');
  await writeFile(
    path.join(target, 'package.json'),
    JSON.stringify({ name, version: '1.2.3', bin: 'server.mjs' }),
  );
  await cp(fake('bare-protocol'), path.join(target, 'bare-protocol.mjs'));
  await writeFile(
    path.join(target, 'server.mjs'),
    `#!/usr/bin/env node\n${await readFile(fake('asking'), 'utf8')}`,
  );
  return folder;
}

it('looks into the folder npx uses', async () => {
  // As libnpmexec names it: printf %s SPEC | sha512sum | head -c 16
  const hash = execFileSync('sh', [
    '-c',
    'printf %s "@scope/fake@1.2.3" | sha512sum | head -c 16',
  ]).toString();
  expect(await npxFolder('@scope/fake@1.2.3', {}, home)).toBe(path.join(home, '.npm', '_npx', hash));
});

describe('npx with a warm cache', () => {
  let bench: RuntimeBench;
  afterEach(() => bench.close());

  async function start(spec: string, fastLaunch = true): Promise<string[]> {
    bench = await RuntimeBench.open({ env: { HOME: home, PATH: process.env['PATH'] } });
    bench.settings.fastLaunch = fastLaunch;
    bench.add(
      'npx',
      { type: 'stdio', command: 'npx', args: ['-y', spec, 'arg'] },
      { lifecycle: { restart: 'never' } },
    );
    await bench.runtime.start('npx').catch(() => {});
    return bench.lines('npx', 'supervisor');
  }

  it.each(['@scope/fake', '@scope/fake@1.2.3', '@scope/fake@latest'])(
    'runs %s without the wrapper',
    async (spec) => {
      const folder = await fillNpxCache(spec, '@scope/fake');
      const lines = (await start(spec)).join('\n');
      expect(bench.runtime.run('npx').state).toBe('running');
      expect(lines).toContain(`node ${folder}/node_modules/@scope/fake/server.mjs arg`);
      expect(lines).toContain('1.2.3 is in npx’s cache');
    },
  );

  it('leaves it to npx when that is switched off, or the cache does not have the very version', async () => {
    await fillNpxCache('@scope/fake@9.9.9', '@scope/fake');
    expect((await start('@scope/fake@9.9.9')).join('\n')).toMatch(/process \d+: \S*npx -y/);
    await bench.close();
    await fillNpxCache('@scope/fake', '@scope/fake');
    expect((await start('@scope/fake', false)).join('\n')).toMatch(/process \d+: \S*npx -y/);
  });

  it('leaves it to npx where a project has a program of that name, and says where npx takes it from', async () => {
    const cached = await fillNpxCache('fake', 'fake');
    const project = path.join(home, 'project');
    const program = path.join(project, 'node_modules', '.bin', 'fake');
    await mkdir(path.dirname(program), { recursive: true });
    await cp(fake('bare-protocol'), path.join(path.dirname(program), 'bare-protocol.mjs'));
    const text = await readFile(path.join(cached, 'node_modules', 'fake', 'server.mjs'), 'utf8');
    const said = "process.stderr.write('this is the one of the project\\n');";
    await writeFile(`${program}.mjs`, `${text}\n${said}`, { mode: 0o755 });
    await symlink(`${program}.mjs`, program);
    bench = await RuntimeBench.open({ env: { HOME: home, PATH: process.env['PATH'] } });
    const transport = { type: 'stdio' as const, command: 'npx', args: ['-y', 'fake'], cwd: project };
    bench.add('npx', transport, { lifecycle: { restart: 'never' } });
    await bench.runtime.start('npx');
    await expect.poll(() => bench.lines('npx', 'stderr')).toContain('this is the one of the project');
    const findings = await bench.runtime.doctor(bench.servers.get('npx')!);
    expect(findings.find(({ code }) => code === 'package')?.detail).toBe(`npx takes it from ${program}`);
  });
});

describe('the doctor', () => {
  let bench: RuntimeBench;
  beforeEach(async () => {
    bench = await RuntimeBench.open({ env: { HOME: home, PATH: process.env['PATH'] } });
  });
  afterEach(() => bench.close());
  const examine = (id: string): Promise<Finding[]> => bench.runtime.doctor(bench.servers.get(id)!);
  const bad = (findings: Finding[]): string[] =>
    findings.filter(({ severity }) => severity === 'error' || severity === 'warning').map(({ code }) => code);

  it('finds nothing wrong with a server that runs', async () => {
    bench.add('memory', { type: 'stdio', command: 'node', args: [real('memory')] });
    await bench.runtime.start('memory');
    const findings = await examine('memory');
    expect(bad(findings)).toEqual([]);
    const codes = findings.map((finding) => finding.code);
    expect(codes).toEqual(expect.arrayContaining(['handshake', 'environment', 'cwd', 'command', 'version']));
    expect(findings.find(({ code }) => code === 'version')?.title).toBe(`node ${process.version}`);
  });

  it('names each cause, with a fix', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    bench.add('bad', {
      type: 'stdio',
      command: 'node',
      args: ['missing.js', '${NOT_SET}', '--port', String(port)],
      env: { TOKEN: '<your token>', EMPTY: '' },
      cwd: '/no/such/folder',
      envFile: 'none.env',
    });
    const findings = await examine('bad');
    taken.close();
    expect(bad(findings).sort()).toEqual(
      ['cwd', 'env_file', 'script', 'variable', 'placeholder', 'placeholder', 'port'].sort(),
    );
    expect(findings.filter((finding) => bad([finding]).length > 0 && !finding.fix)).toEqual([]);
  });

  it('looks behind the first line of a script, and at what would be downloaded', async () => {
    const script = path.join(home, 'tool');
    await writeFile(script, '#!/usr/bin/env no-such-interpreter\n', { mode: 0o755 });
    bench.add('script', { type: 'stdio', command: script });
    expect(bad(await examine('script'))).toEqual(['interpreter']);
    bench.add('npx', { type: 'stdio', command: 'npx', args: ['-y', 'not-in-the-cache'] });
    const findings = await examine('npx');
    expect(findings.find(({ code }) => code === 'download')?.title).toContain(
      'not-in-the-cache is downloaded',
    );
    bench.add(
      'none',
      { type: 'stdio', command: 'no-such-runner', args: ['x'] },
      { lifecycle: { restart: 'never' } },
    );
    expect(bad(await examine('none'))).toEqual(['command']);
    await bench.runtime.start('none').catch(() => {});
    expect(bad(await examine('none'))).toEqual(['last_run_start_failed', 'command']);
  });
});
