import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND, Command, jackfield } from '../support/command.js';
import { Host, realServer } from '../support/host.js';
import { tempFolder } from '../support/temp-folder.js';

// How the command behaves towards a person at a terminal, and towards a script.

// Put together here, so that no scanner takes this file for a leak.
const TOKEN = `ghp_${'k4L5m6N7'.repeat(5)}`;
const WIDE = `${'w'.repeat(150)} 🧀`;

describe('jackfield, as somebody uses it', () => {
  let home = '';
  let dataDir = '';
  let host: Awaited<ReturnType<typeof Host.start>>;
  // No keychain is to be reached.
  const env = (): NodeJS.ProcessEnv => ({
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: '',
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    FORCE_COLOR: undefined,
  });
  const run = (...args: string[]) => jackfield(args, { dataDir, env: env() });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'jackfield-manners-'));
    await mkdir(join(home, '.cursor'));
    dataDir = join(home, 'data');
    await writeFile(join(home, '.cursor/mcp.json'), '{ "mcpServers": { "own": { "command": "x" } } }');
    host = await Host.start({ dataDir, env: env() });
    await host.client.call('server.create', {
      server: { name: 'Everything', transport: realServer('everything') },
    });
    await host.client.call('server.create', {
      server: { name: WIDE, transport: { type: 'stdio', command: 'x' } },
    });
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  it('asks whether something like it was meant', async () => {
    expect((await run('list', 'everythng')).stderr).toContain('Did you mean "Everything"?');
    expect((await run('start', 'evry')).stderr).toMatch(/There are: "Everything", "w+ 🧀"\./);
    expect((await run('export', '--client', 'cursr', 'everything')).stderr).toContain(
      'Did you mean "cursor"?',
    );
    expect((await run('import', 'curso')).stderr).toContain('Did you mean "cursor"?');
    expect((await run('lst')).stderr).toContain('Did you mean list?');
    expect((await run('call', 'everything', 'ehco', 'message=x')).stderr).toContain('Did you mean "echo"?');
    expect((await run('call', 'everything', 'nothing-like-it')).stderr).toContain('There are: "echo", ');
  });

  it('takes a client by its word or its title, and lists where servers are patched in', async () => {
    const { stdout, code } = await run('export', '--client', 'Cursor', 'everything', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ path: join(home, '.cursor/mcp.json') });
    const { servers } = JSON.parse((await run('list', '--json')).stdout) as { servers: object[] };
    expect(servers[0]).toMatchObject({
      clients: [{ client: 'cursor', title: 'Cursor', entry: 'Everything', state: 'in_sync' }],
    });
    expect((await run('list')).stdout).toMatch(/^Everything .* ✓ Cursor$/m);
    expect((await run('list', 'everything')).stdout).toContain('client   ✓ Cursor as Everything (in_sync)');
  });

  it('says in JSON what is wrong with a command line too', async () => {
    for (const args of [
      ['list', '--bogus'],
      ['nonsense'],
      ['logs'],
      ['logs', 'x', '-n', 'many'],
      ['completion', 'tcsh'],
    ]) {
      const { stdout, stderr, code } = await run(...args, '--json');
      expect({ stdout, code }, args.join(' ')).toEqual({ stdout: '', code: 2 });
      expect(JSON.parse(stderr)).toMatchObject({
        error: { code: 'invalid', message: expect.any(String) as string },
      });
    }
    expect((await run('list', '--bogus')).stderr).toContain('(jackfield list --help shows how)');
  });

  it('tells of what could not be imported, and fails', async () => {
    const file = join(home, 'mixed.json');
    await writeFile(
      file,
      JSON.stringify({
        mcpServers: {
          plain: { command: 'plain-program' },
          secret: { command: 'y', env: { GITHUB_TOKEN: TOKEN } },
        },
      }),
    );
    const { code, stdout, stderr } = await run('import', file);
    expect(code).toBe(1);
    expect(stdout).toContain('1 added, 0 replaced, 0 left as they were, 1 failed.');
    expect(stderr).toMatch(/^secret: .*keychain/m);
    expect(stdout + stderr).not.toContain(TOKEN);
  });

  it('shows what replacing a server would change', async () => {
    const file = join(home, 'other.json');
    await writeFile(
      file,
      JSON.stringify({
        mcpServers: { plain: { command: 'plain-program', env: { LEVEL: '2', API_KEY: TOKEN } } },
      }),
    );
    const { stdout } = await run('import', file, '--dry-run');
    expect(stdout).toMatch(/transport\.env\.LEVEL: \(nothing\) → 2/);
    expect(stdout).toMatch(/transport\.env\.API_KEY: \(nothing\) → ••••/);
    expect(stdout).not.toContain(TOKEN);
  });

  it('stops what it has started for a call that is cut off', async () => {
    const { servers } = await host.client.call('app.snapshot', {});
    const serverId = servers[0]?.id ?? '';
    await host.client.call('run.stop', { serverId });
    const running = host.client.next('run.changed', ({ run: { state } }) => state === 'running');
    const words = ['call', 'everything', 'trigger-long-running-operation', 'duration=60', 'steps=60'];
    const call = Command.spawn(words, { dataDir, env: env() });
    await running;
    const stopped = host.client.next('run.changed', ({ run: { state } }) => state === 'stopped');
    call.child.kill('SIGINT');
    expect(await call.exited).toMatchObject({ code: 130 });
    await stopped;
  });

  it('ends as a pipe’s writer does where nobody reads on', async () => {
    const logs = Command.spawn(['logs', '-f', 'everything'], { dataDir, env: env() });
    await logs.said(/supervisor/);
    logs.child.stdout.destroy();
    await host.client.call('run.start', {
      serverId: (await host.client.call('app.snapshot', {})).servers[0]?.id ?? '',
    });
    expect(await logs.exited).toMatchObject({ code: 141 });
    expect(logs.stderr).toBe('');
  });

  it('keeps tables within the terminal, and whole where there is none', async () => {
    expect((await run('list')).stdout).toContain(WIDE);
    const terminal = spawn(
      'script',
      ['-qec', `stty cols 70; exec "${process.execPath}" "${COMMAND}" list`, '/dev/null'],
      {
        env: { ...env(), JACKFIELD_DATA_DIR: dataDir, NO_COLOR: '1', TERM: 'xterm' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let said = '';
    terminal.stdout.on('data', (data: Buffer) => (said += data.toString()));
    await once(terminal, 'close');
    expect(said).toMatch(/^w+… {2}stopped/m);
    for (const line of said.split(/\r?\n/)) expect(line.length).toBeLessThanOrEqual(70);
    expect(said).not.toContain('\u001b');
  });

  it('begins a data folder by an import, and by nothing else', async () => {
    const fresh = join(await tempFolder(), 'fresh');
    const options = { dataDir: fresh, env: env() };
    expect(await jackfield(['list'], options)).toMatchObject({ code: 1 });
    expect(existsSync(fresh)).toBe(false);
    const input = 'npx -y @modelcontextprotocol/server-everything';
    expect(await jackfield(['import', '-'], { ...options, input })).toMatchObject({ code: 0 });
    expect((await jackfield(['list'], options)).stdout).toMatch(/^everything +stopped/m);
  });
});
