import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerInput } from '../../src-main/contract/index.js';
import { Command, jackfield, type CommandOptions } from '../support/command.js';
import { Host, realServer } from '../support/host.js';
import { tempFolder } from '../support/temp-folder.js';

const SERVERS: ServerInput[] = [
  { name: 'Everything', description: 'all of it', transport: realServer('everything') },
  { name: 'Über "uns" $HOME 🧀', transport: { type: 'stdio', command: 'no-such-program-here' } },
];

async function folderWith(servers: ServerInput[]): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'jackfield ünicode '));
  await using host = await Host.start({ dataDir });
  for (const server of servers) await host.client.call('server.create', { server });
  return dataDir;
}

const json = async <T>(args: string[], options: CommandOptions): Promise<T> => {
  const { stdout, stderr, code } = await jackfield([...args, '--json'], options);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
};

type Listed = { running: boolean; servers: { name: string; state: string; toolCount?: number }[] };

describe('jackfield beside a running app', () => {
  let dataDir: string;
  let host: Awaited<ReturnType<typeof Host.start>>;
  beforeAll(async () => {
    dataDir = await folderWith(SERVERS);
    host = await Host.start({ dataDir });
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('starts, lists, calls and stops what runs there', async () => {
    const started = await jackfield(['start', 'everything'], { dataDir });
    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(started.stdout).toMatch(/^Everything is running \(pid \d+, \d+ tools, ready in \d+ ms\)\n$/);
    const listed = await json<Listed>(['list'], { dataDir });
    expect(listed.running).toBe(true);
    expect(listed.servers.find(({ name }) => name === 'Everything')).toMatchObject({ state: 'running' });
    const { stdout } = await jackfield(['list'], { dataDir });
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^NAME +STATE +TYPE +TOOLS +PATCHED INTO$/) as string,
      expect.stringMatching(/^Everything +running +stdio +\d+$/) as string,
      expect.stringMatching(/^Über "uns" \$HOME 🧀 +stopped +stdio$/) as string,
    ]);
    for (const args of [['message=hällo 🧀'], ['{"message":"hällo 🧀"}'], ['-']])
      expect(
        await jackfield(['call', 'everything', 'echo', ...args], {
          dataDir,
          input: '{"message":"hällo 🧀"}',
        }),
      ).toEqual({ code: 0, signal: null, stdout: 'Echo: hällo 🧀\n', stderr: '' });
    // A text that looks like a number stays a text where the tool wants one; a number becomes one.
    expect((await jackfield(['call', 'everything', 'echo', 'message=1'], { dataDir })).stdout).toBe(
      'Echo: 1\n',
    );
    const sum = await json<{ result: { content: { text: string }[] } }>(
      ['call', 'everything', 'get-sum', 'a=2', 'b=3'],
      {
        dataDir,
      },
    );
    expect(sum.result.content[0]?.text).toContain('5');
    const stopped = await json<{ servers: { run: { state: string } }[] }>(['stop', '--all'], { dataDir });
    expect(stopped.servers.map(({ run }) => run.state)).toEqual(['stopped', 'stopped']);
    expect((await host.client.call('app.snapshot', {})).runs).toMatchObject([{ state: 'stopped' }]);
  });

  it('leaves a server that did not run as it was after a call', async () => {
    expect((await jackfield(['call', 'everything', 'echo', 'message=x'], { dataDir })).code).toBe(0);
    expect((await host.client.call('app.snapshot', {})).runs).toMatchObject([{ state: 'stopped' }]);
  });

  it('follows the log from where the stored lines end, and ends quietly with its reader', async () => {
    const logs = Command.spawn(['logs', '-f', 'everything', '-n', '1', '--json'], { dataDir });
    await logs.said(/"seq"/);
    await jackfield(['start', 'everything'], { dataDir });
    await logs.said(/Starting default \(STDIO\) server/);
    const seqs = [...logs.stdout.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq));
    expect(seqs).toEqual(seqs.map((_seq, index) => (seqs[0] ?? 0) + index));
    logs.child.kill('SIGINT');
    expect((await logs.exited).code).toBe(130);
    await jackfield(['stop', 'everything'], { dataDir });
    const piped = Command.spawn(['logs', '-f', 'everything'], { dataDir });
    await piped.said(/supervisor/);
    piped.child.stdout.destroy();
    const started = jackfield(['start', 'everything'], { dataDir });
    const exit = await piped.exited;
    expect(piped.stderr).toBe('');
    expect(exit.signal ?? exit.code).toBeTruthy();
    await started;
    await jackfield(['stop', 'everything'], { dataDir });
  });

  it('says what a failure was, what was tried and what to do, in text and in JSON', async () => {
    const text = await jackfield(['start', 'über "uns" $home 🧀'], { dataDir });
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(/no-such-program-here.*PATH[^]*Install/);
    const asJson = await jackfield(['start', 'nobody', '--json'], { dataDir });
    expect(asJson).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(asJson.stderr)).toMatchObject({
      error: { code: 'not_found', hint: expect.stringContaining('"Everything"') as string },
    });
    expect(await jackfield(['call', 'everything', 'nope'], { dataDir })).toMatchObject({ code: 1 });
    for (const args of [
      ['bogus'],
      ['start'],
      ['logs'],
      ['list', '--nonsense'],
      ['logs', 'x', '-n', 'many'],
      ['call', 'everything', 'echo', 'x'],
    ])
      expect(await jackfield(args, { dataDir }), args.join(' ')).toMatchObject({ code: 2, stdout: '' });
  });

  it('imports a file, moves its secrets away, and asks before it replaces anything', async () => {
    const folder = await tempFolder();
    const file = join(folder, 'mcp.json');
    const write = (command: string): Promise<void> =>
      writeFile(file, JSON.stringify({ mcpServers: { fresh: { command, args: ['-e', '0'] } } }));
    await write('node');
    const dry = await json<{ items: { name: string; action: string }[] }>(['import', file, '--dry-run'], {
      dataDir,
    });
    expect(dry.items).toMatchObject([{ name: 'fresh', action: 'add' }]);
    expect((await json<Listed>(['list'], { dataDir })).servers).toHaveLength(2);
    expect((await json<{ added: string[] }>(['import', file], { dataDir })).added).toHaveLength(1);
    await write('nodejs');
    const again = await json<{ overwritten: string[] }>(['import', file, '--dry-run'], { dataDir });
    expect(again).toMatchObject({ items: [{ name: 'fresh', action: 'rename' }] });
    const replaced = await json<{ overwritten: string[] }>(
      ['import', file, '--overwrite', '--only', 'fresh'],
      { dataDir },
    );
    expect(replaced.overwritten).toHaveLength(1);
    expect(await jackfield(['import', join(folder, 'nowhere')], { dataDir })).toMatchObject({ code: 1 });
    await host.client.call('server.remove', { id: replaced.overwritten[0] ?? '' });
  });

  it('does not run what was imported before somebody has allowed it', async () => {
    const input = JSON.stringify({
      mcpServers: { foreign: { command: process.execPath, args: ['-e', 'console.log("ran")'] } },
    });
    const { added } = await json<{ added: string[] }>(['import', '-'], { dataDir, input });
    for (const verb of ['start', 'run', 'call'])
      expect(
        (await jackfield([verb, 'foreign', ...(verb === 'call' ? ['x'] : [])], { dataDir })).stderr,
      ).toMatch(/nobody has allowed[^]*jackfield allow "foreign"/);
    expect(await jackfield(['allow', 'foreign'], { dataDir })).toMatchObject({ code: 4, stdout: '' });
    const allowed = await jackfield(['allow', 'foreign', '--yes'], { dataDir });
    expect(allowed.code).toBe(0);
    expect(allowed.stderr).toContain('console.log("ran")');
    expect(await jackfield(['run', 'foreign'], { dataDir })).toMatchObject({ code: 0, stdout: 'ran\n' });
    await host.client.call('server.update', {
      id: added[0] ?? '',
      patch: { transport: { args: ['-e', '1'] } },
    });
    await host.client.call('server.remove', { id: added[0] ?? '' });
  });

  it('writes an entry that starts the launcher, shows it first, and takes it back', async () => {
    const home = await tempFolder();
    await mkdir(join(home, '.cursor'));
    const file = join(home, '.cursor', 'mcp.json');
    await writeFile(file, '{ "mcpServers": {} }\n');
    const env = { ...process.env, HOME: home };
    const own = await folderWith(SERVERS);
    const options = { dataDir: own, env };
    const args = ['export', 'everything', '--client', 'cursor', '--launcher'];
    expect((await jackfield([...args, '--dry-run'], options)).stdout).toMatch(/^\+.*"Everything": \{$/m);
    expect(await readFile(file, 'utf8')).toBe('{ "mcpServers": {} }\n');
    expect(await jackfield(args, options)).toMatchObject({ code: 0 });
    const { mcpServers } = JSON.parse(await readFile(file, 'utf8')) as {
      mcpServers: Record<string, { command: string; args: string[] }>;
    };
    const entry = mcpServers['Everything'];
    expect(entry?.command).toBe(process.execPath);
    expect(entry?.args).toEqual([
      expect.stringMatching(/jackfield\.js$/),
      'run',
      expect.any(String),
      '--data-dir',
      own,
    ]);
    expect(await jackfield(['export', '--undo', '--client', 'cursor'], options)).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).toBe('{ "mcpServers": {} }\n');

    // An entry of its name that is not ours stays until somebody says --overwrite.
    const theirs = '{ "mcpServers": { "Everything": { "command": "theirs" } } }\n';
    await writeFile(file, theirs);
    const refused = await jackfield(args, options);
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.stderr).toMatch(
      /has "Everything" already, and Jackfield did not write that[\s\S]*--overwrite/,
    );
    expect(await readFile(file, 'utf8')).toBe(theirs);
    expect(await jackfield([...args, '--overwrite'], options)).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).not.toContain('theirs');
    // From then on it is ours.
    expect(await jackfield([...args.slice(0, -1), '--direct'], options)).toMatchObject({ code: 0 });
    await rm(own, { recursive: true });
  });

  it('shows nothing of a server that could steer a terminal', async () => {
    const { server } = await host.client.call('server.create', {
      server: {
        name: 'sly',
        description: '\u001b]52;c;aGk=\u0007\u001b[2Jhello\u202e',
        transport: { type: 'stdio', command: 'x' },
      },
    });
    const { stdout } = await jackfield(['list', 'sly'], { dataDir });
    expect(stdout).toContain('hello');
    // eslint-disable-next-line no-control-regex -- control characters are the very thing this looks for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    await host.client.call('server.remove', { id: server.id });
  });

  it('goes on without harm when a command is killed in the middle', async () => {
    const call = Command.spawn(
      ['call', 'everything', 'trigger-long-running-operation', 'duration=60', 'steps=60'],
      { dataDir },
    );
    await host.client.next('run.changed', ({ run }) => run.state === 'running');
    call.child.kill('SIGKILL');
    await call.exited;
    expect(await jackfield(['stop', '--all'], { dataDir })).toMatchObject({ code: 0 });
  });
});

describe('jackfield by itself', () => {
  let dataDir: string;
  beforeAll(async () => (dataDir = await folderWith(SERVERS)));
  afterAll(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));

  it('lists, calls and examines, and leaves nothing running', async () => {
    const listed = await json<Listed>(['list'], { dataDir });
    expect(listed).toMatchObject({ running: false, servers: [{ state: 'stopped' }, { state: 'stopped' }] });
    const called = await jackfield(['call', 'Everything', 'echo', 'message=alone'], { dataDir });
    expect(called).toMatchObject({ code: 0, stdout: 'Echo: alone\n' });
    const doctor = await jackfield(['doctor'], { dataDir });
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/Everything[^]*✓[^]*Über[^]*✗/);
    await expect(stat(join(dataDir, 'jackfield.lock'))).rejects.toThrow();
  });

  it('says what needs a running app', async () => {
    const start = await jackfield(['start', 'everything'], { dataDir });
    expect(start).toMatchObject({ code: 3, stdout: '' });
    expect(start.stderr).toMatch(/No Jackfield is running[^]*jackfield run/);
    expect(await jackfield(['stop', 'everything'], { dataDir })).toMatchObject({ code: 0 });
    expect(await jackfield(['logs', '-f', 'everything'], { dataDir })).toMatchObject({ code: 3 });
    const nowhere = await jackfield(['list'], { dataDir: join(dataDir, 'nowhere') });
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    await expect(stat(join(dataDir, 'nowhere'))).rejects.toThrow();
  });

  it('works twice at once: one of them waits its turn or says who is at it', async () => {
    const both = await Promise.all([jackfield(['list'], { dataDir }), jackfield(['list'], { dataDir })]);
    expect(both.map(({ code }) => code)).toContain(0);
    for (const { code, stderr } of both) if (code !== 0) expect(stderr).toMatch(/pid \d+/);
  });
});

describe('the socket of a running app', () => {
  it('belongs to the person alone, and replaces what a killed app left', async () => {
    const dataDir = await tempFolder();
    const killed = await Host.start({ dataDir });
    const path = join(dataDir, 'jackfield.sock');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    killed.child.kill('SIGKILL');
    await killed.exited;
    expect((await stat(path)).isSocket()).toBe(true);
    // What is left of it is no running app.
    expect(await json<Listed>(['list'], { dataDir })).toMatchObject({ running: false });
    const next = await Host.start({ dataDir });
    expect(await json<Listed>(['list'], { dataDir })).toMatchObject({ running: true });
    await next.stop();
    await expect(stat(path)).rejects.toThrow();
  });

  it('is elsewhere where its path would be too long', async () => {
    const runtime = await tempFolder();
    const dataDir = join(await tempFolder(), 'ü'.repeat(60));
    const env = { XDG_RUNTIME_DIR: runtime };
    const host = await Host.start({ dataDir, env });
    const pointed = await readFile(join(dataDir, 'jackfield.sock.at'), 'utf8');
    expect(pointed.startsWith(runtime)).toBe(true);
    expect((await stat(join(pointed, '..'))).mode & 0o777).toBe(0o700);
    expect(await json<Listed>(['list'], { dataDir })).toMatchObject({ running: true });
    await host.stop();
    await expect(stat(join(pointed, '..'))).rejects.toThrow();
    expect(await json<Listed>(['list'], { dataDir })).toMatchObject({ running: false });
  });

  it('tells nothing to who asks nothing, and answers rubbish with an error', async () => {
    await using host = await Host.start();
    const socket = connect(join(host.dataDir, 'jackfield.sock'));
    let heard = '';
    socket.on('data', (data: Buffer) => (heard += data.toString()));
    await new Promise((resolve) => socket.once('connect', resolve));
    await host.client.call('settings.update', { patch: { theme: 'dark' } });
    socket.write('rubbish\n');
    while (!heard.includes('\n')) await new Promise((resolve) => socket.once('data', resolve));
    expect(JSON.parse(heard.split('\n')[0] ?? '')).toMatchObject({ error: { code: -32700 } });
    socket.destroy();
  });
});
