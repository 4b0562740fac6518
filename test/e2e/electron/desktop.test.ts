import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, electronRuntime, newDataDir, openElectron } from '../../support/electron-app.js';
import { realServer, ROOT } from '../../support/host.js';

const runtime = electronRuntime();
const executable = 'executable' in runtime ? runtime.executable : '';
if ('missing' in runtime)
  process.stdout.write(`The tests under a real Electron are left out: ${runtime.missing}.\n`);

type Snapshot = { servers: { id: string; transport: unknown }[]; runs: { state: string; pid?: number }[] };
const snapshot = (page: Parameters<typeof ask>[0]) => ask(page, 'app.snapshot') as Promise<Snapshot>;
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.skipIf(executable === '')('the desktop app under a real Electron', () => {
  it('starts with our page in a sandboxed window that has nothing of Node', async () => {
    const { page } = await openElectron(executable);
    expect(page.url()).toMatch(/^app:\/\/jackfield\/index\.html/);
    expect(await page.evaluate(() => [typeof process, typeof require])).toEqual(['undefined', 'undefined']);
    expect(await page.evaluate(() => Object.keys(Reflect.get(window, 'jackfield') as object))).toEqual([
      'send',
      'onMessage',
    ]);
    expect(await ask(page, 'app.info')).toMatchObject({ host: 'desktop', platform: process.platform });
  });

  it('adds a server by its form, runs it, and leaves no process when it quits', async () => {
    const { app, page } = await openElectron(executable);
    const { command, args } = realServer('everything');
    await page.keyboard.press(process.platform === 'darwin' ? 'Meta+n' : 'Control+n');
    await page.getByRole('dialog', { name: 'Add server' }).waitFor();
    await page.keyboard.type([command, ...args].map((word) => JSON.stringify(word)).join(' '));
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/servers\//);
    await expect.poll(async () => (await snapshot(page)).runs[0]?.state).toBe('running');
    const pid = (await snapshot(page)).runs[0]?.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    const own = app.process();
    const ended = once(own, 'exit');
    await app.evaluate(({ app: electron }) => electron.quit());
    await ended;
    expect(own.exitCode).toBe(0);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('keeps a secret out of the catalog, in memory where there is no keychain', async () => {
    const { page, dataDir } = await openElectron(executable);
    const { keychain } = (await ask(page, 'app.info')) as { keychain: { available: boolean } };
    if (!keychain.available) await ask(page, 'settings.update', { patch: { secretStorage: 'session' } });
    const transport = {
      type: 'stdio',
      command: 'node',
      args: [],
      env: { TOKEN: { newSecret: 'tok-98431' } },
    };
    const { server } = (await ask(page, 'server.create', { server: { name: 'secret', transport } })) as {
      server: { id: string; transport: { env: Record<string, { secret: string }> } };
    };
    expect(server.transport.env['TOKEN']).toEqual({ secret: expect.any(String) as string });
    expect(await readFile(join(dataDir, 'catalog.json'), 'utf8')).not.toContain('tok-98431');
    await ask(page, 'server.remove', { id: server.id });
  });

  it('hands a second start’s link over to the first, which shows it and runs nothing', async () => {
    const { page, dataDir } = await openElectron(executable);
    const config = Buffer.from(JSON.stringify({ command: 'touch', args: ['x'] })).toString('base64');
    const second = spawn(executable, [ROOT, `jackfield://install?name=evil&config=${config}`], {
      env: { ...process.env, JACKFIELD_DATA_DIR: dataDir },
      stdio: 'ignore',
    });
    await once(second, 'exit');
    expect(second.exitCode).toBe(0);
    await page.getByText('touch x').waitFor();
    expect(await snapshot(page)).toMatchObject({ servers: [], runs: [] });
  });

  it('goes nowhere, opens nothing and is granted nothing, whatever a page tries', async () => {
    const { app, page } = await openElectron(executable);
    await app.evaluate(({ shell }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { opened });
      shell.openExternal = async (url) => void opened.push(url);
    });
    const before = page.url();
    for (const url of [
      'https://evil.example/',
      'file:///etc/passwd',
      'data:text/html,x',
      'app://evil/index.html',
    ])
      await page.evaluate((to) => void (location.href = to), url).catch(() => undefined);
    for (const url of ['https://good.example/', 'file:///etc/passwd', 'javascript:alert(1)', 'smb://evil/x'])
      expect(await page.evaluate((to) => window.open(to) === null, url)).toBe(true);
    expect(page.url()).toBe(before);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(await app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)).toEqual([
      'https://good.example/',
    ]);
    const permission = await page.evaluate(() => Notification.requestPermission());
    expect(permission).toBe('denied');
    expect(
      await page.evaluate(() =>
        fetch('https://evil.example/').then(
          () => true,
          () => false,
        ),
      ),
    ).toBe(false);
  });

  it('shows a tray icon only while servers are to keep running, and lives on behind it', async () => {
    const { app, page } = await openElectron(executable);
    await ask(page, 'settings.update', { patch: { keepRunning: true } });
    await page.close();
    await expect
      .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length))
      .toBe(0);
    expect(app.process().exitCode).toBeNull();
    const again = app.waitForEvent('window');
    await app.evaluate(({ app: electron }) => void electron.emit('activate'));
    const next = await again;
    await next.getByRole('navigation', { name: 'Main' }).waitFor();
    const ended = once(app.process(), 'exit');
    await ask(next, 'settings.update', { patch: { keepRunning: false } });
    // The answer comes with the connection gone, or not at all: closing the last window is the end.
    await next.close();
    await ended;
  });

  it('shows its page again after the renderer crashed', async () => {
    const { app, page } = await openElectron(executable, await newDataDir());
    await app.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.forcefullyCrashRenderer();
    });
    await expect
      .poll(() =>
        app.evaluate(({ BrowserWindow }) =>
          BrowserWindow.getAllWindows().map((window) => window.webContents.isCrashed()),
        ),
      )
      .toEqual([false]);
    expect(page).toBeDefined();
  });
});
