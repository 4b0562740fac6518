import { app, BrowserWindow, clipboard, dialog, nativeTheme, session } from 'electron';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, CatalogLockedError } from '../../app.js';
import { defaultDataFolder } from '../../platform/data-folder.js';
import { Bridge } from './bridge.js';
import { denyPermissions, guardNavigation } from './guards.js';
import { launchUtilityHelper } from './keychain-process.js';
import { setMenu } from './menu.js';
import { registerPageScheme, servePages } from './page-protocol.js';
import { stopServersBeforeQuit } from './quit.js';
import { openWindow } from './window.js';

const EXIT_LOCKED = 3;
const out = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Files that other programs read cannot stay inside the archive. */
const unpacked = (path: string): string => out(path).replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');

function dataFolder(): string {
  const surroundings = { platform: process.platform, env: process.env, home: homedir() };
  return resolve(process.env['JACKFIELD_DATA_DIR'] || defaultDataFolder(surroundings));
}

async function begin(dataDir: string): Promise<void> {
  const jackfield = await App.open({
    host: 'desktop',
    version: app.getVersion(),
    dataDir,
    sampleServer: unpacked('./sample-server.js'),
    clipboard: {
      read: async () => clipboard.readText(),
      write: async (text) => clipboard.writeText(text),
    },
    launchHelper: () => launchUtilityHelper(out('./keychain-helper.js')),
    onFault: (what, error) => void process.stderr.write(`Fault in ${what}: ${error}\n`),
  });
  stopServersBeforeQuit(jackfield);
  const bridge = new Bridge(jackfield);
  const show = (): BrowserWindow => {
    const [open] = BrowserWindow.getAllWindows();
    if (!open)
      return openWindow({
        dataDir,
        preload: out('../preload/preload.cjs'),
        dark: nativeTheme.shouldUseDarkColors,
        bridge,
      });
    if (open.isMinimized()) open.restore();
    open.focus();
    return open;
  };
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => app.quit());
  servePages(session.defaultSession, out('../renderer'));
  denyPermissions(session.defaultSession);
  setMenu();
  show();
}

function fail(error: unknown): void {
  const locked = error instanceof CatalogLockedError;
  const text = locked
    ? `Another Jackfield (pid ${error.pid}) uses this data folder.`
    : error instanceof Error
      ? error.message
      : String(error);
  dialog.showErrorBox('Jackfield could not start', text);
  app.exit(locked ? EXIT_LOCKED : 1);
}

app.enableSandbox();
if (!app.requestSingleInstanceLock()) app.quit();
else {
  registerPageScheme();
  guardNavigation();
  app
    .whenReady()
    .then(() => begin(dataFolder()))
    .catch(fail);
}
