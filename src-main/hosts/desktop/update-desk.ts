import type { Updates } from '../../app.js';
import type { Settings, UpdateState } from '../../contract/index.js';
import type { Fleet } from './fleet.js';
import type { Install } from './quit.js';
import type { Updater, UpdateSource } from './update-source.js';
import { isSigned } from './update-signature.js';

/** Not in the middle of a start. */
const FIRST_LOOK_MS = 30_000;
const LOOK_EVERY_MS = 6 * 60 * 60 * 1000;
const SIGNATURE_REASON =
  'It is not signed with the key of this app’s maker, so it was not downloaded. Get new versions where you got this one.';

type Options = {
  open: () => Promise<UpdateSource>;
  /** Why this copy can have none, where that is known without looking: then none are offered. */
  whyNot: () => string | undefined;
  /** Ends the app as a quit does, with this as its last act. Resolves once the app is under way to its end. */
  restart: (install: Install) => void;
  say: (line: string) => void;
};

/**
 * Looks for newer versions when the person has chosen so, takes only what is signed, and installs it when they say so.
 * Without a network nothing is said: the next look will tell.
 */
export class UpdateDesk implements Updates {
  #state: UpdateState = { state: 'off' };
  #listeners = new Set<(update: UpdateState) => void>();
  #source: Promise<UpdateSource> | undefined;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settings: Pick<Settings, 'checkForUpdates' | 'updateChannel'> = {
    checkForUpdates: false,
    updateChannel: 'stable',
  };

  constructor(private readonly options: Options) {}

  status(): UpdateState {
    return this.#state;
  }

  onChanged(listener: (update: UpdateState) => void): void {
    this.#listeners.add(listener);
  }

  follow(fleet: Pick<Fleet, 'onSettings'>): void {
    const reason = this.options.whyNot();
    if (reason !== undefined) return this.#now({ state: 'unsupported', reason });
    fleet.onSettings((settings) => {
      const before = this.#settings;
      this.#settings = settings;
      if (settings.checkForUpdates === before.checkForUpdates) return;
      clearTimeout(this.#timer);
      if (settings.checkForUpdates) this.#lookIn(FIRST_LOOK_MS);
      const { state } = this.#state;
      if (state === 'off' || state === 'idle') this.#now(this.#resting());
    });
  }

  async check(): Promise<UpdateState> {
    await this.#look({ asked: true });
    return this.#state;
  }

  async install(): Promise<void> {
    const { AppError } = await import('../../contract/index.js');
    const source = await this.#source;
    if (this.#state.state !== 'ready' || !source || 'reason' in source)
      throw new AppError('unsupported', 'No update is ready to be installed.', 'Look for updates first.');
    const { updater } = source;
    // The window hears the answer before it is closed.
    setImmediate(() =>
      this.options.restart((failed) => {
        // A password that was not given, a folder that cannot be written to.
        updater.once('error', (error) => {
          this.options.say(`The update could not be put in place: ${firstLine(error)}`);
          failed();
        });
        updater.quitAndInstall(false, true);
      }),
    );
  }

  #lookIn(ms: number): void {
    this.#timer = setTimeout(() => {
      void this.#look({ asked: false });
      this.#lookIn(LOOK_EVERY_MS);
    }, ms);
    this.#timer.unref();
  }

  #look({ asked }: { asked: boolean }): Promise<void> {
    // What is ready stays so; a second download of it would only take it away for a while.
    if (this.#state.state === 'ready') return Promise.resolve();
    this.#looking ??= this.#ask(asked).finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #ask(asked: boolean): Promise<void> {
    this.#source ??= this.#open();
    const source = await this.#source;
    if ('reason' in source) return this.#now({ state: 'unsupported', reason: source.reason });
    this.#now({ state: 'checking' });
    try {
      await this.#take(source.updater, source.publicKey);
    } catch (error) {
      this.options.say(`No update: ${firstLine(error)}`);
      this.#now({
        ...this.#resting(),
        ...(asked && { problem: 'The place where updates are kept could not be reached.' }),
      });
    }
  }

  async #take(updater: Updater, publicKey: string): Promise<void> {
    prepare(updater, this.#settings.updateChannel);
    const found = await updater.checkForUpdates();
    if (!found?.isUpdateAvailable)
      return this.#now({ ...this.#resting(), checkedAt: new Date().toISOString() });
    const info = found.updateInfo;
    const { version } = info;
    if (!isSigned(info, (info as { signature?: unknown }).signature, publicKey)) {
      this.options.say(`The update ${version} was refused: its signature is wrong.`);
      return this.#now({ state: 'refused', version, reason: SIGNATURE_REASON });
    }
    this.#now({ state: 'downloading', version, percent: 0 });
    await updater.downloadUpdate();
    this.#now({ state: 'ready', version });
  }

  async #open(): Promise<UpdateSource> {
    const source = await this.options.open();
    if ('updater' in source)
      source.updater.on('download-progress', ({ percent }) => {
        const state = this.#state;
        // Whole steps only: each is told to every window.
        if (state.state === 'downloading' && Math.floor(percent) > state.percent)
          this.#now({ ...state, percent: Math.floor(percent) });
      });
    return source;
  }

  #resting(): UpdateState & { state: 'off' | 'idle' } {
    return { state: this.#settings.checkForUpdates ? 'idle' : 'off' };
  }

  #now(state: UpdateState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** What electron-updater does of its own accord is switched off: it looks, downloads and installs when it is told to. */
function prepare(updater: Updater, channel: Settings['updateChannel']): void {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.autoRunAppAfterInstall = true;
  updater.disableWebInstaller = true;
  updater.logger = null;
  updater.channel = channel === 'beta' ? 'beta' : 'latest';
  updater.allowPrerelease = channel === 'beta';
  // Setting the channel has allowed it.
  updater.allowDowngrade = false;
}
