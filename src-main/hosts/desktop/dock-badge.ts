import { app } from 'electron';
import type { Fleet } from './fleet.js';
import { icon } from './icons.js';
import type { MainWindow } from './main-window.js';

/** The number of failed servers on the dock icon; on Windows a mark on the taskbar button. */
export function setupDockBadge(
  fleet: Pick<Fleet, 'count' | 'onChanged'>,
  window: Pick<MainWindow, 'current' | 'onOpened'>,
  platform: NodeJS.Platform = process.platform,
): void {
  const update = (): void => {
    const failed = fleet.count('failed');
    if (platform !== 'win32') return void app.setBadgeCount(failed);
    const words = failed === 1 ? '1 server has failed' : `${failed} servers have failed`;
    window.current?.setOverlayIcon(failed ? icon('alert') : null, failed ? words : '');
  };
  fleet.onChanged(update);
  // Before a window is shown it has no button on the taskbar to mark.
  window.onOpened((made) => void made.on('show', update));
  update();
}
