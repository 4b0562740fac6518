import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Command, COMMAND, jackfield, type Finished } from '../support/command.js';
import { Host } from '../support/host.js';
import { gone, isAlive } from '../support/process-life.js';

/** What a script can see of how it was started. */
const LOOK = `
  const seen = {
    argv: process.argv, execArgv: process.execArgv, cwd: process.cwd(), env: { ...process.env },
    signals: ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'].map((name) => process.listenerCount(name)),
    faults: ['uncaughtException', 'unhandledRejection', 'exit'].map((name) => process.listenerCount(name)),
    streams: [process.stdin, process.stdout].map((stream) => [stream.listenerCount('data'), stream.listenerCount('error')]),
  };
`;
/** Heeds no signal, and neither does its child, which does not carry the group of whoever started it all. */
const STUBBORN = `
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const child = require('node:child_process').spawn(process.execPath, ['-e', script], { stdio: 'ignore', detached: true });
  child.once('spawn', () => console.log('pids ' + process.pid + ' ' + child.pid));
  setInterval(() => {}, 1000);
`;
const SCRIPTS = {
  'common.cjs': `${LOOK} seen.main = require.main === module && process.mainModule === module; console.log(JSON.stringify(seen));`,
  'module.mjs': `import { pathToFileURL } from 'node:url'; ${LOOK} seen.main = import.meta.url === pathToFileURL(process.argv[1]).href; seen.metaMain = import.meta.main; console.log(JSON.stringify(seen));`,
  'stubborn.cjs': STUBBORN,
  'pid.cjs': 'console.log(JSON.stringify({ pid: process.pid, options: process.env.NODE_OPTIONS }))',
  'throws.cjs': "throw new Error('thrown at the top')",
  'throws.mjs': "await 1; throw new Error('thrown at the top')",
  'rejects.cjs': "Promise.reject(new Error('nobody listens'))",
  'unsettled.mjs': 'await new Promise(() => {})',
  'exits.cjs': 'process.exitCode = 7',
  'waits.cjs': "console.log('up'); setInterval(() => {}, 1000)",
  'echo.cjs': 'process.stdin.pipe(process.stdout)',
  'leaves.cjs': `
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
    child.once('spawn', () => { console.log('left ' + child.pid); child.unref(); });
  `,
};
type Name = keyof typeof SCRIPTS;

// A script for the Node that runs the command needs no second one: the command's own process becomes the server.
describe('jackfield run of a script for its own Node', () => {
  let folder: string;
  let dataDir: string;
  const file = (name: Name): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jackfield scripts '));
    dataDir = join(folder, 'data');
    await mkdir(dataDir);
    for (const [name, text] of Object.entries(SCRIPTS)) await writeFile(join(folder, name), text);
    await using host = await Host.start({ dataDir });
    const create = (name: string, script: Name, more: object = {}) =>
      host.client.call('server.create', {
        server: {
          name,
          transport: {
            type: 'stdio',
            command: process.execPath,
            args: [file(script), 'an ärgument', '--flag'],
            ...more,
          },
        },
      });
    for (const name of Object.keys(SCRIPTS) as Name[]) await create(name, name);
    await create('with options', 'pid.cjs', { env: { NODE_OPTIONS: '--no-warnings' } });
    await create('there', 'common.cjs', { args: ['common.cjs'], cwd: folder, env: { OWN: 'own' } });
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const launched = (name: string, input = ''): Promise<Finished> =>
    jackfield(['run', name], { dataDir, input, cwd: folder });
  async function direct(name: Name): Promise<Finished> {
    const child = new Command(
      spawn(process.execPath, [file(name), 'an ärgument', '--flag'], { cwd: folder }),
    );
    child.child.stdin.end();
    const exit = await child.exited;
    await child.closed;
    return { ...exit, stdout: child.stdout, stderr: child.stderr };
  }

  it('is one process', async () => {
    const command = Command.spawn(['run', 'pid.cjs'], { dataDir });
    const [, pid] = await command.said(/"pid":(\d+)/);
    expect(Number(pid)).toBe(command.child.pid);
  });

  it.each(['common.cjs', 'module.mjs'] as const)(
    'shows %s the same as a direct run, and nothing of its own',
    async (name) => {
      const [here, there] = [await launched(name), await direct(name)].map(
        ({ stdout }) => JSON.parse(stdout) as Record<string, unknown> & { env: NodeJS.ProcessEnv },
      ) as [Seen, Seen];
      expect(here.env['JACKFIELD_TREE']).toMatch(/^run-/);
      expect(here.env['JACKFIELD_DATA_DIR']).toBeUndefined();
      expect(without(here)).toEqual(without(there));
      expect(here.main).toBe(true);
    },
  );

  it('shows nothing of a login shell that was given up, nor leaves one to hang after it', async () => {
    const home = join(folder, 'hanging');
    const lock = join(home, 'tool.lock');
    const tool = `trap "rm '${lock}'" EXIT; touch '${lock}'; for _ in 1 2 3 4 5 6; do sleep 100; done`;
    await mkdir(home);
    await writeFile(join(home, 'tool.sh'), tool);
    await writeFile(join(home, '.bash_profile'), `bash '${home}/tool.sh'\n`);
    await rm(join(dataDir, 'cache', 'login-path.json'), { force: true });
    const env = { ...process.env, HOME: home, SHELL: '/bin/bash' };
    const { stdout } = await jackfield(['run', 'common.cjs'], { dataDir, cwd: folder, env });
    expect(JSON.parse(stdout)).toMatchObject({ faults: [0, 0, 0], signals: [0, 0, 0, 0] });
    await vi.waitFor(() => expect(access(lock)).rejects.toThrow('ENOENT'));
    // A client that changes its mind meanwhile: the tool is asked to end all the same, and gives its lock back.
    const killed = Command.spawn(['run', 'common.cjs'], { dataDir, cwd: folder, env });
    await vi.waitFor(() => access(lock));
    killed.child.kill('SIGKILL');
    await vi.waitFor(() => expect(access(lock)).rejects.toThrow('ENOENT'));
  });

  it('runs it in its own folder with its own variables', async () => {
    const seen = JSON.parse((await launched('there')).stdout) as Seen;
    expect(seen).toMatchObject({ cwd: folder, argv: [process.execPath, file('common.cjs')] });
    expect(seen.env).toMatchObject({ OWN: 'own' });
  });

  it.each(['throws.cjs', 'throws.mjs', 'rejects.cjs', 'unsettled.mjs', 'exits.cjs'] as const)(
    'ends as %s ends by itself, with the same words',
    async (name) => {
      const [here, there] = [await launched(name), await direct(name)];
      expect(there.code).toBeGreaterThan(0);
      expect({ code: here.code, signal: here.signal }).toEqual({ code: there.code, signal: there.signal });
      // Where a trace begins is the script's; below it stand frames of Node's own start.
      const words = ({ stderr }: Finished): string => stderr.split('\n').slice(0, 5).join('\n');
      expect(words(here)).toBe(words(there));
    },
  );

  it('passes megabytes through and ends when its stdin ends', async () => {
    const input = 'x'.repeat(3_000_000) + 'ü';
    const { code, stdout } = await launched('echo.cjs', input);
    expect(code).toBe(0);
    expect(stdout === input).toBe(true);
  });

  it('is ended by a signal as the script is', async () => {
    const waits = Command.spawn(['run', 'waits.cjs'], { dataDir });
    await waits.said(/up/);
    waits.child.kill('SIGTERM');
    expect(await waits.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('starts a Node of its own where Node is to begin otherwise', async () => {
    const command = Command.spawn(['run', 'with options'], { dataDir });
    const [, pid, options] = await command.said(/"pid":(\d+),"options":"([^"]+)"/);
    expect(options).toBe('--no-warnings');
    expect(Number(pid)).not.toBe(command.child.pid);
  });

  it('leaves nothing behind when it is killed', async () => {
    const command = Command.spawn(['run', 'stubborn.cjs'], { dataDir });
    const [, server, child] = await command.said(/pids (\d+) (\d+)\n/);
    expect(Number(server)).toBe(command.child.pid);
    expect(isAlive(Number(child))).toBe(true);
    command.child.kill('SIGKILL');
    await gone(Number(server), Number(child));
  });

  it('leaves nothing behind when the server ends and a child of it does not', async () => {
    const { stdout, code } = await launched('leaves.cjs');
    expect(code).toBe(0);
    await gone(Number(/left (\d+)/.exec(stdout)?.[1]));
  });

  it('leaves nothing behind when the client that started it is killed', async () => {
    const script = `
      const child = require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: ['pipe', 'inherit', 'inherit'] });
      setInterval(() => {}, 1000);
    `;
    const args = [COMMAND, 'run', 'stubborn.cjs', '--data-dir', dataDir];
    const parent = new Command(spawn(process.execPath, ['-e', script, ...args]));
    const [, server, child] = await parent.said(/pids (\d+) (\d+)\n/);
    parent.child.kill('SIGKILL');
    await gone(Number(server), Number(child));
  });
});

type Seen = Record<string, unknown> & { env: NodeJS.ProcessEnv };

/** Without the mark by which what it leaves behind is found, and the compile cache that every server is given. */
function without({ env, ...rest }: Seen): object {
  const { JACKFIELD_TREE, JACKFIELD_DATA_DIR, NODE_COMPILE_CACHE, PATH, ...others } = env;
  return { ...rest, env: others };
}
