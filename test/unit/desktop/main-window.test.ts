import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserWindow, called, machine, Menu, resetElectron } from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { MainWindow } = await import('../../../src-main/hosts/desktop/main-window.js');
const { Opened } = await import('../../../src-main/hosts/desktop/opened.js');
const { menuTemplate } = await import('../../../src-main/hosts/desktop/menu.js');
const { contextTemplate, setupContextMenu } = await import('../../../src-main/hosts/desktop/context-menu.js');
const { recoverPage } = await import('../../../src-main/hosts/desktop/crash.js');
const electron = await import('../../support/electron-stub.js');

beforeEach(resetElectron);

function harness() {
  const waiting: (() => void)[] = [];
  const told: unknown[] = [];
  const bridge = {
    admit: vi.fn(),
    tell: (_contents: unknown, _method: string, params: unknown) => void told.push(params),
    whenListening: (_contents: unknown, callback: () => void) => void waiting.push(callback),
  };
  const window = new MainWindow(bridge as never, () => new BrowserWindow() as never);
  return { window, bridge, told, listen: () => waiting.splice(0).forEach((callback) => callback()) };
}

describe('the one window', () => {
  it('is made once, brought back when it is asked for, and made again after it was closed', () => {
    const { window, bridge } = harness();
    const first = window.show();
    first.show();
    first.minimize();
    expect(window.show()).toBe(first);
    expect(first.isMinimized()).toBe(false);
    first.destroy();
    expect(window.current).toBeUndefined();
    expect(window.show()).not.toBe(first);
    expect(bridge.admit).toHaveBeenCalledTimes(2);
  });

  it('hands over what was asked for once its page listens', () => {
    const { window, told, listen } = harness();
    window.deliver({ kind: 'command', command: 'palette' });
    expect(told).toEqual([]);
    listen();
    expect(told).toEqual([{ intent: { kind: 'command', command: 'palette' } }]);
  });
});

const noApp = (): Promise<never> => Promise.reject(new Error('The app is not there.'));

describe('links and files', () => {
  it('become intents, and what is none is told in a sentence', async () => {
    const { window, told, listen } = harness();
    await new Opened(window, noApp).take([
      'jackfield://open/activity',
      'jackfield://run/rm',
      '/nowhere.json',
    ]);
    listen();
    expect(told).toEqual([{ intent: { kind: 'command', command: 'go.activity' } }]);
    const boxes = called('dialog.showMessageBox').map(([options]) => (options as { detail: string }).detail);
    expect(boxes).toHaveLength(2);
    expect(boxes[1]).toContain('ENOENT');
  });

  it('of other vendors lead to the import screen as they are, and files of no known kind nowhere', async () => {
    const { window, told, listen } = harness();
    const links = [
      'cursor://anysphere.cursor-deeplink/mcp/install?name=a&config=e30=',
      'goose://extension?cmd=x',
    ];
    await new Opened(window, noApp).take([...links, 'javascript:alert(1)', 'steam://run/1']);
    listen();
    expect(told).toEqual(links.map((text) => ({ intent: { kind: 'import', text } })));
    expect(called('dialog.showMessageBox')).toHaveLength(2);
  });

  it('that come before the app is ready are kept', async () => {
    const hear = Opened.listen();
    const event = electron.preventable();
    electron.app.emit('open-url', event, 'jackfield://open/import');
    expect(event.defaultPrevented).toBe(true);
    const taken: string[] = [];
    hear({ take: async (opened: string[]) => void taken.push(...opened) } as never);
    electron.app.emit('open-file', electron.preventable(), '/x.json');
    expect(taken).toEqual(['jackfield://open/import', '/x.json']);
  });
});

describe('the menu', () => {
  type Item = Electron.MenuItemConstructorOptions;
  const flat = (items: Item[]): Item[] =>
    items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);

  it.each(['darwin', 'win32', 'linux'] as const)(
    'has what %s expects, and every entry does something',
    (platform) => {
      const command = vi.fn();
      const items = flat(menuTemplate({ platform, isPackaged: true, dataDir: '/data', command }));
      const own = items.filter((item) => item.click);
      for (const item of own) item.click?.({} as never, undefined, {} as never);
      expect(command.mock.calls.flat()).toEqual(
        expect.arrayContaining([
          'server.add',
          'remote.add',
          'palette',
          'go.settings',
          'shortcuts',
          'go.patch-bay',
        ]),
      );
      expect(called('shell.openPath')).toEqual([['/data']]);
      const roles = items.map(({ role }) => role);
      expect(roles).toContain('quit');
      expect(roles).toContain('editMenu');
      expect(roles).not.toContain('toggleDevTools');
      if (platform === 'darwin')
        expect(roles).toEqual(expect.arrayContaining(['about', 'services', 'hide', 'close']));
      else expect(called('app.showAboutPanel')).toHaveLength(1);
      // What does nothing must be a separator, a submenu or a role.
      expect(items.filter(({ click, submenu, role, type }) => !click && !submenu && !role && !type)).toEqual(
        [],
      );
    },
  );

  it('shows keys of the page without taking them', () => {
    const items = flat(
      menuTemplate({ platform: 'linux', isPackaged: false, dataDir: '/d', command: () => undefined }),
    );
    const add = items.find(({ label }) => label === 'Add server…');
    expect(add).toMatchObject({ accelerator: 'CmdOrCtrl+N', registerAccelerator: false });
    expect(items.map(({ role }) => role)).toContain('toggleDevTools');
  });
});

describe('the context menu', () => {
  const flags = {
    canUndo: true,
    canRedo: false,
    canCut: true,
    canCopy: true,
    canPaste: true,
    canSelectAll: true,
  };
  const params = { isEditable: false, editFlags: flags as never, selectionText: '', linkURL: '' };

  it('fits what is under the pointer', () => {
    const roles = (more: Partial<typeof params>) =>
      contextTemplate({ ...params, ...more }).map(({ role }) => role);
    expect(roles({})).toEqual([]);
    expect(roles({ selectionText: 'x' })).toEqual(['copy', 'selectAll']);
    expect(roles({ isEditable: true })).toContain('paste');
    expect(contextTemplate({ ...params, linkURL: 'https://example.com/' }).map(({ label }) => label)).toEqual(
      ['Open link in browser', 'Copy link'],
    );
    expect(contextTemplate({ ...params, linkURL: 'file:///etc/passwd' })).toEqual([]);
  });

  it('does what its entries for links say', async () => {
    for (const item of contextTemplate({ ...params, linkURL: 'https://example.com/' }))
      item.click?.({} as never, undefined, {} as never);
    expect(called('shell.openExternal')).toEqual([['https://example.com/']]);
    expect(await electron.clipboard.readText()).toBe('https://example.com/');
  });

  it('pops up only where there is something to do', () => {
    const window = new BrowserWindow();
    setupContextMenu(window as never);
    const ask = (more: object): boolean =>
      window.webContents.emit('context-menu', {}, { ...params, ...more });
    ask({});
    expect(Menu.test.popups).toEqual([]);
    ask({ selectionText: 'x', x: 5, y: 6, menuSourceType: 'mouse', frame: null });
    expect(Menu.test.popups[0]?.test.popup).toEqual({ window, sourceType: 'mouse' });
    // The keyboard's menu belongs to the caret.
    ask({ selectionText: 'x', x: 5, y: 6, menuSourceType: 'keyboard', frame: 'f' });
    expect(Menu.test.popups[1]?.test.popup).toEqual({
      window,
      x: 5,
      y: 6,
      sourceType: 'keyboard',
      frame: 'f',
    });
  });
});

describe('a page that crashes', () => {
  const gone = (window: BrowserWindow, reason = 'crashed'): boolean =>
    window.webContents.emit('render-process-gone', {}, { reason, exitCode: 5 });

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is loaded again, and after a few times the person decides', async () => {
    let now = 0;
    const window = new BrowserWindow();
    recoverPage(
      window as never,
      () => undefined,
      () => now,
    );
    gone(window, 'clean-exit');
    expect(window.webContents.test.reloads).toBe(0);
    gone(window);
    // Not while Chromium is still telling of the end.
    expect(window.webContents.test.reloads).toBe(0);
    for (let count = 2; count <= 3; count += 1) gone(window);
    await settled();
    expect(window.webContents.test.reloads).toBe(3);
    gone(window);
    expect(called('dialog.showMessageBox')).toHaveLength(1);
    await vi.waitFor(() => expect(window.webContents.test.reloads).toBe(4));
    now = 61_000;
    gone(window);
    await settled();
    expect(window.webContents.test.reloads).toBe(5);
  });

  it('can be closed instead', async () => {
    machine.dialogAnswer = 1;
    const window = new BrowserWindow();
    recoverPage(window as never, () => undefined);
    for (let count = 1; count <= 4; count += 1) gone(window);
    await vi.waitFor(() => expect(window.isDestroyed()).toBe(true));
  });

  it('that hangs can be ended', async () => {
    machine.dialogAnswer = 1;
    const window = new BrowserWindow();
    recoverPage(window as never, () => undefined);
    window.emit('unresponsive');
    window.emit('unresponsive');
    await vi.waitFor(() => expect(called('webContents.forcefullyCrashRenderer')).toHaveLength(1));
    expect(called('dialog.showMessageBox')).toHaveLength(1);
  });
});
