import { app } from 'electron';
import type { App } from '../../app.js';
import { BackgroundNotice } from './background-notice.js';
import { setupDockBadge } from './dock-badge.js';
import { Fleet } from './fleet.js';
import { LocalClient } from './local-client.js';
import { setupLoginItem } from './login-item.js';
import type { MainWindow } from './main-window.js';
import { NativeNotifications } from './notifications.js';
import { setupTheme } from './theme.js';
import { TrayIcon } from './tray.js';
import { setupWake } from './wake.js';

/** What lives outside the window and follows the app: tray, badge, notifications, theme, start at login. */
export async function setupNativeParts(
  jackfield: Pick<App, 'rpc' | 'onNotification' | 'woke'>,
  window: MainWindow,
  say: (line: string) => void,
): Promise<{ fleet: Fleet; tray: TrayIcon; background: BackgroundNotice }> {
  const client = new LocalClient(jackfield);
  const fleet = await Fleet.follow(jackfield, client);
  // What fails is in the server's state, which every part here shows.
  const ask = (method: 'run.start' | 'run.stop' | 'run.restart') => (serverId: string) =>
    void client.call(method, { serverId }).catch((error: Error) => say(`${method}: ${error.message}`));
  const disown = (): void =>
    void client
      .call('settings.update', { patch: { startAtLogin: false } })
      .catch((error: Error) => say(`Start at login: ${error.message}`));
  const tray = new TrayIcon(fleet, {
    show: () => void window.show(),
    start: ask('run.start'),
    stop: ask('run.stop'),
    quit: () => app.quit(),
  });
  setupDockBadge(fleet, window);
  setupTheme(fleet, window);
  app.once('will-quit', () => tray.dispose());
  await setupLoginItem(fleet, disown, say);
  setupWake(jackfield);
  new NativeNotifications(jackfield, fleet, window, ask('run.restart'));
  return { fleet, tray, background: new BackgroundNotice(tray, window) };
}
