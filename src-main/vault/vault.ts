import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, type KeychainStatus, type SecretId, type Value } from '../contract/index.js';
import { Availability } from './availability.js';
import { Journal } from './journal.js';
import { Keychain, type HelperProcess, type KeychainLimits } from './keychain.js';
import { KeychainFailure, unavailable } from './keychain-failure.js';
import { Redactor } from './redactor.js';
import { assertLawful, journalFailed } from './refusals.js';
import { partLimitOf, SecretStore } from './secret-store.js';
import { mapSecrets, secretIdsOf, secretsIn, type Found } from './secret-walk.js';
import { Trash } from './trash.js';

export type { HelperProcess } from './keychain.js';
export { Redactor } from './redactor.js';
export { secretIdsOf, secretsIn } from './secret-walk.js';

/**
 * An input whose secrets are in the keychain. Exactly one of `commit` and `rollback` ends it: `commit` after the
 * catalog is on disk, with the secrets that lost their last reference; `rollback` where the catalog was not written.
 * Neither fails: what the keychain does not let go of now is deleted at a later start.
 */
export type Staged<T> = {
  value: T;
  created: SecretId[];
  commit(stale: Iterable<SecretId>): Promise<void>;
  rollback(): Promise<void>;
};

/** What an undo is about to refer to again. Exactly one of `commit` and `rollback` ends it, as with `Staged`. */
export type Revived = {
  /** Secrets that are certainly gone: their owners must ask for them again. */
  missing: SecretId[];
  commit(): Promise<void>;
  rollback(): Promise<void>;
};

export type VaultOptions = {
  dataDir: string;
  launchHelper: () => HelperProcess;
  /** Where new secrets go. */
  storage: () => 'keychain' | 'session';
  platform?: NodeJS.Platform;
  limits?: KeychainLimits;
  /** Characters one keychain entry may hold, where that is not the platform's own limit. */
  partLimit?: number;
  /** How long the values of removed secrets are remembered. */
  trashMs?: number;
};

/** At the end, what was begun may take this long. */
const GRACE_MS = 2_000;

const isSession = (id: SecretId): boolean => id.startsWith('ses-');
const inKeychain = (ids: Iterable<SecretId>): SecretId[] => [...new Set(ids)].filter((id) => !isSession(id));

/** Keeps secrets: takes values in, gives ids out, and gives values back only to whoever launches or syncs. */
export class Vault {
  /** Knows every value that was set or read since the app started. */
  readonly redactor = new Redactor();
  #session = new Map<SecretId, string>();
  #condemned = new Set<SecretId>();
  /** To be deleted, but the keychain would not. They stand in the journal. */
  #undeleted = new Set<SecretId>();
  /** Seen to be gone from a keychain that is open. */
  #gone = new Set<SecretId>();
  readonly #trash: Trash;
  #tidying: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: VaultOptions & { platform: NodeJS.Platform },
    private readonly keychain: Keychain,
    private readonly store: SecretStore,
    private readonly availability: Availability,
    private readonly journal: Journal,
  ) {
    this.#trash = new Trash(options.trashMs);
  }

  /** Touches no keychain yet. @throws AppError `io` where the journal cannot be read */
  static async open(options: VaultOptions): Promise<Vault> {
    const platform = options.platform ?? process.platform;
    const keychain = new Keychain(options.launchHelper, options.limits);
    const store = new SecretStore(keychain, options.partLimit ?? partLimitOf(platform));
    const journal = await Journal.open(options.dataDir).catch((error: unknown) => {
      throw journalFailed('read', error);
    });
    return new Vault({ ...options, platform }, keychain, store, new Availability(store, platform), journal);
  }

  /** Whether secrets can be kept now. Answers within about three seconds, also while a prompt waits. */
  status(): Promise<KeychainStatus> {
    return this.availability.status();
  }

  /**
   * Keeps every `newSecret` of an input and puts a reference in its place.
   * @param allowed references the input may hold: those its entity held before. They may lose their last reference by this edit.
   * @throws AppError `invalid` with paths; `keychain_unavailable`; `io` where the journal cannot be written
   */
  async stage<T>(input: T, allowed: ReadonlySet<SecretId>): Promise<Staged<T>> {
    const found = secretsIn(input);
    assertLawful(found, allowed);
    return this.#keep(
      input,
      (one) => ('newSecret' in one.value ? one.value.newSecret : undefined),
      inKeychain(allowed),
    );
  }

  /** Gives every secret of an entity a copy under an id of its own. @throws AppError as `stage` and `resolve` do */
  async copy<T>(entity: T): Promise<Staged<T>> {
    const values = new Map<SecretId, string>();
    for (const id of secretIdsOf(entity)) values.set(id, await this.resolve({ secret: id }));
    return this.#keep(
      entity,
      (one) => ('secret' in one.value ? values.get(one.value.secret) : undefined),
      [],
    );
  }

  /**
   * The text behind a value.
   * @throws AppError `keychain_unavailable`: locked, gone from the keychain, or lost with an earlier session
   */
  async resolve(value: Value): Promise<string> {
    if (typeof value === 'string') return value;
    const text = isSession(value.secret)
      ? this.#fromSession(value.secret)
      : await this.#fromKeychain(value.secret);
    this.redactor.watch(text);
    return text;
  }

  /** The same for each value of a map. */
  async resolveMap(map: Record<string, Value>): Promise<Record<string, string>> {
    const entries = Object.entries(map).map(
      async ([name, value]) => [name, await this.resolve(value)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  /**
   * Notes that an edit is about to take the last reference away from these, so that a crash between the edit and
   * `remove` leaves no orphan. @throws AppError `io` where the journal cannot be written
   */
  async condemn(ids: Iterable<SecretId>): Promise<void> {
    const fresh = inKeychain(ids).filter((id) => !this.#condemned.has(id));
    await this.#begin(fresh);
    for (const id of fresh) this.#condemned.add(id);
  }

  /**
   * Deletes secrets nothing refers to any more; for a while `revive` can bring them back. Does not fail: what stays now
   * is deleted when the keychain answers again, or at a later start.
   */
  async remove(ids: Iterable<SecretId>): Promise<void> {
    const all = [...new Set(ids)];
    await this.#drop(all, await this.#remember(all));
  }

  /**
   * Makes secrets that an undo refers to again be there: those that were removed a short while ago go back to where they
   * were, under their ids.
   * @throws AppError `keychain_unavailable`; `io` where the journal cannot be written
   */
  async revive(ids: Iterable<SecretId>): Promise<Revived> {
    const all = [...new Set(ids)];
    // Nothing may be on its way out while it is brought in.
    await this.#tidying;
    const open = inKeychain(all);
    await this.#begin(open);
    const missing: SecretId[] = [];
    const revived: SecretId[] = [];
    try {
      for (const id of all) {
        const found = await this.#bringBack(id);
        if (found === 'missing') missing.push(id);
        if (found === 'revived') revived.push(id);
      }
    } catch (error) {
      await this.#abandon(revived, open);
      throw error;
    }
    return {
      missing,
      commit: () => {
        const late = all.filter((id) => this.#undeleted.delete(id));
        for (const id of late) this.#condemned.delete(id);
        for (const id of all) this.#trash.drop(id);
        for (const id of missing) this.#gone.add(id);
        this.journal.settle([...open, ...late]);
        return Promise.resolve();
      },
      rollback: () => this.#abandon(revived, open),
    };
  }

  async #bringBack(id: SecretId): Promise<'there' | 'revived' | 'missing'> {
    const text = this.#trash.get(id);
    if (isSession(id)) {
      if (text !== undefined) this.#session.set(id, text);
      return this.#session.has(id) ? 'revived' : 'missing';
    }
    if (this.#undeleted.has(id)) return 'there';
    if (text !== undefined) {
      await this.#set(id, text);
      return 'revived';
    }
    // A keychain that cannot be asked says nothing about what is in it.
    const there = await this.#read(id).catch(() => 'not known');
    return there === null ? 'missing' : 'there';
  }

  /**
   * Keeps the values of secrets that are about to be deleted.
   * @returns those that may be: what the keychain does not show now could not be brought back
   */
  async #remember(ids: readonly SecretId[]): Promise<SecretId[]> {
    const known = ids.filter(isSession);
    for (const id of known) this.#trash.put(id, this.#session.get(id));
    try {
      for (const id of inKeychain(ids)) {
        this.#trash.put(id, await this.#read(id));
        known.push(id);
      }
    } catch (error) {
      if (!(error instanceof KeychainFailure)) throw error;
      this.availability.note(error);
    }
    return known;
  }

  /** @param now of these, what is deleted at once; the others wait until the keychain answers again */
  async #drop(all: readonly SecretId[], now = all): Promise<void> {
    for (const id of all.filter(isSession)) this.#session.delete(id);
    const kept = inKeychain(all);
    const fresh = kept.filter((id) => !this.#condemned.has(id));
    // A journal that cannot be written is no reason to keep a secret that can still be deleted.
    await this.journal.begin(fresh).catch(() => undefined);
    const gone = new Set(await this.#delete(inKeychain(now)));
    for (const id of gone) this.#condemned.delete(id);
    for (const id of kept) if (!gone.has(id)) this.#undeleted.add(id);
    this.journal.settle([...gone]);
  }

  /**
   * At start: deletes what a crash left behind. Only ids of the journal are looked at, so secrets of a catalog that
   * could not be read stay as long as this is not called for it.
   * @throws AppError `keychain_unavailable` where orphans are known and cannot be deleted now
   */
  sweep(referenced: ReadonlySet<SecretId>): Promise<void> {
    const swept = this.#sweep(referenced);
    // An undo or a backup that brings one of them back waits until it is known to be gone.
    this.#tidying = Promise.allSettled([this.#tidying, swept]);
    return swept;
  }

  async #sweep(referenced: ReadonlySet<SecretId>): Promise<void> {
    const { left } = this.journal;
    const orphans = [...left].filter((id) => !referenced.has(id));
    this.journal.settle([...left].filter((id) => referenced.has(id)));
    if (orphans.length === 0) return;
    const gone = await this.#delete(orphans);
    this.journal.settle(gone);
    if (gone.length === orphans.length) return;
    const count = orphans.length - gone.length;
    const what = `${count} secret${count === 1 ? '' : 's'} that nothing uses any more could not be deleted`;
    throw unavailable(what, await this.availability.failure(), this.options.platform);
  }

  /** Of these, the secrets whose value is known to be gone: with an earlier session, or from the keychain. */
  lost(ids: Iterable<SecretId>): SecretId[] {
    return [...new Set(ids)].filter((id) => (isSession(id) ? !this.#session.has(id) : this.#gone.has(id)));
  }

  /** Lets what was begun come to its end and ends the helper. Session secrets are gone after this. */
  async dispose(): Promise<void> {
    const begun = Promise.allSettled([this.#tidying, this.availability.settled()]);
    await Promise.race([begun, wait(GRACE_MS, undefined, { ref: false })]);
    await this.keychain.dispose(GRACE_MS);
    await this.journal.close();
    this.#session.clear();
    this.#trash.clear();
  }

  /** Sets what `valueOf` names, one after the other, and builds the value that refers to it. */
  async #keep<T>(
    input: T,
    valueOf: (found: Found) => string | undefined,
    mayLose: readonly SecretId[],
  ): Promise<Staged<T>> {
    const prefix = this.options.storage() === 'session' ? 'ses' : 'sec';
    const fresh = new Map<SecretId, string>();
    const value = mapSecrets(input, (found) => {
      const text = valueOf(found);
      if (text === undefined) return found.value;
      const id = `${prefix}-${randomUUID()}`;
      fresh.set(id, text);
      return { secret: id };
    }) as T;
    const created = [...fresh.keys()];
    const open = [...inKeychain(created), ...mayLose];
    await this.#begin(open);
    try {
      for (const [id, text] of fresh) await this.#set(id, text);
    } catch (error) {
      await this.#abandon(created, open);
      throw error;
    }
    return {
      value,
      created,
      commit: async (stale) => {
        await this.remove(stale);
        this.journal.settle(open);
      },
      rollback: () => this.#abandon(created, open),
    };
  }

  async #abandon(created: readonly SecretId[], open: readonly SecretId[]): Promise<void> {
    await this.#drop(created);
    this.journal.settle(open);
  }

  async #set(id: SecretId, text: string): Promise<void> {
    this.redactor.watch(text);
    if (isSession(id)) return void this.#session.set(id, text);
    this.#gone.delete(id);
    try {
      await this.store.set(id, text);
      this.#answered();
    } catch (error) {
      throw this.#failed('The secret could not be kept', error);
    }
  }

  #fromSession(id: SecretId): string {
    const text = this.#session.get(id);
    if (text !== undefined) return text;
    throw new AppError(
      'keychain_unavailable',
      'A secret was kept for an earlier session only, and is gone.',
      'Enter it again. To keep secrets for good, choose the keychain in the settings.',
    );
  }

  async #fromKeychain(id: SecretId): Promise<string> {
    const what = 'The secret could not be read';
    const text = await this.#read(id).catch((error: unknown) => {
      throw this.#failed(what, error);
    });
    if (text !== null) {
      this.#answered();
      return text;
    }
    this.#gone.add(id);
    throw new AppError(
      'keychain_unavailable',
      'The keychain is open, but this secret is not in it (any more).',
      'Enter it again. It may have been deleted by another program, or belong to another computer.',
    );
  }

  /** @returns null where the keychain is open and has none. @throws KeychainFailure where that cannot be told */
  async #read(id: SecretId): Promise<string | null> {
    const text = await this.store.get(id);
    if (text !== null) return text;
    // "No such secret" is also what a locked keyring says; only writing tells the two apart.
    const failure = await this.availability.probe();
    if (failure) throw failure;
    // It may have been opened since it was asked.
    return this.store.get(id);
  }

  /** The keychain has done what it was asked: now it may also let go of what it would not before. */
  #answered(): void {
    this.availability.note(undefined);
    if (this.#undeleted.size === 0) return;
    const ids = [...this.#undeleted];
    this.#undeleted.clear();
    this.#tidying = this.#tidying.then(() => this.#tidy(ids)).catch(() => undefined);
  }

  async #tidy(ids: readonly SecretId[]): Promise<void> {
    const gone = new Set(await this.#delete(await this.#remember(ids)));
    for (const id of ids) if (!gone.has(id)) this.#undeleted.add(id);
    this.journal.settle([...gone]);
  }

  #failed(what: string, error: unknown): unknown {
    if (!(error instanceof KeychainFailure)) return error;
    this.availability.note(error);
    return unavailable(what, error, this.options.platform);
  }

  async #begin(ids: readonly SecretId[]): Promise<void> {
    try {
      await this.journal.begin(ids);
    } catch (error) {
      throw journalFailed('written', error);
    }
  }

  /** @returns those that are certainly gone */
  async #delete(ids: readonly SecretId[]): Promise<SecretId[]> {
    const gone: SecretId[] = [];
    const unsure: SecretId[] = [];
    try {
      for (const id of ids) ((await this.store.delete(id)) ? gone : unsure).push(id);
      // "It was not there" is also what a locked keyring says.
      const failure = unsure.length > 0 ? await this.availability.probe() : undefined;
      if (failure) throw failure;
      for (const id of unsure) {
        // It may have been opened since it was asked.
        await this.store.delete(id);
        gone.push(id);
      }
    } catch (error) {
      if (!(error instanceof KeychainFailure)) throw error;
      this.availability.note(error);
    }
    return gone;
  }
}
