import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  appArguments,
  ask,
  electronRuntime,
  newDataDir,
  openElectron,
  quitElectron,
} from '../../support/electron-app.js';
import { realServer } from '../../support/host.js';

const runtime = electronRuntime();
const executable = 'executable' in runtime ? runtime.executable : '';
if ('missing' in runtime)
  process.stdout.write(`The tests under a real Electron are left out: ${runtime.missing}.\n`);

type Snapshot = { servers: { id: string; transport: unknown }[]; runs: { state: string; pid?: number }[] };
const snapshot = (page: Page) => ask(page, 'app.snapshot') as Promise<Snapshot>;
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.skipIf(executable === '')('the desktop app under a real Electron', () => {
  it('starts with our page in a sandboxed window that has nothing of Node', async () => {
    const { app, page } = await openElectron();
    expect(page.url()).toMatch(/^app:\/\/jackfield\/index\.html/);
    expect(await page.evaluate(() => [typeof process, typeof require])).toEqual(['undefined', 'undefined']);
    expect(await page.evaluate(() => Object.keys(Reflect.get(window, 'jackfield') as object))).toEqual([
      'send',
      'onMessage',
    ]);
    expect(await ask(page, 'app.info')).toMatchObject({ host: 'desktop', platform: process.platform });
    const isShown = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.isVisible()),
    );
    expect(isShown).toEqual([true]);
  });

  it('adds a server by its form, runs it, and leaves no process when it quits', async () => {
    const { app, page } = await openElectron();
    const { command, args } = realServer('everything');
    await page.keyboard.press(process.platform === 'darwin' ? 'Meta+n' : 'Control+n');
    await page.getByRole('dialog', { name: 'Add server' }).waitFor();
    await page.keyboard.type([command, ...args].map((word) => JSON.stringify(word)).join(' '));
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/servers\//);
    await expect.poll(async () => (await snapshot(page)).runs[0]?.state).toBe('running');
    const pid = (await snapshot(page)).runs[0]?.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    expect(await quitElectron({ app })).toBe(0);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('keeps a secret out of the catalog, in memory where there is no keychain', async () => {
    const { page, dataDir } = await openElectron();
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
    const { page, dataDir } = await openElectron();
    const config = Buffer.from(JSON.stringify({ command: 'touch', args: ['x'] })).toString('base64url');
    const link = `jackfield://install?name=evil&config=${config}`;
    const second = spawn(executable, appArguments(link), {
      env: { ...process.env, JACKFIELD_DATA_DIR: dataDir },
      stdio: 'ignore',
    });
    await once(second, 'exit');
    expect(second.exitCode).toBe(0);
    await page.getByText('touch x').first().waitFor();
    expect(await snapshot(page)).toMatchObject({ servers: [], runs: [] });
  });

  it('goes nowhere and opens nothing, whatever a page tries', async () => {
    const { app, page } = await openElectron();
    await app.evaluate(({ BrowserWindow, shell }) => {
      const opened: string[] = [];
      const stopped: string[] = [];
      Object.assign(globalThis, { opened, stopped });
      shell.openExternal = async (url) => void opened.push(url);
      // Heard after the app's own guard, so that its no is seen.
      for (const { webContents } of BrowserWindow.getAllWindows())
        webContents.on('will-navigate', ({ url, defaultPrevented }) => {
          if (defaultPrevented) stopped.push(url);
        });
    });
    const heard = (name: 'opened' | 'stopped') =>
      app.evaluate((_electron, key) => Reflect.get(globalThis, key) as string[], name);
    const before = page.url();
    for (const url of ['https://evil.example/', 'app://evil/index.html']) {
      await page.evaluate((to) => void (location.href = to), url);
      // Only once the guard has said no is it known that nothing is under way any more.
      await expect.poll(() => heard('stopped')).toContain(url);
    }
    // Chromium refuses these itself.
    for (const url of ['file:///etc/passwd', 'data:text/html,x'])
      await page.evaluate((to) => void (location.href = to), url);
    for (const url of ['https://good.example/', 'file:///etc/passwd', 'javascript:alert(1)', 'smb://evil/x'])
      expect(await page.evaluate((to) => window.open(to) === null, url), url).toBe(true);
    expect(page.url()).toBe(before);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(await heard('opened')).toEqual(['https://good.example/']);
    const isFetched = page.evaluate(() =>
      fetch('https://evil.example/').then(
        () => true,
        () => false,
      ),
    );
    expect(await isFetched).toBe(false);
  });

  it('is granted nothing but writing to the clipboard', async () => {
    const { page } = await openElectron();
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');
    const states = await page.evaluate(() =>
      Promise.all(
        ['clipboard-write', 'clipboard-read', 'geolocation', 'camera'].map(async (name) => {
          const { state } = await navigator.permissions.query({ name: name as PermissionName });
          return [name, state];
        }),
      ),
    );
    expect(Object.fromEntries(states)).toEqual({
      'clipboard-write': 'granted',
      'clipboard-read': 'denied',
      geolocation: 'denied',
      camera: 'denied',
    });
  });

  it('shows a tray icon only while servers are to keep running, and lives on behind it', async () => {
    const { app, page } = await openElectron();
    await app.evaluate(({ Tray }) => {
      const trays = new Set<Electron.Tray>();
      let menu: Electron.Menu | null = null;
      const { setContextMenu, destroy } = Tray.prototype;
      Tray.prototype.setContextMenu = function (shown) {
        trays.add(this);
        menu = shown;
        setContextMenu.call(this, shown);
      };
      Tray.prototype.destroy = function () {
        trays.delete(this);
        destroy.call(this);
      };
      Object.assign(globalThis, {
        trayCount: () => trays.size,
        trayItem: (label: string) => menu?.items.find((item) => item.label === label)?.click(),
      });
    });
    const count = () => app.evaluate(() => (Reflect.get(globalThis, 'trayCount') as () => number)());
    const click = (label: string) =>
      app.evaluate(
        (_electron, name) => (Reflect.get(globalThis, 'trayItem') as (label: string) => void)(name),
        label,
      );
    expect(await count()).toBe(0);
    await ask(page, 'settings.update', { patch: { keepRunning: true } });
    await expect.poll(count).toBe(1);
    await page.close();
    await expect
      .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length))
      .toBe(0);
    expect(app.process().exitCode).toBeNull();
    const again = app.waitForEvent('window');
    await click('Open Jackfield');
    const next = await again;
    await next.getByRole('navigation', { name: 'Main' }).waitFor();
    await ask(next, 'settings.update', { patch: { keepRunning: false } });
    await expect.poll(count).toBe(0);
    const ended = once(app.process(), 'exit');
    // Closing the last window is the end now; the answer may be cut off by it.
    await next.close().catch(() => undefined);
    await ended;
  });

  it('comes back in the size it had, and as far zoomed', async () => {
    const dataDir = await newDataDir();
    const first = await openElectron(dataDir);
    await first.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setSize(900, 640);
      window?.webContents.setZoomLevel(1);
    });
    expect(await quitElectron(first)).toBe(0);
    const { app } = await openElectron(dataDir);
    const [size, zoom] = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return [window?.getSize(), window?.webContents.getZoomLevel()];
    });
    expect([size, zoom]).toEqual([[900, 640], 1]);
  });

  it('shows its page again after the renderer crashed', async () => {
    const { app } = await openElectron();
    const url = await app.evaluate(
      ({ BrowserWindow }) =>
        new Promise<string>((resolve) => {
          const [window] = BrowserWindow.getAllWindows();
          window?.webContents.once('render-process-gone', () =>
            window.webContents.once('did-finish-load', () => resolve(window.webContents.getURL())),
          );
          window?.webContents.forcefullyCrashRenderer();
        }),
    );
    expect(url).toMatch(/^app:\/\/jackfield\/index\.html/);
  });
});
