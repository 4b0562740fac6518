// Stands where the `electron` package would, in a process that runs the built main file under plain Node. It plays the
// page and the OS: JSON lines on stdin say what they do, JSON lines on stdout tell what the app did.
import type * as Electron from 'electron';
import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  app,
  BrowserWindow,
  ipcMain,
  listeners,
  machine,
  Menu,
  powerMonitor,
  Tray,
  UtilityProcess,
  utilityProcess,
} from './electron-stub.js';

export * from './electron-net.js';
export * from './electron-stub.js';

export type Told =
  | { event: 'window'; ms: number; url: string }
  | { event: 'message'; message: unknown }
  | { event: 'helper'; file: string; pid: number | undefined }
  | { event: 'tray'; tip: string }
  /** The menu bar or the tray's menu has been made anew. */
  | { event: 'menu'; of: MenuOf; items: MenuEntry[] }
  | { event: 'called'; what: string; with: unknown[] }
  | { event: 'exit'; code: number };

export type Done =
  | { do: 'send'; message: unknown }
  | { do: 'second-instance'; opened: string[] }
  | { do: 'close-window' }
  | { do: 'activate' }
  | { do: 'wake' }
  | { do: 'lose-process' }
  | { do: 'click'; of: MenuOf; path: string[] }
  | { do: 'quit' };

export type MenuOf = 'bar' | 'tray';
/** A leaf of a menu: the way to it, and what makes it do something. */
export type MenuEntry = { path: string[]; does: 'click' | 'role' | 'nothing'; isEnabled: boolean };

const CHANNEL = 'jackfield:rpc';

const tell = (told: Told): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

machine.isPackaged = process.env['STUB_PACKAGED'] === '1';
// A packaged app's arguments begin right after its executable; here the main file stands between.
if (machine.isPackaged) process.argv.splice(1, 1);
machine.version = process.env['STUB_VERSION'] ?? '0.1.0';
machine.appPath = process.env['STUB_APP'] ?? '';
// Electron always has one; a folder of ours holds nothing that it would find there.
const resources = process.env['STUB_RESOURCES'] ?? machine.appPath;
Object.defineProperty(process, 'resourcesPath', { value: resources });
machine.hasLock = process.env['STUB_LOCKED'] !== '1';

app.on('web-contents-created', (_event, contents: { send(channel: string, message: unknown): void }) => {
  const ms = performance.now();
  contents.send = (_channel, message) => tell({ event: 'message', message });
  // The constructor is still running; its page is loaded right after it.
  queueMicrotask(() =>
    tell({ event: 'window', ms, url: BrowserWindow.getAllWindows().at(-1)?.test.url ?? '' }),
  );
});

const { setToolTip } = Tray.prototype;
Tray.prototype.setToolTip = function (tip) {
  setToolTip.call(this, tip);
  tell({ event: 'tray', tip });
};

/** What the app asks of the OS, for whoever wants to see that something came of a click. */
listeners.add((what, args) => {
  if (/^(shell|dialog)\.|^app\.(quit|relaunch|showAboutPanel)$/.test(what))
    tell({ event: 'called', what, with: args });
});

type Item = Electron.MenuItemConstructorOptions;
const shownMenus: Partial<Record<MenuOf, Item[]>> = {};
const nameOf = ({ label, role, type }: Item): string => label ?? role ?? type ?? '';

function leaves(items: readonly Item[], above: readonly string[] = []): MenuEntry[] {
  return items.flatMap((item) => {
    const path = [...above, nameOf(item)];
    if (Array.isArray(item.submenu)) return leaves(item.submenu, path);
    if (item.type === 'separator') return [];
    const does = item.role ? 'role' : item.click ? 'click' : 'nothing';
    return [{ path, does, isEnabled: item.enabled ?? true }];
  });
}

function showMenu(of: MenuOf, menu: Menu | null): void {
  shownMenus[of] = menu?.test.template ?? [];
  tell({ event: 'menu', of, items: leaves(shownMenus[of]) });
}

function click(of: MenuOf, path: readonly string[]): void {
  let items = shownMenus[of] ?? [];
  for (const name of path) {
    const item = items.find((one) => nameOf(one) === name);
    if (!item) throw new Error(`There is no ${path.join(' → ')} in the ${of}.`);
    if (Array.isArray(item.submenu)) items = item.submenu;
    else item.click?.({} as Electron.MenuItem, undefined, {} as Electron.KeyboardEvent);
  }
}

const { setApplicationMenu } = Menu;
Menu.setApplicationMenu = (menu) => {
  setApplicationMenu(menu);
  showMenu('bar', menu);
};
const { setContextMenu } = Tray.prototype;
Tray.prototype.setContextMenu = function (menu) {
  setContextMenu.call(this, menu);
  showMenu('tray', menu as unknown as Menu | null);
};

app.test.onExit = (code) => {
  tell({ event: 'exit', code });
  process.exit(code);
};

/** A real process, so that the keychain helper's file is found and started as it would be. */
utilityProcess.fork = (file: string) => {
  const child = fork(file, { stdio: 'ignore' });
  const stub = new UtilityProcess();
  stub.postMessage = (message) => void child.send(message as object);
  stub.kill = () => child.kill();
  child.on('message', (message) => stub.emit('message', message));
  child.on('exit', (code) => stub.emit('exit', code));
  tell({ event: 'helper', file, pid: child.pid });
  return stub as never;
};

function perform(done: Done): void {
  const [window] = BrowserWindow.getAllWindows();
  switch (done.do) {
    case 'send': {
      const sender = window?.webContents;
      return void ipcMain.emit(CHANNEL, { sender, senderFrame: sender?.mainFrame }, done.message);
    }
    case 'second-instance':
      return void app.emit('second-instance', {}, [], '/', { opened: done.opened });
    case 'close-window':
      window?.close();
      if (BrowserWindow.getAllWindows().length === 0) app.emit('window-all-closed');
      return;
    case 'wake':
      return void powerMonitor.emit('resume');
    case 'lose-process':
      return void app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 11 });
    case 'click':
      return click(done.of, done.path);
    case 'activate':
      return void app.emit('activate');
    case 'quit':
      return app.quit();
  }
}

createInterface({ input: process.stdin }).on('line', (line) => perform(JSON.parse(line) as Done));
