import { Notification } from 'electron';
import type { MainWindow } from './main-window.js';
import type { TrayIcon } from './tray.js';
import { hasTrayHost } from './tray-host.js';

/** A desktop's panel may start after the apps that start at login. */
const PANEL_MS = 30_000;

/**
 * Where servers keep running without a window and the desktop shows no tray icon, nothing on the screen tells of the
 * app. So the person is told, once, how to get back to it: a second start shows the window of the first.
 */
export class BackgroundNotice {
  #shown: Notification | undefined;

  constructor(
    private readonly tray: Pick<TrayIcon, 'isShown'>,
    private readonly window: Pick<MainWindow, 'current' | 'show'>,
    private readonly platform: NodeJS.Platform = process.platform,
    private readonly canBeSeen: () => Promise<boolean> = hasTrayHost,
  ) {}

  startedHidden(): void {
    setTimeout(() => void this.tell(), PANEL_MS).unref();
  }

  /** The window has been closed, or was never there. */
  async tell(): Promise<void> {
    if (this.#shown || !this.#isHidden() || !Notification.isSupported()) return;
    if ((await this.canBeSeen()) || !this.#isHidden()) return;
    this.#shown = new Notification({
      title: 'Jackfield keeps running',
      body: 'This desktop shows no icon for it. Start Jackfield again to see its window.',
    });
    this.#shown.on('click', () => void this.window.show());
    this.#shown.show();
  }

  #isHidden(): boolean {
    return this.platform === 'linux' && this.tray.isShown && !this.window.current;
  }
}
