import { app, session } from 'electron';
import { fileURLToPath } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import { setupAbout } from './about.js';
import { APP_ID } from './app-id.js';
import { isCommand } from '../cli/command-words.js';
import { watchForFaults } from '../faults.js';
import { programsIn } from '../programs.js';
import { Bridge } from './bridge.js';
import { setupContextMenu } from './context-menu.js';
import { obeyCommand } from './command-line.js';
import { recoverPage, tellOfLostProcesses } from './crash.js';
import { useDataFolder } from './data-folder.js';
import { EXIT_UNUSABLE, failToStart } from './failure.js';
import { denyPermissions, guardNavigation } from './guards.js';
import { launcherWords } from './launcher-words.js';
import { LaunchError, ownArguments, readLaunch, type LaunchOptions } from './launch-options.js';
import { LocalClient } from './local-client.js';
import { wasStartedAtLogin } from './login-item.js';
import { MainWindow } from './main-window.js';
import { setupMenu } from './menu.js';
import type { MadePages } from './notice-page.js';
import { Opened } from './opened.js';
import { registerPageScheme, servePages } from './page-protocol.js';
import { Quit } from './quit.js';
import { relaunch } from './relaunch.js';
import { askAboutUnsavedEdits } from './unsaved-edits.js';
import { UpdateDesk } from './update-desk.js';
import { openUpdateSource, whyNoUpdates } from './update-source.js';
import { openWindow } from './window.js';

// Electron's whole work before its first window is in this file's imports: what is heavy (the app itself, zod) is
// imported when it is needed, while the window is already loading its page.
const out = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Files that other programs read cannot stay inside the archive. */
const unpacked = (path: string): string => out(path).replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
const files = {
  keychainHelper: out('./keychain-helper.js'),
  programs: programsIn(unpacked),
  command: out('./jackfield.js'),
};
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function begin(launch: LaunchOptions, dataDir: string, hear: (opened: Opened) => void): Promise<void> {
  const pages: MadePages = new Map();
  servePages(session.defaultSession, out('../renderer'), pages);
  denyPermissions(session.defaultSession);
  setupAbout(packageJson.version);
  tellOfLostProcesses(say);
  const updates = new UpdateDesk({
    open: openUpdateSource,
    whyNot: whyNoUpdates,
    restart: (install) => quit.thenInstall(install),
    say,
  });
  const opening = import('./desktop-app.js').then(({ openApp }) =>
    openApp({
      version: packageJson.version,
      dataDir,
      files: { ...files, launcher: launcherWords(files.command) },
      updates,
      say,
    }),
  );
  const window = new MainWindow(new Bridge(opening), () =>
    openWindow({ dataDir, preload: out('../preload/preload.cjs') }),
  );
  let live = (): number => 0;
  const quit = new Quit({
    opening,
    live: () => live(),
    pages,
    relaunch: (opened) => relaunch(launch, opened),
  });
  watchForFaults(opening, () => quit.now(1), say);
  window.onOpened((made) => {
    recoverPage(made, say);
    setupContextMenu(made);
    askAboutUnsavedEdits(made, quit);
    made.on('session-end', () => quit.forShutdown());
  });
  const startsHidden = wasStartedAtLogin(launch.hidden);
  if (!startsHidden) window.show();
  setupMenu(dataDir, window);
  const opened = new Opened(window, async () => new LocalClient(await opening));
  app.on('activate', () => {
    if (!quit.comesBack()) window.show();
  });
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const wanted = openedBy(data);
    if (quit.comesBack(wanted)) return;
    window.show();
    void opened.take(wanted);
  });

  const jackfield = await opening;
  const { setupNativeParts } = await import('./native-parts.js');
  const { fleet, tray, background } = await setupNativeParts(jackfield, window, say);
  live = () => fleet.live().length;
  updates.follow(fleet);
  app.on('window-all-closed', () => {
    if (!tray.isShown) app.quit();
    else void background.tell();
  });
  // Without an icon to bring it back, a hidden app would be a lost one.
  if (startsHidden && !tray.isShown) window.show();
  else if (startsHidden) background.startedHidden();
  hear(opened);
  void opened.take(launch.opened);
}

/** What a second start was given to open; it hands that over and ends. */
function openedBy(data: unknown): string[] {
  const { opened } = (data ?? {}) as { opened?: unknown };
  return Array.isArray(opened) ? opened.filter((one) => typeof one === 'string') : [];
}

/** Installers of the other systems say whose links these are; a portable program leaves no traces. */
function beKnownToWindows(): void {
  // Notifications and the taskbar's button belong to the shortcut of this name, which the installer makes.
  app.setAppUserModelId(APP_ID);
  if (app.isPackaged && !process.env['PORTABLE_EXECUTABLE_FILE']) app.setAsDefaultProtocolClient('jackfield');
}

function start(): void {
  const args = ownArguments(process.argv, app.isPackaged);
  app.setName('Jackfield');
  if (isCommand(args)) return void obeyCommand(args, files);
  const launch = readLaunch(args, {
    env: process.env,
    cwd: process.cwd(),
    isPackaged: app.isPackaged,
  });
  app.enableSandbox();
  const dataDir = useDataFolder(launch.dataDir);
  if (!app.requestSingleInstanceLock({ opened: launch.opened })) return app.exit(0);
  registerPageScheme();
  guardNavigation();
  if (process.platform === 'win32') beKnownToWindows();
  const hear = Opened.listen();
  app
    .whenReady()
    .then(() => begin(launch, dataDir, hear))
    .catch(failToStart);
}

// Whoever read what is said here may be gone (a closed terminal, `| head`); that is no fault to end for.
process.stderr.on('error', () => undefined);
try {
  start();
} catch (error) {
  if (error instanceof LaunchError) {
    say(error.message);
    app.exit(EXIT_UNUSABLE);
  } else {
    void app.whenReady().then(() => failToStart(error));
  }
}
