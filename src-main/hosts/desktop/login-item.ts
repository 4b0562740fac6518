import { app } from 'electron';
import type { Fleet } from './fleet.js';

const HIDDEN = '--hidden';

/** Started by the OS at login, rather than by the person. */
export function wasStartedAtLogin(hiddenOption: boolean): boolean {
  return hiddenOption || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin);
}

type LoginItem = { isSet(): Promise<boolean>; set(): Promise<void>; remove(): Promise<void> };

/** macOS and Windows keep a list of their own, where the person can take the app out too. */
function listedItem(platform: NodeJS.Platform): LoginItem {
  // A portable program is unpacked to another place at each start.
  const portable = process.env['PORTABLE_EXECUTABLE_FILE'];
  const start = { args: [HIDDEN], ...(portable && { path: portable }) };
  return {
    isSet: async () => {
      const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings(start);
      return openAtLogin && (platform !== 'win32' || executableWillLaunchAtLogin);
    },
    set: async () => app.setLoginItemSettings({ openAtLogin: true, ...start }),
    remove: async () => app.setLoginItemSettings({ openAtLogin: false, ...start }),
  };
}

/** Linux desktops look for entries in a folder. */
const entryItem: LoginItem = {
  isSet: async () => (await import('./autostart-entry.js')).hasAutostartEntry(),
  set: async () => (await import('./autostart-entry.js')).writeAutostartEntry(),
  remove: async () => (await import('./autostart-entry.js')).removeAutostartEntry(),
};

/**
 * Registers the packaged app to start at login when the person has chosen so, and takes it back when they have not.
 * Who took it out of the system's own list meanwhile has chosen too: then `disown` sets the setting right, instead of
 * the app's listing itself anew at each start. A checkout is never registered: it may be gone tomorrow.
 */
export async function setupLoginItem(
  fleet: Pick<Fleet, 'onSettings' | 'settings'>,
  disown: () => void,
  say: (line: string) => void,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (!app.isPackaged) return;
  const item = platform === 'linux' ? entryItem : listedItem(platform);
  const put = (isWanted: boolean): Promise<void> =>
    (isWanted ? item.set() : item.remove()).catch((error: Error) => say(`Start at login: ${error.message}`));
  let wanted = fleet.settings.startAtLogin;
  if (wanted) {
    // Set again where it is: an AppImage may have been moved.
    if (await item.isSet()) await put(true);
    else disown();
  }
  fleet.onSettings(({ startAtLogin }) => {
    if (startAtLogin === wanted) return;
    wanted = startAtLogin;
    void put(startAtLogin);
  });
}
