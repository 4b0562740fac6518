import { app, BrowserWindow, powerMonitor } from 'electron';
import type { App } from '../../app.js';
import { addNotice, type MadePages } from './notice-page.js';

/** What is not stopped by then is not going to be; the next start sweeps it. */
const LIMIT_MS = 9_500;
/** Windows ends whoever takes longer than 5 s to shut down; the other systems are no stricter. */
const SHUTDOWN_LIMIT_MS = 4_000;
/** A stop quicker than this needs no word. */
const NOTICE_AFTER_MS = 300;
/** macOS copies and checks a whole app before it ends this one; an installer that takes longer could not begin. */
const INSTALL_LIMIT_MS = 120_000;

/** Puts an update in place, which ends the app; `failed` is told where it does not come to that. */
export type Install = (failed: () => void) => void;

type Options = {
  opening: Promise<Pick<App, 'close'>>;
  /** How many servers are to be stopped. */
  live: () => number;
  pages: MadePages;
  /** Has the app started anew after its end, with this to open. */
  relaunch: (opened: readonly string[]) => void;
};

/**
 * Every way out stops the servers first: the menu, the last window, a signal, the OS shutting down. It happens after
 * the windows have closed, so that a page with unsaved edits can still say no to the menu; to a signal or a shutdown
 * there is no saying no.
 */
export class Quit {
  #stopping = false;
  #ended = false;
  #code = 0;
  #limitMs = LIMIT_MS;
  #isAsked = false;
  #isForced = false;
  #install: Install | undefined;
  #isForInstall = false;
  /** What somebody wants opened who started the app while it was on its way out. */
  #wanted: string[] | undefined;

  constructor(private readonly options: Options) {
    app.on('before-quit', () => {
      this.#isAsked = true;
      if (!this.#isForInstall) this.#install = undefined;
    });
    app.on('will-quit', (event) => {
      // The installer quits the app itself, once everything is stopped.
      if (this.#ended) return;
      event.preventDefault();
      void this.#stop();
    });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => this.now());
    // Electron hands over an event here, which its types leave out: prevented, the OS waits for us.
    powerMonitor.on('shutdown', ((event?: { preventDefault(): void }) => {
      event?.preventDefault();
      this.forShutdown();
    }) as () => void);
  }

  /** The OS is ending the person's session, and waits only so long. */
  forShutdown(): void {
    this.#limitMs = SHUTDOWN_LIMIT_MS;
    this.now();
  }

  /** Without asking anybody. */
  now(code = 0): void {
    this.#isForced = true;
    this.#code ||= code;
    for (const window of BrowserWindow.getAllWindows()) window.destroy();
    app.quit();
  }

  /**
   * Quits as the menu does, and ends by putting an update in place instead of just ending. A page with unsaved edits
   * can still say no; a later quit is then one without the update.
   */
  thenInstall(install: Install): void {
    this.#install = install;
    this.#isForInstall = true;
    app.quit();
    this.#isForInstall = false;
  }

  /** A page did not go. Where a quit asked it to, that is off, and what is answered asks anew. */
  wasRefused(): (() => void) | undefined {
    if (!this.#isAsked) return undefined;
    this.#isAsked = false;
    const install = this.#install;
    this.#install = undefined;
    return () => (install ? this.thenInstall(install) : app.quit());
  }

  /**
   * The person wants the app while its servers are being stopped: a second start would hand over to it and end, and
   * nothing would be there. So it is started anew when it has ended. Answers whether it is on its way out.
   */
  comesBack(opened: readonly string[] = []): boolean {
    if (!this.#stopping) return false;
    this.#wanted = [...(this.#wanted ?? []), ...opened];
    return true;
  }

  async #stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const install = this.#install;
    const notice = setTimeout(() => this.#showNotice(), NOTICE_AFTER_MS);
    const tooLong = new Promise<void>((resolve) => setTimeout(resolve, this.#limitMs).unref());
    await Promise.race([this.#close(), tooLong]);
    clearTimeout(notice);
    this.#ended = true;
    // Whoever ends it by a signal, a shutdown or a fault wants it gone.
    if (this.#wanted && !install && !this.#isForced) this.options.relaunch(this.#wanted);
    if (!install || this.#code !== 0) return app.exit(this.#code);
    // The new version is started by the installer, maybe before this one is gone: it must not take it for the first.
    app.releaseSingleInstanceLock();
    const limit = setTimeout(() => this.#endWithoutUpdate(), INSTALL_LIMIT_MS);
    limit.unref();
    if (process.platform === 'darwin')
      this.#show('Putting the new version in place…', 'Jackfield starts again then.');
    install(() => {
      clearTimeout(limit);
      this.#endWithoutUpdate();
    });
  }

  /** Everything is stopped and no window is there: the version that still is goes on as it would have without. */
  #endWithoutUpdate(): void {
    this.options.relaunch([]);
    app.exit(1);
  }

  async #close(): Promise<void> {
    try {
      await (await this.options.opening).close();
    } catch {
      this.#code ||= 1;
    }
  }

  #showNotice(): void {
    const count = this.options.live();
    if (count === 0) return;
    this.#show(
      `Stopping ${count === 1 ? 'one server' : `${count} servers`}…`,
      'Jackfield ends when they have.',
    );
  }

  #show(title: string, detail: string): void {
    const notice = new BrowserWindow({
      width: 280,
      height: 90,
      frame: false,
      resizable: false,
      minimizable: false,
      maximizable: false,
      closable: false,
      skipTaskbar: true,
      alwaysOnTop: true,
      focusable: false,
      title: 'Jackfield',
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false },
    });
    void notice.loadURL(addNotice(this.options.pages, 'stopping', title, detail));
  }
}
