import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Host, realServer, ROOT } from '../support/host.js';

describe('starting and stopping the browser host', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jackfield ünicode '));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('prints one ready line, serves there, and ends with 0 on SIGTERM and on SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const host = await Host.spawn({ dataDir: folder });
      const ready = await host.whenReady();
      expect(ready).toMatchObject({
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}$/) as string,
        rpc: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/rpc$/) as string,
        dataDir: folder,
        pid: host.child.pid,
      });
      expect((await fetch(ready.url)).status).toBe(200);
      host.child.kill(signal);
      expect(await host.exited).toEqual({ code: 0, signal: null });
      expect(host.stdout.trim().split('\n')).toHaveLength(1);
    }
  });

  it('writes the human ready line without --json', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'out/main/browser.js'), '--no-open', '--port', '0'], {
      env: { ...process.env, JACKFIELD_DATA_DIR: folder },
    });
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(String(data))),
    );
    expect(line).toMatch(/^Jackfield is ready: http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}\n$/);
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  });

  it('refuses a second host on the same folder with exit code 3 and names the first one', async () => {
    await using first = await Host.start({ dataDir: folder });
    const second = await Host.spawn({ dataDir: folder });
    expect(await second.exited).toEqual({ code: 3, signal: null });
    expect(second.stderr).toContain(String(first.child.pid));
    expect(second.stdout).toBe('');
  });

  it('takes over the folder of a host that was killed', async () => {
    const killed = await Host.start({ dataDir: folder });
    killed.child.kill('SIGKILL');
    await killed.exited;
    await using next = await Host.start({ dataDir: folder });
    expect((await next.client.call('app.info', {})).dataDir).toBe(folder);
  });

  it.each([
    ['an unknown option', ['--prot', '1'], '--prot'],
    ['a port that is no number', ['--port', 'x'], '--port'],
    ['a port out of range', ['--port', '70000'], '70000'],
    ['an empty folder', ['--data-dir', ''], '--data-dir'],
    ['a word too many', ['extra'], 'extra'],
  ])('refuses %s with exit code 2 and one line', async (_what, args, named) => {
    const host = await Host.spawn({ dataDir: folder, args });
    expect(await host.exited).toEqual({ code: 2, signal: null });
    expect(host.stderr.trim().split('\n')).toHaveLength(1);
    expect(host.stderr).toContain(named);
  });

  it('refuses a port that another program has', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const host = await Host.spawn({ dataDir: folder, args: ['--port', String(port)] });
    expect(await host.exited).toEqual({ code: 2, signal: null });
    expect(host.stderr).toContain(String(port));
    blocker.close();
  });

  it('says which folder it cannot use', async () => {
    const file = join(folder, 'a file');
    await writeFile(file, '');
    const host = await Host.spawn({ dataDir: join(file, 'inside') });
    expect((await host.exited).code).toBe(1);
    expect(host.stderr).toContain('a file');
  });

  it('ends every child before it ends itself', async () => {
    const host = await Host.start({ dataDir: folder });
    const { server } = await host.client.call('server.create', {
      server: { name: 'left running', transport: realServer('everything') },
    });
    const { run } = await host.client.call('run.start', { serverId: server.id });
    expect(run.pid).toBeGreaterThan(0);
    expect(await host.stop()).toEqual({ code: 0, signal: null });
    expect(() => process.kill(run.pid ?? 0, 0)).toThrow('ESRCH');
  });
});
