import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Desktop, stageDesktop } from '../support/desktop.js';
import { Host, realServer } from '../support/host.js';
import { packBundle } from '../support/weather-bundle.js';

type Run = { run: { state: string; pid: number } };

describe('the built desktop host, under plain Node with a stand-in for Electron', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await stageDesktop();
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const start = async (env?: NodeJS.ProcessEnv, ...args: string[]): Promise<Desktop> =>
    Desktop.start(folder, await mkdtemp(join(tmpdir(), 'jackfield-data-')), env, ...args);
  /** An ended process whose parent is gone too may stay a zombie until PID 1 looks; it runs no more. */
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };

  it('asks for its window first and answers its page', async () => {
    await using desktop = await start();
    expect((await desktop.heard('window')).url).toBe('app://jackfield/index.html');
    const { result } = await desktop.ask('app.info');
    expect(result).toMatchObject({ host: 'desktop', dataDir: desktop.dataDir });
    // Chromium's own files have a folder of their own.
    expect(await readdir(desktop.dataDir)).toContain('window');
  });

  it('runs a real server and leaves no process behind when it quits', async () => {
    await using desktop = await start();
    await desktop.heard('window');
    const created = await desktop.ask('server.create', {
      server: { name: 'memory', transport: realServer('memory') },
    });
    const { server } = created.result as { server: { id: string } };
    const { run } = (await desktop.ask('run.start', { serverId: server.id })).result as Run;
    expect(run.state).toBe('running');
    await desktop.ask('app.info');
    const helper = await desktop.heard('helper');
    desktop.do({ do: 'quit' });
    expect(await desktop.exited).toEqual({ code: 0, signal: null });
    await vi.waitFor(() => expect([run.pid, helper.pid].filter((pid) => isAlive(pid ?? 0))).toEqual([]));
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends with 0 on %s, however early', async (signal) => {
    await using desktop = await start();
    await desktop.heard('window');
    desktop.child.kill(signal);
    expect(await desktop.exited).toEqual({ code: 0, signal: null });
  });

  it('quits with its last window, unless servers are to keep running', async () => {
    await using desktop = await start();
    await desktop.heard('window');
    await desktop.ask('settings.update', { patch: { keepRunning: true } });
    desktop.do({ do: 'close-window' });
    const again = desktop.next('window');
    desktop.do({ do: 'activate' });
    await again;
    await desktop.ask('settings.update', { patch: { keepRunning: false } });
    desktop.do({ do: 'close-window' });
    expect(await desktop.exited).toEqual({ code: 0, signal: null });
  });

  it('opens a link that a second start was given, and runs nothing of it', async () => {
    await using desktop = await start();
    await desktop.heard('window');
    const config = Buffer.from(JSON.stringify({ command: 'touch', args: ['x'] })).toString('base64');
    desktop.do({ do: 'second-instance', opened: [`jackfield://install?name=evil&config=${config}`] });
    await desktop.ask('app.snapshot');
    const { message } = await desktop.heard(
      'message',
      ({ message }) => (message as { method?: string }).method === 'intent.received',
    );
    expect(message).toMatchObject({ params: { intent: { kind: 'import' } } });
    expect((await desktop.ask('app.snapshot')).result).toMatchObject({ servers: [], runs: [] });
  });

  it.each(['as an argument', 'by a second start'])(
    'takes a bundle %s, and runs nothing of it',
    async (how) => {
      const file = join(folder, 'weather.mcpb');
      await packBundle(file);
      await using desktop = await start({}, '.', ...(how === 'as an argument' ? [file] : []));
      await desktop.heard('window');
      if (how !== 'as an argument') desktop.do({ do: 'second-instance', opened: [file] });
      await desktop.ask('app.snapshot');
      const { message } = await desktop.heard(
        'message',
        ({ message }) => (message as { method?: string }).method === 'intent.received',
      );
      const { intent } = (message as { params: { intent: { kind: string; id: string } } }).params;
      expect(intent.kind).toBe('bundle');
      const { result } = await desktop.ask('bundle.inspect', { id: intent.id });
      expect(result).toMatchObject({ bundle: { title: 'Weather', command: 'node', problems: [] } });
      expect((await desktop.ask('app.snapshot')).result).toMatchObject({ servers: [], runs: [] });
      expect(await readdir(desktop.dataDir)).not.toContain('bundles');
    },
  );

  it('starts anew with what a second start was given while it was still stopping its servers', async () => {
    await using desktop = await start();
    await desktop.heard('window');
    // One that takes its time to go.
    const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdin.resume()";
    const transport = { type: 'stdio', command: process.execPath, args: ['-e', stubborn] };
    const { server } = (await desktop.ask('server.create', { server: { name: 'slow', transport } }))
      .result as { server: { id: string } };
    // It never answers: the app ends first.
    void desktop.ask('run.start', { serverId: server.id }).catch(() => undefined);
    await desktop.heard(
      'message',
      ({ message }) => (message as { params?: { run?: { pid?: number } } }).params?.run?.pid !== undefined,
    );
    desktop.do({ do: 'quit' });
    await desktop.heard('window', ({ url }) => url.endsWith('/notice/stopping.html'));
    desktop.do({ do: 'second-instance', opened: ['jackfield://open/import'] });
    desktop.do({ do: 'activate' });
    const { with: args } = await desktop.heard('called', ({ what }) => what === 'app.relaunch');
    expect(args).toEqual([
      { execPath: process.execPath, args: ['', `--data-dir=${desktop.dataDir}`, 'jackfield://open/import'] },
    ]);
    expect(await desktop.exited).toEqual({ code: 0, signal: null });
    // No window came up in between that would have gone at once.
    expect(desktop.told.filter(({ event }) => event === 'window')).toHaveLength(2);
  });

  it('goes on when nobody reads any more what it says', async () => {
    await using desktop = await start();
    await desktop.heard('window');
    desktop.child.stderr?.destroy();
    // The second word is the one that finds the pipe gone.
    for (let time = 0; time < 2; time += 1) {
      desktop.do({ do: 'lose-process' });
      expect((await desktop.ask('app.info')).result).toBeDefined();
    }
  });

  it('hands over to the first one and ends at once when it is the second', async () => {
    await using desktop = await start({ STUB_LOCKED: '1' });
    expect(await desktop.exited).toEqual({ code: 0, signal: null });
    expect(desktop.told.map(({ event }) => event)).toEqual(['exit']);
  });

  it('ends with 3 and names who holds the data folder', async () => {
    await using host = await Host.start();
    await using desktop = Desktop.start(folder, await mkdtemp(join(tmpdir(), 'jackfield-data-')), {
      JACKFIELD_DATA_DIR: host.dataDir,
    });
    expect((await desktop.exited).code).toBe(3);
    expect(desktop.stderr).toContain(String(host.child.pid));
  });

  it('ends with 2 and one line on an option it does not know', async () => {
    // Electron has the app's folder before the options.
    await using desktop = await start({}, '.', '--prot');
    expect((await desktop.exited).code).toBe(2);
    expect(desktop.stderr.trim().split('\n')).toHaveLength(1);
    expect(desktop.stderr).toContain('--prot');
  });

  it('starts at login into the tray where servers are to keep running', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'jackfield-data-'));
    const first = Desktop.start(folder, dataDir);
    await first.heard('window');
    await first.ask('settings.update', { patch: { keepRunning: true } });
    first.do({ do: 'quit' });
    await first.exited;
    await using desktop = Desktop.start(folder, dataDir, {}, '.', '--hidden');
    expect((await desktop.heard('tray')).tip).toBe('Jackfield: 0 running');
    expect(desktop.told.map(({ event }) => event)).not.toContain('window');
    desktop.do({ do: 'activate' });
    await desktop.heard('window');
  });

  it('shows its window at login where there is no other way back to it', async () => {
    await using desktop = await start({}, '.', '--hidden');
    await desktop.heard('window');
  });
});
