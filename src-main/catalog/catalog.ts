import { dirname, join } from 'node:path';
import { Low } from 'lowdb';
import {
  AppError,
  type CatalogFile,
  type Notice,
  type Remote,
  type SecretId,
  type Server,
  type Settings,
  type StoredLink,
} from '../contract/index.js';
import { makePrivateFolder, removeTemporaries } from '../platform/durable-file.js';
import { describeIoFailure } from '../platform/io-failure.js';
import { Backups, type Backup } from './backups.js';
import { changeOf, type CatalogChange } from './change.js';
import type { Exposed } from './exposed.js';
import { entriesOf, missingEntries, numbered } from './chronicle.js';
import { CatalogFileAdapter, writeFailed } from './file-adapter.js';
import { FolderLock } from './folder-lock.js';
import type { History, HistoryEntry, HistoryKind, Revision } from './history.js';
import { unsaved } from './notices.js';
import { openCatalogFile, openHistory, type Opened } from './open-catalog.js';
import { assertAsKnown, bringBack, type Restored } from './restore.js';
import { StrikeList } from './strike-list.js';
import { NOTHING_TO_STRIKE, Striker, type Striking } from './striking.js';
import { fileOf, stateOf, type State } from './state.js';
import { Transaction, type CatalogTx, type Touched } from './transaction.js';
import { WriteQueue } from './write-queue.js';

export { CatalogLockedError } from './folder-lock.js';
export type { Backup } from './backups.js';
export type { CatalogChange } from './change.js';
export { isExposedIn, type Exposed } from './exposed.js';
export { joinsSame, sameContent, type RecordChange, type Restored } from './restore.js';
export { sameCord } from './chronicle.js';
export { strikesOf, struck, type Strike, type Trace } from './strikes.js';
export type { Kind, RecordOf } from './records.js';
export type { CatalogTx } from './transaction.js';

type Job = { touched: Touched | undefined; entries: HistoryEntry[]; striking: Striking };
const NO_EDIT: Job = { touched: undefined, entries: [], striking: NOTHING_TO_STRIKE };
type Held = {
  lock: FolderLock;
  backups: Backups;
  history: History;
  striker: Striker;
  opened: Opened;
  notices: Notice[];
};

/**
 * What the person owns: servers, remotes, links, settings. Reads answer what is on disk; an edit sees the edits before
 * it. Records are frozen: to change one, put another.
 */
export class Catalog {
  /** What opening wants the person to know. */
  readonly notices: Notice[];
  /**
   * False where parts of what the person owns could not be read. Secrets that nothing refers to must then be kept:
   * the file that was set aside, or a backup, may refer to them.
   */
  readonly isWhole: boolean;
  #held: Held;
  #low: Low<CatalogFile>;
  #queue: WriteQueue<State, Job>;
  #listeners = new Set<(change: CatalogChange) => void>();
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly path: string,
    held: Held,
  ) {
    this.#held = held;
    this.notices = held.notices;
    this.isWhole = held.opened.isWhole;
    const { file } = held.opened;
    this.#low = new Low(new CatalogFileAdapter(path, file), file);
    this.#queue = new WriteQueue<State, Job>(stateOf(file), {
      write: (next, before, jobs) => this.#write(next, before, jobs),
      landed: (next, before, jobs) => this.#tell(next, before, jobs),
    });
  }

  /**
   * Takes the folder's lock, reads, migrates, sets aside what cannot be read.
   * @throws CatalogLockedError; AppError `io` where the folder cannot be used at all
   */
  static async open({ dataDir }: { dataDir: string }): Promise<Catalog> {
    const lock = await takeFolder(dataDir);
    try {
      const path = join(dataDir, 'catalog.json');
      await removeTemporaries(path);
      const backups = new Backups(dataDir);
      const opened = await openCatalogFile(path, backups);
      const { history, notices } = await openHistory(dataDir, backups);
      const striker = new Striker(await StrikeList.open(dataDir), history, backups);
      const held = { lock, backups, history, striker, opened, notices: [...opened.notices, ...notices] };
      const catalog = new Catalog(path, held);
      await catalog.#settleIn();
      return catalog;
    } catch (error) {
      await lock.release();
      throw error instanceof AppError ? error : folderUnusable(dataDir, error);
    }
  }

  /** Random, made once: for hashes of secrets. */
  get salt(): string {
    return this.#state.salt;
  }

  servers = (): readonly Server[] => this.#state.servers.list;
  remotes = (): readonly Remote[] => this.#state.remotes.list;
  links = (): readonly StoredLink[] => this.#state.links.list;
  settings = (): Settings => this.#state.settings;
  server = (id: string): Server | undefined => this.#state.servers.get(id);
  remote = (id: string): Remote | undefined => this.#state.remotes.get(id);
  link = (id: string): StoredLink | undefined => this.#state.links.get(id);

  /**
   * Makes a change, all of it or nothing. `change` runs at once and must not wait for anything.
   * @param exposed texts that this change takes out of the open: they are taken out of the history and the backups too
   * @param looked secrets that were compared with what stood there before, for `exposed`. Others that a record comes to
   * refer to, by an undo say, leave a trace: nobody can tell yet whether their values stood there
   * @returns what `change` returned, when the change is on disk
   * @throws what `change` threw; AppError `io` where the disk refused, and the old state then stays. What an edit before
   * this one has changed is no reason any more where that edit is refused: both then hear of the disk
   */
  async edit<T>(
    change: (tx: CatalogTx) => T,
    exposed: readonly Exposed[] = [],
    looked: readonly SecretId[] = [],
  ): Promise<T> {
    this.#assertWritable();
    const before = this.#queue.head;
    const tx = new Transaction(before);
    let result: T;
    try {
      result = change(tx);
      if (result instanceof Promise) {
        result.catch(() => undefined);
        throw new Error('An edit of the catalog must not wait for anything.');
      }
    } catch (error) {
      tx.finish();
      // It may have been refused for what is still on its way to the disk; if that never gets there, this is why.
      if (before !== this.#queue.durable) await this.#queue.submit(before, NO_EDIT);
      throw error;
    }
    const done = tx.finish();
    // An edit that changed nothing may still have read what is not on disk yet.
    if (!done && before === this.#queue.durable) return result;
    const { state, touched } = done ?? { state: before, touched: undefined };
    const entries = touched ? entriesOf(before, state, touched, new Date().toISOString()) : [];
    const striking = touched
      ? this.#held.striker.of(before, state, touched, exposed, looked)
      : NOTHING_TO_STRIKE;
    await this.#queue.submit(state, { touched, entries, striking });
    return result;
  }

  /** Tells exactly what changed, after it is on disk and before the edit is answered. */
  onChanged(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Newest first; also of records that were removed. */
  history(kind: HistoryKind, id: string): Promise<Revision[]> {
    return this.#held.history.revisions(kind, id);
  }

  /** Ids of records that were removed, the last one first. Their revisions are in `history`. */
  removed(kind: HistoryKind): { id: string; at: string }[] {
    return this.#held.history.removed(kind);
  }

  /** The last revision known of a record, also of one that was removed; 0 where there was none. */
  lastRevision(kind: HistoryKind, id: string): number {
    return this.#held.history.last(kind, id)?.revision ?? 0;
  }

  /** Earlier states of the whole catalog, newest first. */
  backups(): Promise<Backup[]> {
    return this.#held.backups.list();
  }

  /** What a backup holds. @throws AppError `not_found` where there is no such backup, or it cannot be read */
  async backup(name: string): Promise<CatalogFile> {
    const file = await this.#held.backups.read(name);
    if (file) return file;
    throw new AppError(
      'not_found',
      `There is no backup "${name}" that can be read.`,
      'Choose another one from the list.',
    );
  }

  /**
   * Brings back everything an earlier file held; what was added since stays.
   * @param known the servers and remotes that stand in its way, as the caller has seen them
   * @throws AppError `revision_conflict` where one of them has changed since; as `edit` does
   */
  async restore(
    file: CatalogFile,
    known: readonly (Server | Remote)[] = [...this.servers(), ...this.remotes()],
  ): Promise<Restored> {
    const state = stateOf(file);
    return this.edit((tx) => {
      assertAsKnown(tx, state, known);
      return bringBack(tx, state, this.#held.history);
    });
  }

  /** Answers when pending edits are on disk and the lock is given back. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get #state(): State {
    return this.#queue.durable;
  }

  #assertWritable(): void {
    if (this.#closing)
      throw new AppError('io', 'Jackfield is ending and takes no more edits.', 'Start it again.');
    if (this.#held.opened.refusal) throw this.#held.opened.refusal;
  }

  /** Writes back a fresh or migrated catalog, and the history lines a crash kept from being written. */
  async #settleIn(): Promise<void> {
    const { opened, history } = this.#held;
    if (opened.isWhole)
      await history.append(numbered(missingEntries(this.#state, history, new Date().toISOString()), history));
    // Otherwise nobody can tell which edits came to be.
    if (opened.isWhole) await this.#held.striker.carryOut(this.#state);
    if (!opened.writeBack) return;
    try {
      await this.#store(this.#state, true);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.notices.push(unsaved(error.message, error.hint));
    }
  }

  /**
   * Values of secrets may still stand in the open in the history and the backups: the run that made them secrets ended
   * too early, or the disk was full. Whoever can read the values has them taken out.
   */
  readonly traces = {
    /** Whose values may stand there. */
    open: (): readonly SecretId[] => this.#held.striker.traces,
    /**
     * Does not fail: what the disk will not let happen keeps its trace, and is tried again as after an edit.
     * @param values `null` for a secret that nobody has any more
     */
    strike: async (values: ReadonlyMap<SecretId, string | null>): Promise<void> => {
      const striking = { ...NOTHING_TO_STRIKE, values };
      // What is refused is an edit that was on its way together with it.
      await this.#queue.submit(this.#queue.head, { ...NO_EDIT, striking }).catch(() => undefined);
    },
  };

  /** Has the texts that a change takes out of the open taken out of further files, before they are forgotten. */
  alsoStrike(strike: (exposed: readonly Exposed[]) => Promise<void>): void {
    this.#held.striker.also(strike);
  }

  async #write(next: State, before: State, jobs: Job[]): Promise<void> {
    const work = jobs.map((job) => job.striking);
    if (next !== before) await this.#save(next, before, jobs);
    await this.#held.striker.carryOut(next, work);
  }

  async #save(next: State, before: State, jobs: Job[]): Promise<void> {
    if (!(await this.#held.lock.isHeld())) throw takenOver(this.path);
    const entries = jobs.flatMap((job) => job.entries);
    await this.#held.striker
      .announce(jobs.map((job) => job.striking))
      .catch((error: unknown) => Promise.reject(writeFailed(this.path, error)));
    await this.#store(next, entries.length > 0 || next.settings !== before.settings);
    await this.#held.history.append(numbered(entries, this.#held.history));
  }

  /** @param keep whether the file as it was is worth a backup */
  async #store(state: State, keep: boolean): Promise<void> {
    // A backup that cannot be made must not keep the person from saving.
    const settle = keep ? await this.#held.backups.keep(this.path).catch(() => undefined) : undefined;
    try {
      this.#low.data = fileOf(state);
      await this.#low.write();
    } catch (error) {
      await settle?.(false).catch(() => undefined);
      throw error;
    }
    await settle?.(true).catch(() => undefined);
  }

  #tell(next: State, before: State, jobs: Job[]): void {
    const change = changeOf(
      before,
      next,
      jobs.flatMap(({ touched }) => touched ?? []),
    );
    if (!change) return;
    for (const listener of this.#listeners)
      try {
        listener(change);
      } catch (error) {
        // The edit is saved; a listener's fault is the host's to report, not the editor's to hear.
        queueMicrotask(() => {
          throw error;
        });
      }
  }

  async #close(): Promise<void> {
    await this.#queue.idle();
    await this.#held.history.close();
    await this.#held.lock.release();
  }
}

/** The person goes on where the newer edits are. */
function takenOver(path: string): AppError {
  return new AppError(
    'io',
    `Your change could not be saved: another Jackfield has taken over ${dirname(path)} in the meantime, most likely on another computer while this one was asleep or cut off. Nothing was changed.`,
    'Close Jackfield on the other computer, then restart it here: it will then show what was saved there.',
  );
}

async function takeFolder(dataDir: string): Promise<FolderLock> {
  try {
    await makePrivateFolder(dataDir);
    return await FolderLock.take(dataDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw folderUnusable(dataDir, error);
  }
}

function folderUnusable(dataDir: string, error: unknown): AppError {
  const { reason, hint } = describeIoFailure(error);
  return new AppError(
    'io',
    `The data folder ${dataDir} cannot be used because ${reason}.`,
    `${hint} Or choose another folder with --data-dir.`,
    [],
    { cause: error },
  );
}
