import { app } from 'electron';
import type { Fleet } from './fleet.js';

const HIDDEN = '--hidden';

/** Started by the OS at login, rather than by the person. */
export function wasStartedAtLogin(hiddenOption: boolean): boolean {
  return hiddenOption || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin);
}

/**
 * Registers the packaged app to start at login when the person has chosen so, and takes it back when they have not.
 * A checkout is never registered: it may be gone tomorrow.
 */
export function setupLoginItem(
  fleet: Pick<Fleet, 'onSettings'>,
  platform: NodeJS.Platform = process.platform,
): void {
  if (!app.isPackaged) return;
  let registered: boolean | undefined;
  fleet.onSettings(({ startAtLogin }) => {
    if (startAtLogin === registered) return;
    registered = startAtLogin;
    if (platform === 'linux') {
      void import('./autostart-entry.js').then(({ writeAutostartEntry, removeAutostartEntry }) =>
        startAtLogin ? writeAutostartEntry() : removeAutostartEntry(),
      );
    } else {
      app.setLoginItemSettings({ openAtLogin: startAtLogin, args: [HIDDEN] });
    }
  });
}
