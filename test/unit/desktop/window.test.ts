import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserWindow, called, machine, resetElectron } from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { openWindow } = await import('../../../src-main/hosts/desktop/window.js');

describe('the window', () => {
  let dataDir: string;
  beforeEach(async () => {
    resetElectron();
    dataDir = await mkdtemp(join(tmpdir(), 'jackfield-window-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));

  const open = (): BrowserWindow => openWindow({ dataDir, preload: '/p.cjs' }) as unknown as BrowserWindow;
  const keep = (state: unknown): Promise<void> =>
    writeFile(join(dataDir, 'window.json'), JSON.stringify(state));
  const shown = async (window: BrowserWindow): Promise<void> => {
    window.emit('ready-to-show');
    await vi.waitFor(() => expect(window.isVisible()).toBe(true));
  };

  it('can reach nothing but its preload script', () => {
    const { webPreferences } = open().test.options;
    expect(webPreferences).toMatchObject({
      preload: '/p.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
    });
  });

  it('shows our page once it has painted, and not before', async () => {
    const window = open();
    expect(window.test.url).toBe('app://jackfield/index.html');
    expect(window.isVisible()).toBe(false);
    await shown(window);
  });

  it('comes back where it was', async () => {
    await keep({ x: 100, y: 50, width: 900, height: 700, maximized: true });
    const window = open();
    await shown(window);
    expect(window.getBounds()).toEqual({ x: 100, y: 50, width: 900, height: 700 });
    expect(window.isMaximized()).toBe(true);
  });

  it('comes back to a display that is there', async () => {
    machine.displays = [{ x: 0, y: 0, width: 1280, height: 800 }];
    await keep({ x: 5000, y: 50, width: 900, height: 700, maximized: false });
    const window = open();
    await shown(window);
    expect(window.getBounds()).toMatchObject({ x: 0, width: 900, height: 700 });
    expect(called('window.center')).toHaveLength(1);
  });

  it.each([
    ['hangs off the left edge but can be taken hold of', { x: -700, y: 50 }, true],
    ['has but a sliver left on the display', { x: -850, y: 50 }, false],
    ['has its title bar above the display', { x: 10, y: -200 }, false],
    ['has its title bar below the display', { x: 10, y: 790 }, false],
  ])('that %s comes back there or in the middle', async (_what, place, isKept) => {
    machine.displays = [{ x: 0, y: 0, width: 1280, height: 800 }];
    await keep({ ...place, width: 900, height: 700, maximized: false });
    const window = open();
    await shown(window);
    expect(window.getBounds()).toMatchObject(isKept ? place : { x: 0, y: 0 });
    expect(called('window.center')).toHaveLength(isKept ? 0 : 1);
  });

  it('is no larger than the displays that are left', async () => {
    machine.displays = [
      { x: 0, y: 0, width: 800, height: 600 },
      { x: 800, y: 25, width: 1440, height: 875 },
    ];
    await keep({ x: 3000, y: 0, width: 3800, height: 2000, maximized: false });
    const window = open();
    await shown(window);
    expect(window.getBounds()).toMatchObject({ width: 1440, height: 875 });
  });

  it.each(['{', '[]', '{"width":1,"height":1,"maximized":false}', ''])(
    'passes over a state file of %j',
    async (text) => {
      await writeFile(join(dataDir, 'window.json'), text);
      const window = open();
      await shown(window);
      expect(window.getBounds()).toMatchObject({ width: 1280, height: 800 });
    },
  );

  it('remembers where it was when it is closed', async () => {
    const window = open();
    await shown(window);
    window.setBounds({ x: 7, y: 8, width: 800, height: 600 });
    window.close();
    await vi.waitFor(async () =>
      expect(JSON.parse(await readFile(join(dataDir, 'window.json'), 'utf8'))).toEqual({
        x: 7,
        y: 8,
        width: 800,
        height: 600,
        maximized: false,
      }),
    );
  });
});
