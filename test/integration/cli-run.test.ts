import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerInput } from '../../src-main/contract/index.js';
import { Command, COMMAND, jackfield } from '../support/command.js';
import { Host, realServer } from '../support/host.js';
import { KeychainSession } from '../support/keychain-session.js';
import { gone, isAlive } from '../support/process-life.js';

const node = (script: string, ...args: string[]): ServerInput['transport'] => ({
  type: 'stdio',
  command: process.execPath,
  args: ['-e', script, ...args],
});

/** Says its pid and that of a child, and ends for nothing but SIGKILL. */
const STUBBORN = `
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const child = require('node:child_process').spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  child.once('spawn', () => console.log('pids ' + process.pid + ' ' + child.pid));
  setInterval(() => {}, 1000);
`;

const SERVERS: ServerInput[] = [
  { name: 'Everything', transport: realServer('everything') },
  { name: 'Käse-Server 🧀', transport: node("console.log('käse 🧀'); process.exit(7)") },
  { name: 'echo', transport: node('process.stdin.pipe(process.stdout)') },
  { name: 'stubborn', transport: node(STUBBORN) },
  {
    name: 'patient',
    transport: node(
      "process.on('SIGTERM', () => process.exit(42)); console.log('up'); setInterval(() => {}, 1000)",
    ),
  },
  { name: 'doomed', transport: node("process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000)") },
  {
    name: 'sees',
    transport: {
      ...node('console.log(JSON.stringify({ env: process.env, cwd: process.cwd() }))'),
      env: { OWN: 'own' },
    } as ServerInput['transport'],
  },
  { name: 'missing', transport: { type: 'stdio', command: 'no-such-program-here' } },
  { name: 'tool of mine', transport: { type: 'stdio', command: 'jackfield-test-tool' } },
];

describe('jackfield run', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jackfield ünicode '));
    await using host = await Host.start({ dataDir });
    for (const server of SERVERS) await host.client.call('server.create', { server });
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));

  it('hands over byte for byte what a direct run says', async () => {
    const asks = [
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-06-18',
          capabilities: {},
          clientInfo: { name: 'bytes ü🧀', version: '1' },
        },
      },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      {
        jsonrpc: '2.0',
        id: 2,
        method: 'tools/call',
        params: { name: 'echo', arguments: { message: 'ünïcode 🧀 \u2028' } },
      },
    ];
    const input = asks.map((ask) => `${JSON.stringify(ask)}\n`).join('');
    const said = async (file: string, args: string[]): Promise<Buffer> => {
      const child = spawn(file, args, {
        env: { ...process.env, JACKFIELD_DATA_DIR: dataDir },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const chunks: Buffer[] = [];
      const answered = new Promise<void>((resolve) =>
        child.stdout.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (Buffer.concat(chunks).includes('"id":2')) resolve();
        }),
      );
      child.stdin.write(input);
      await answered;
      child.stdin.end();
      await new Promise((resolve) => child.once('close', resolve));
      return Buffer.concat(chunks);
    };
    const { command, args } = realServer('everything');
    const direct = await said(command, args);
    const launched = await said(process.execPath, [COMMAND, 'run', 'everything']);
    expect(direct.length).toBeGreaterThan(500);
    expect(launched.equals(direct)).toBe(true);
  });

  it('serves a real SDK client, also while the app runs, and two at once', async () => {
    await using host = await Host.start({ dataDir });
    const session = async (): Promise<string[]> => {
      const client = new Client({ name: 'test', version: '1' });
      const args = [COMMAND, 'run', 'Everything', '--data-dir', dataDir];
      await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
      const { tools } = await client.listTools();
      await client.close();
      return tools.map(({ name }) => name);
    };
    const [first, second] = await Promise.all([session(), session()]);
    expect(first).toContain('echo');
    expect(second).toEqual(first);
    expect((await host.client.call('app.snapshot', {})).runs).toEqual([]);
  });

  it('passes megabytes through and ends when its stdin ends', async () => {
    const input = 'x'.repeat(3_000_000) + 'ü';
    const { code, stdout } = await jackfield(['run', 'echo'], { dataDir, input });
    expect(code).toBe(0);
    expect(stdout === input).toBe(true);
  });

  it('finds a server by a name in any case or by its id, and ends with its exit code', async () => {
    const catalog = JSON.parse(await readFile(join(dataDir, 'catalog.json'), 'utf8')) as {
      servers: { id: string; name: string }[];
    };
    const id = catalog.servers.find(({ name }) => name.startsWith('Käse'))?.id ?? '';
    for (const word of [id, 'Käse-Server 🧀', 'KÄSE-SERVER 🧀', 'Ka\u0308se-Server 🧀'])
      expect(await jackfield(['run', word], { dataDir })).toEqual({
        code: 7,
        signal: null,
        stdout: 'käse 🧀\n',
        stderr: '',
      });
  });

  it('hands signals on, and ends as the server ended', async () => {
    const patient = Command.spawn(['run', 'patient'], { dataDir });
    await patient.said(/up/);
    patient.child.kill('SIGTERM');
    expect(await patient.exited).toEqual({ code: 42, signal: null });
    expect(await jackfield(['run', 'doomed'], { dataDir })).toMatchObject({ code: null, signal: 'SIGSEGV' });
  });

  it('leaves nothing behind when it is killed', async () => {
    const command = Command.spawn(['run', 'stubborn'], { dataDir });
    const [, server, child] = await command.said(/pids (\d+) (\d+)\n/);
    expect(isAlive(Number(server)) && isAlive(Number(child))).toBe(true);
    command.child.kill('SIGKILL');
    await gone(Number(server), Number(child));
  });

  it('leaves nothing behind when the client that started it is killed', async () => {
    const script = `
      const child = require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: ['pipe', 'inherit', 'inherit'] });
      console.log('launcher ' + child.pid);
      setInterval(() => {}, 1000);
    `;
    const parent = new Command(
      spawn(process.execPath, ['-e', script, COMMAND, 'run', 'stubborn', '--data-dir', dataDir]),
    );
    const [, launcher] = await parent.said(/launcher (\d+)/);
    const [, server, child] = await parent.said(/pids (\d+) (\d+)\n/);
    parent.child.kill('SIGKILL');
    await gone(Number(launcher), Number(server), Number(child));
  });

  it('gives the server the environment it was started with, its own variables, and the folder it was started in', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'jackfield-cwd-'));
    const env = { ...process.env, FROM_CLIENT: 'yes', JACKFIELD_X: 'no' };
    const { stdout } = await jackfield(['run', 'sees'], { dataDir, env, cwd });
    const seen = JSON.parse(stdout) as { env: NodeJS.ProcessEnv; cwd: string };
    expect(seen.env).toMatchObject({ FROM_CLIENT: 'yes', OWN: 'own' });
    expect(Object.keys(seen.env).filter((name) => name.startsWith('JACKFIELD_'))).toEqual(['JACKFIELD_TREE']);
    expect(seen.cwd).toBe(cwd);
    await rm(cwd, { recursive: true });
  });

  it('finds a command that only the login shell knows, and remembers its PATH but nothing else', async () => {
    const home = await mkdtemp(join(tmpdir(), 'jackfield-home-'));
    const tools = join(home, 'tools');
    await writeFile(join(home, '.profile'), `export PATH="${tools}:$PATH" API_TOKEN=must-not-be-kept\n`);
    execFileSync('mkdir', [tools]);
    await writeFile(join(tools, 'jackfield-test-tool'), '#!/bin/sh\necho found\n');
    await chmod(join(tools, 'jackfield-test-tool'), 0o755);
    const env = { HOME: home, SHELL: '/bin/sh', PATH: ['/usr/bin', '/bin'].join(delimiter) };
    for (let round = 0; round < 2; round += 1)
      expect(await jackfield(['run', 'tool of mine'], { dataDir, env })).toMatchObject({
        code: 0,
        stdout: 'found\n',
      });
    const kept = await readFile(join(dataDir, 'cache', 'login-path.json'), 'utf8');
    expect(kept).toContain(tools);
    expect(kept).not.toContain('must-not-be-kept');
    await rm(home, { recursive: true });
  });

  it('says what is wrong, and what to do', async () => {
    const missing = await jackfield(['run', 'missing'], { dataDir });
    expect(missing).toMatchObject({ code: 125, stdout: '' });
    expect(missing.stderr).toMatch(
      /"no-such-program-here" was not found.*PATH[^]*Install no-such-program-here/,
    );
    const unknown = await jackfield(['run', 'evrything'], { dataDir });
    expect(unknown).toMatchObject({ code: 125, stdout: '' });
    expect(unknown.stderr).toContain('"Everything"');
    expect(await jackfield(['run'], { dataDir })).toMatchObject({ code: 2, stdout: '' });
    expect(await jackfield(['run', 'a', '--nonsense'], { dataDir })).toMatchObject({ code: 2, stdout: '' });
    const nowhere = await jackfield(['run', 'a'], { dataDir: join(dataDir, 'nowhere') });
    expect(nowhere).toMatchObject({ code: 125, stdout: '' });
    expect(nowhere.stderr).toContain('--data-dir');
  });
});

describe('jackfield run with secrets', () => {
  let dataDir: string;
  let keychain: KeychainSession;
  const secretly = (name: string): ServerInput => ({
    name,
    transport: {
      ...node('console.log(process.env.TOKEN)'),
      env: { TOKEN: { newSecret: 'sesam öffne dich' } },
    } as ServerInput['transport'],
  });
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jackfield-'));
    keychain = await KeychainSession.start();
    await using host = await Host.start({ dataDir, env: keychain.env });
    await host.client.call('server.create', { server: secretly('kept') });
    await host.client.call('settings.update', { patch: { secretStorage: 'session' } });
    await host.client.call('server.create', { server: secretly('held') });
  });
  afterAll(async () => {
    await keychain.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('reads them from the keychain, without a running app', async () => {
    const run = await jackfield(['run', 'kept'], { dataDir, env: keychain.env });
    expect(run).toEqual({ code: 0, signal: null, stdout: 'sesam öffne dich\n', stderr: '' });
    expect((await keychain.accounts()).length).toBe(1);
  });

  it('refuses a server whose secret is only in the memory of the app', async () => {
    const run = await jackfield(['run', 'held'], { dataDir, env: keychain.env });
    expect(run).toMatchObject({ code: 125, stdout: '' });
    expect(run.stderr).toMatch(/in the memory of a running Jackfield/);
  });

  it('says that the keychain is locked, and starts nothing', async () => {
    await keychain.lock();
    const run = await jackfield(['run', 'kept'], { dataDir, env: keychain.env });
    expect(run).toMatchObject({ code: 125, stdout: '' });
    expect(run.stderr).toMatch(/locked/i);
    await keychain.unlock();
  });
});
