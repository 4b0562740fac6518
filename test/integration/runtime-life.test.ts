import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fake, isRunning, real, RuntimeBench, running } from '../support/runtime-bench.js';

let bench: RuntimeBench;
beforeEach(async () => {
  bench = await RuntimeBench.open();
});
afterEach(() => bench.close());

const spawnTimes = async (record: string): Promise<number[]> =>
  (await readFile(record, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);

describe('a real server', () => {
  it('starts, lists its tools, answers calls, and leaves nothing behind when stopped', async () => {
    bench.node('every', [real('everything')]);
    const run = await bench.runtime.start('every');
    expect(run).toMatchObject({
      state: 'running',
      restarts: 0,
      serverInfo: { name: 'mcp-servers/everything' },
    });
    expect(run.readyMs).toBeGreaterThan(0);
    expect(run.toolCount).toBe((await bench.runtime.tools('every')).length);
    const { result } = await bench.runtime.callTool('every', { name: 'echo', arguments: { message: 'hi' } });
    expect(result.content).toEqual([{ type: 'text', text: 'Echo: hi' }]);

    const stopped = await bench.runtime.stop('every');
    expect(stopped.state).toBe('stopped');
    expect(await isRunning(run.pid!)).toBe(false);
    expect(bench.states.get('every')).toEqual(['starting', 'running', 'stopping', 'stopped']);
  });

  it.each(['filesystem', 'memory', 'sequential-thinking'])('runs server-%s', async (name) => {
    bench.node(name, [real(name), ...(name === 'filesystem' ? [bench.dataDir] : [])]);
    const run = await bench.runtime.start(name);
    expect(run.toolCount).toBeGreaterThan(0);
  });

  it('answers a second start and a stop of a stopped one with its run', async () => {
    bench.node('memory', [real('memory')]);
    expect(await bench.runtime.stop('memory')).toMatchObject({ serverId: 'memory', state: 'stopped' });
    const first = await bench.runtime.start('memory');
    expect((await bench.runtime.start('memory')).pid).toBe(first.pid);
    await bench.runtime.stop('memory');
    expect(await bench.runtime.stop('memory')).toMatchObject({ state: 'stopped' });
  });

  it('restarts in every state, and old exits do not touch the new run', async () => {
    bench.node('memory', [real('memory')]);
    const first = await bench.runtime.restart('memory');
    const second = await bench.runtime.restart('memory');
    expect(second.pid).not.toBe(first.pid);
    expect(await isRunning(first.pid!)).toBe(false);

    const stopping = bench.runtime.stop('memory');
    const third = await bench.runtime.restart('memory');
    await stopping;
    expect(third).toMatchObject({ state: 'running', restarts: 0 });
    expect(bench.runtime.run('memory')).toMatchObject({ state: 'running', pid: third.pid });
  });

  it('can be stopped while it starts', async () => {
    bench.node('silent', [fake('silent')]);
    const spawned = new Promise<number>((resolve) =>
      bench.runtime.on('run.changed', ({ run }) => run.pid !== undefined && resolve(run.pid)),
    );
    const starting = bench.runtime.start('silent');
    const pid = await spawned;
    const [outcome] = await Promise.allSettled([starting, bench.runtime.stop('silent')]);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'start_failed' } });
    expect(bench.runtime.run('silent').state).toBe('stopped');
    expect(await isRunning(pid)).toBe(false);
  });

  it('refuses calls when it does not run', async () => {
    bench.node('memory', [real('memory')]);
    await expect(
      bench.runtime.callTool('memory', { name: 'read_graph', arguments: {} }),
    ).rejects.toMatchObject({
      code: 'not_running',
    });
  });
});

describe('the whole tree ends', () => {
  async function forked(id: string, ...options: string[]): Promise<number[]> {
    const file = path.join(bench.dataDir, `${id}.pids`);
    bench.node(id, [fake('forking'), file, ...options]);
    await bench.runtime.start(id);
    const pids = JSON.parse(await readFile(file, 'utf8')) as number[];
    expect(await running(pids)).toEqual(pids);
    return pids;
  }

  it('with children in the group, outside of it, and daemons', async () => {
    const pids = await forked('forking');
    await bench.runtime.stop('forking');
    expect(await running(pids)).toEqual([]);
  });

  it('when none of it heeds SIGTERM', async () => {
    const pids = await forked('forking', '--stubborn', '--keep-alive');
    await bench.runtime.stop('forking');
    expect(await running(pids)).toEqual([]);
  });

  it('behind a shell', async () => {
    const script = `'${process.execPath}' '${real('memory')}'; echo after`;
    bench.add('shell', { type: 'stdio', command: 'sh', args: ['-c', script] });
    const { pid } = await bench.runtime.start('shell');
    const table = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const pids = [pid!, ...table.trim().split(/\s+/).map(Number)];
    expect(pids.length).toBeGreaterThan(1);
    await bench.runtime.stop('shell');
    expect(await running(pids)).toEqual([]);
  });

  it('asks first, then SIGTERM, then SIGKILL; a second stop skips the waits', async () => {
    bench.node('stubborn', [fake('stubborn')]);
    const { pid } = await bench.runtime.start('stubborn');
    const began = performance.now();
    const first = bench.runtime.stop('stubborn');
    expect(bench.runtime.run('stubborn').state).toBe('stopping');
    await bench.runtime.stop('stubborn');
    expect(await first).toMatchObject({ state: 'stopped', signal: 'SIGKILL' });
    const forced = performance.now() - began;
    expect(await isRunning(pid!)).toBe(false);

    await bench.runtime.start('stubborn');
    const asked = performance.now();
    await bench.runtime.stop('stubborn');
    // The waits that were skipped are four seconds, on any machine.
    expect(forced).toBeLessThan(performance.now() - asked);
    const said = await bench.lines('stubborn');
    expect(said).toContain('ignored SIGTERM');
    expect(said.join('\n')).toMatch(/SIGTERM to process[\s\S]*SIGKILL to process/);
  });

  it('but for the browser it opened for the person', async () => {
    const browser = path.join(bench.dataDir, 'chromium');
    await copyFile('/bin/sleep', browser);
    const pidOf = async (id: string): Promise<number> => {
      const file = path.join(bench.dataDir, `${id}.pid`);
      bench.node(id, [fake('browsing'), file, 'bash', '-c', `exec -a chromium ${browser} 600`]);
      await bench.runtime.start(id);
      return Number(await readFile(file, 'utf8'));
    };
    const own = await pidOf('own');
    try {
      await bench.runtime.stop('own');
      expect(await isRunning(own)).toBe(true);
    } finally {
      process.kill(own, 'SIGKILL');
    }
  });

  it('gives a server behind a wrapper the time SIGTERM allows', async () => {
    // The shell ends at once; the server behind it takes a second to put its things away.
    const tidy = path.join(bench.dataDir, 'tidied');
    const script = `process.on('SIGTERM', () => setTimeout(() => { require('fs').writeFileSync('${tidy}', ''); process.exit(0); }, 1000)); setInterval(() => {}, 1000);`;
    const file = path.join(bench.dataDir, 'tidy.cjs');
    await writeFile(file, script);
    const command = `'${process.execPath}' '${file}' & exec '${process.execPath}' '${fake('stubborn')}' --heeds-sigterm`;
    bench.add('wrapped', { type: 'stdio', command: 'sh', args: ['-c', command] });
    await bench.runtime.start('wrapped');
    await bench.runtime.stop('wrapped');
    expect(await readFile(tidy, 'utf8')).toBe('');
  });

  it('when the server crashed and left children', async () => {
    const pids = await forked('forking');
    process.kill(pids[0]!, 'SIGKILL');
    await vi.waitFor(async () => expect(await running(pids.slice(1))).toEqual([]));
  });
});

describe('a start that fails', () => {
  it('names the command and the PATH that was searched', async () => {
    bench.add('none', { type: 'stdio', command: 'no-such-command-anywhere' });
    await expect(bench.runtime.start('none')).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringMatching(/"no-such-command-anywhere" was not found.*PATH.*\/usr\/bin/),
    });
    expect(bench.runtime.run('none')).toMatchObject({ state: 'failed', error: { code: 'start_failed' } });
  });

  it('tells a missing folder from a missing command', async () => {
    bench.node('cwd', [real('memory')], {}, { cwd: '/no/such/folder' });
    await expect(bench.runtime.start('cwd')).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('working folder "/no/such/folder" does not exist'),
    });
  });

  it('tells a missing interpreter from a missing command', async () => {
    const script = path.join(bench.dataDir, 'tool');
    await writeFile(script, '#!/no/such/interpreter\n', { mode: 0o755 });
    bench.add('script', { type: 'stdio', command: script });
    await expect(bench.runtime.start('script')).rejects.toMatchObject({
      message: expect.stringContaining('interpreter "/no/such/interpreter" was not found'),
    });
  });

  it('quotes exit code and last words, redacted, and gives up after three early exits', async () => {
    const record = path.join(bench.dataDir, 'starts');
    bench.node('early', [fake('crashing'), record, '--early', '--code', '7']);
    await expect(bench.runtime.start('early')).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringMatching(/exit code 7 before it was ready.*cannot open the database/),
    });
    expect(bench.runtime.run('early')).toMatchObject({ state: 'failed', exitCode: 7 });
    expect(await spawnTimes(record)).toHaveLength(3);
  });

  it('tells silence from an exit', async () => {
    await bench.close();
    bench = await RuntimeBench.open({ handshakeMs: 700 });
    bench.node('silent', [fake('silent')]);
    await expect(bench.runtime.start('silent')).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/was started but did not answer.*waiting for a licence/),
    });
    expect(bench.runtime.run('silent')).toMatchObject({ state: 'failed', error: { code: 'timeout' } });
  });

  it('keeps a secret out of errors and logs', async () => {
    const secret = { secret: 'sec-00000000-0000-0000-0000-000000000000' };
    const script = 'console.error("token is " + process.env.TOKEN); process.exit(3)';
    bench.node('leaky', ['-e', script], { lifecycle: { restart: 'never' } }, { env: { TOKEN: secret } });
    const error: Error = await bench.runtime.start('leaky').then(
      () => expect.unreachable(),
      (reason: Error) => reason,
    );
    expect(error.message).toContain('token is ••••');
    expect(JSON.stringify(bench.runtime.run('leaky'))).not.toContain('hunter2');
    await bench.runtime.dispose();
    expect(await readFile(path.join(bench.dataDir, 'logs/leaky.log'), 'utf8')).not.toContain('hunter2');
  });

  it('does not keep another server waiting', async () => {
    bench.node('silent', [fake('silent')], { lifecycle: { autostart: true } });
    bench.node('memory', [real('memory')], { lifecycle: { autostart: true } });
    bench.runtime.autostart([...bench.servers.values()]);
    await vi.waitFor(() => expect(bench.runtime.run('memory').state).toBe('running'), { timeout: 10_000 });
    expect(bench.runtime.run('silent').state).toBe('starting');
  });

  it('has started by itself once it was told to, and not before', async () => {
    bench.node('memory', [real('memory')], { lifecycle: { autostart: true } });
    const started = bench.runtime.autostarted().then(() => bench.runtime.run('memory').state);
    // Longer than the login shell takes to answer.
    await bench.runtime.refreshEnvironment();
    bench.runtime.autostart([...bench.servers.values()]);
    expect(await started).toBe('running');
  });
});

describe('a server that ends by itself', () => {
  const crashing = (id: string, restart: string, ...options: string[]): string => {
    const record = path.join(bench.dataDir, `${id}.starts`);
    bench.node(id, [fake('crashing'), record, ...options], { lifecycle: { restart } });
    return record;
  };

  it('is started again under on_failure', async () => {
    crashing('again', 'on_failure', '--good-after', '2');
    await bench.runtime.start('again').catch(() => {});
    await vi.waitFor(
      () => expect(bench.runtime.run('again')).toMatchObject({ state: 'running', restarts: 1 }),
      {
        timeout: 10_000,
      },
    );
  });

  it('stays stopped under on_failure after exit code 0, but not under always', async () => {
    const once = crashing('once', 'on_failure', '--code', '0');
    const more = crashing('more', 'always', '--code', '0', '--good-after', '2');
    await Promise.allSettled([bench.runtime.start('once'), bench.runtime.start('more')]);
    await vi.waitFor(
      () => expect(bench.runtime.run('more')).toMatchObject({ state: 'running', restarts: 1 }),
      {
        timeout: 10_000,
      },
    );
    expect(bench.runtime.run('once')).toMatchObject({ state: 'stopped', exitCode: 0 });
    expect(await spawnTimes(once)).toHaveLength(1);
    expect(await spawnTimes(more)).toHaveLength(2);
  });

  it('counts as ended when it closes its stdout and runs on', async () => {
    bench.node('deaf', [fake('deaf')]);
    const { pid } = await bench.runtime.start('deaf');
    await vi.waitFor(() => expect(bench.runtime.run('deaf').state).toBe('backoff'));
    expect(bench.runtime.run('deaf').error?.message).toContain('closed its stdout');
    await vi.waitFor(async () => expect(await isRunning(pid!)).toBe(false));
  });

  it('ends as failed under never', async () => {
    const record = crashing('never', 'never', '--signal', 'SIGSEGV');
    await bench.runtime.start('never').catch(() => {});
    await vi.waitFor(() => expect(bench.runtime.run('never').state).toBe('failed'));
    expect(bench.runtime.run('never').error?.message).toMatch(
      /was ended by SIGSEGV\. It last said: cannot open the database: no such table$/,
    );
    expect(await spawnTimes(record)).toHaveLength(1);
  });

  it('is spawned at most six times in 20 s when it crashes in a loop', async () => {
    const record = crashing('loop', 'always');
    await bench.runtime.start('loop').catch(() => {});
    // 1, 2, 4 and 8 s with jitter: the fifth start is due before second 18.1, the sixth not before second 32.
    await vi.waitFor(async () => expect(await spawnTimes(record)).toHaveLength(5), {
      timeout: 22_000,
      interval: 200,
    });
    await vi.waitFor(() => expect(bench.runtime.run('loop').state).toBe('backoff'));
    const { retryAt, error } = bench.runtime.run('loop');
    expect(Date.parse(retryAt!) - Date.now()).toBeGreaterThan(20_000);
    expect(error?.code).toBe('not_running');
    const times = await spawnTimes(record);
    expect(times.filter((time) => time - times[0]! < 20_000).length).toBeLessThanOrEqual(6);
    expect((await bench.lines('loop', 'supervisor')).at(-1)).toMatch(/5 failures in a row.*probed/);
  }, 30_000);
});
