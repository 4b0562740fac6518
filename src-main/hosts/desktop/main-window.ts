import type { BrowserWindow } from 'electron';
import type { Intent } from '../../contract/index.js';
import type { Bridge } from './bridge.js';

/** The one window: made when somebody asks for it, made again after it was closed. */
export class MainWindow {
  #window: BrowserWindow | undefined;
  #opened = new Set<(window: BrowserWindow) => void>();

  constructor(
    private readonly bridge: Pick<Bridge, 'admit' | 'tell' | 'whenListening'>,
    private readonly open: () => BrowserWindow,
  ) {}

  get current(): BrowserWindow | undefined {
    return this.#window;
  }

  /** Whether the person is looking at it, so that nothing more has to be said. */
  get isWatched(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  onOpened(listener: (window: BrowserWindow) => void): void {
    this.#opened.add(listener);
    if (this.#window) listener(this.#window);
  }

  show(): BrowserWindow {
    const window = this.#window ?? this.#make();
    if (window.isMinimized()) window.restore();
    // A window that has not painted yet is shown when it has.
    if (window.isVisible()) window.focus();
    return window;
  }

  /** Shows the window and hands it what was asked for, once its page can take it. */
  deliver(intent: Intent): void {
    const { webContents } = this.show();
    this.bridge.whenListening(webContents, () =>
      this.bridge.tell(webContents, 'intent.received', { intent }),
    );
  }

  #make(): BrowserWindow {
    const window = this.open();
    this.#window = window;
    window.once('closed', () => {
      if (this.#window === window) this.#window = undefined;
    });
    this.bridge.admit(window.webContents);
    for (const listener of this.#opened) listener(window);
    return window;
  }
}
