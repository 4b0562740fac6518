import type { SecretId } from '../contract/index.js';
import { inKeychain, isSession, type Entries } from './entries.js';
import type { Journal } from './journal.js';
import { KeychainFailure } from './keychain-failure.js';
import type { Traces } from './traces.js';
import { Trash } from './trash.js';

/** What an undo is about to refer to again. Exactly one of `commit` and `rollback` ends it, as with `Staged`. */
export type Revived = {
  /** Secrets that are certainly gone: their owners must ask for them again. */
  missing: SecretId[];
  commit(): Promise<void>;
  rollback(): Promise<void>;
};

/**
 * How secrets go, and how for a while they can come back. The journal knows of each before its last reference is gone,
 * and forgets it when the keychain has let go of it; a keychain that does not answer is asked again when it does.
 */
export class Removal {
  #condemned = new Set<SecretId>();
  /** To be deleted, but that could not be done. They stand in the journal. */
  #undeleted = new Set<SecretId>();
  /** An undo is about to refer to these again. */
  #wanted: SecretId[] = [];
  readonly #trash: Trash;
  /** Settles when nothing is on its way out any more. */
  #busy: Promise<unknown> = Promise.resolve();
  #isTidying = false;

  constructor(
    private readonly entries: Entries,
    private readonly journal: Journal,
    private readonly traces: Traces,
    trashMs?: number,
  ) {
    this.#trash = new Trash(trashMs);
    entries.onAnswered(() => this.#answered());
  }

  /** @throws AppError `io` where the journal cannot be written */
  async condemn(ids: Iterable<SecretId>): Promise<void> {
    const fresh = inKeychain(ids).filter((id) => !this.#condemned.has(id));
    await this.journal.begin(fresh);
    for (const id of fresh) this.#condemned.add(id);
  }

  /** Deletes these, and keeps their values for an undo. Does not fail. */
  remove(ids: Iterable<SecretId>): Promise<void> {
    const all = [...new Set(ids)];
    return this.#track(this.#remember(all).then((known) => this.#drop(all, known)));
  }

  /** Deletes what was kept for an edit that never came to be, and settles what was open for it. Does not fail. */
  async discard(created: readonly SecretId[], open: readonly SecretId[]): Promise<void> {
    await this.#track(this.#drop(created));
    this.journal.settle(open);
  }

  /** @throws KeychainFailure; AppError `io` where the journal cannot be written */
  async revive(ids: Iterable<SecretId>): Promise<Revived> {
    const all = [...new Set(ids)];
    this.#wanted.push(...all);
    const open = inKeychain(all);
    const revived: SecretId[] = [];
    const missing: SecretId[] = [];
    const rollback = (): Promise<void> => {
      this.#wanted = without(this.#wanted, all);
      return this.discard(revived, open);
    };
    try {
      // Nothing may be on its way out while it is brought in.
      await this.#busy;
      await this.journal.begin(open);
    } catch (error) {
      this.#wanted = without(this.#wanted, all);
      throw error;
    }
    try {
      for (const id of all) {
        const found = await this.#bringBack(id);
        if (found === 'missing') missing.push(id);
        if (found === 'revived') revived.push(id);
      }
    } catch (error) {
      await rollback();
      throw error;
    }
    const commit = (): Promise<void> => {
      this.#wanted = without(this.#wanted, all);
      const late = all.filter((id) => this.#undeleted.delete(id));
      for (const id of late) this.#condemned.delete(id);
      for (const id of all) this.#trash.drop(id);
      for (const id of missing) this.entries.miss(id);
      this.journal.settle([...open, ...late]);
      // What is a secret again may have stood in the open in between.
      this.#answered();
      return Promise.resolve();
    };
    return { missing, commit, rollback };
  }

  /** Deletes what an earlier run left open and nothing refers to. @returns how many of them stay for now */
  sweep(referenced: ReadonlySet<SecretId>): Promise<number> {
    return this.#track(this.#sweep(referenced));
  }

  /** Answers when what was begun is done. */
  async settled(): Promise<void> {
    await this.#busy;
  }

  clear(): void {
    this.#trash.clear();
  }

  /** An undo that comes meanwhile waits until it is known what is gone. */
  #track<T>(removal: Promise<T>): Promise<T> {
    this.#busy = Promise.allSettled([this.#busy, removal]);
    return removal;
  }

  async #bringBack(id: SecretId): Promise<'there' | 'revived' | 'missing'> {
    const text = this.#trash.get(id);
    if (!isSession(id) && this.#undeleted.has(id)) return 'there';
    if (text !== undefined) {
      await this.entries.write(id, text);
      return 'revived';
    }
    // A keychain that cannot be asked says nothing about what is in it.
    const there = await this.entries.read(id).catch(() => 'not known');
    return there === null ? 'missing' : 'there';
  }

  /**
   * Keeps the values of secrets that are about to be deleted.
   * @returns those that may be: what the keychain does not show now could not be brought back
   */
  async #remember(ids: readonly SecretId[]): Promise<SecretId[]> {
    const known: SecretId[] = [];
    try {
      for (const id of [...ids.filter(isSession), ...inKeychain(ids)]) {
        this.#trash.put(id, await this.entries.read(id));
        known.push(id);
      }
    } catch (error) {
      if (!(error instanceof KeychainFailure)) throw error;
    }
    return known;
  }

  /** @param now of these, what is deleted at once; the others wait until the keychain answers again */
  async #drop(all: readonly SecretId[], now = all): Promise<void> {
    const kept = inKeychain(all);
    // A journal that cannot be written is no reason to keep a secret that can still be deleted.
    await this.journal.begin(kept.filter((id) => !this.#condemned.has(id))).catch(() => undefined);
    const gone = new Set(await this.#delete(now));
    for (const id of gone) this.#condemned.delete(id);
    for (const id of kept) if (!gone.has(id)) this.#undeleted.add(id);
    this.journal.settle(inKeychain(gone));
  }

  async #sweep(referenced: ReadonlySet<SecretId>): Promise<number> {
    const { left } = this.journal;
    const orphans = [...left].filter((id) => !referenced.has(id));
    this.journal.settle([...left].filter((id) => referenced.has(id)));
    await this.#strike(this.traces.open());
    const gone = await this.#delete(orphans);
    this.journal.settle(gone);
    return orphans.length - gone.length;
  }

  /** There may be something to do that could not be done before, or that has only now come up. */
  #answered(): void {
    if (this.#isTidying || (this.#undeleted.size === 0 && this.traces.open().length === 0)) return;
    this.#isTidying = true;
    this.#busy = this.#busy
      .then(() => this.#tidy())
      .catch(() => undefined)
      .finally(() => (this.#isTidying = false));
  }

  async #tidy(): Promise<void> {
    await this.#strike(this.traces.open());
    const ids = [...this.#undeleted].filter((id) => !this.#wanted.includes(id));
    const gone = await this.#delete(await this.#remember(ids));
    for (const id of gone) {
      this.#undeleted.delete(id);
      this.#condemned.delete(id);
    }
    this.journal.settle(gone);
  }

  /** A value that may still stand in a file is needed to find it there. @returns those that are certainly gone */
  async #delete(ids: readonly SecretId[]): Promise<SecretId[]> {
    await this.#strike(this.traces.open().filter((id) => ids.includes(id)));
    const held = this.traces.open();
    return this.entries.delete(ids.filter((id) => !held.includes(id)));
  }

  /** Those whose value the keychain does not show now, or that the disk does not let go of, stay open. */
  async #strike(ids: readonly SecretId[]): Promise<void> {
    if (ids.length === 0) return;
    const values = new Map<SecretId, string | null>();
    try {
      for (const id of ids) values.set(id, await this.entries.read(id));
    } catch (error) {
      if (!(error instanceof KeychainFailure)) throw error;
    }
    if (values.size > 0) await this.traces.strike(values);
  }
}

/** Each of these is taken out once. */
function without(from: readonly SecretId[], ids: readonly SecretId[]): SecretId[] {
  const left = [...from];
  for (const id of ids) left.splice(left.indexOf(id), 1);
  return left;
}
