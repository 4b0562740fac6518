import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, type KeychainStatus, type SecretId, type Value } from '../contract/index.js';
import { Availability } from './availability.js';
import { Entries, inKeychain, isSession } from './entries.js';
import { Journal } from './journal.js';
import { Keychain, type HelperProcess, type KeychainLimits } from './keychain.js';
import { KeychainFailure, unavailable } from './keychain-failure.js';
import { Redactor } from './redactor.js';
import { assertLawful, journalFailed } from './refusals.js';
import { Removal, type Revived } from './removal.js';
import { partLimitOf, SecretStore } from './secret-store.js';
import { mapSecrets, secretIdsOf, secretsIn, type Found } from '../contract/secret-walk.js';
import { NO_TRACES, type Traces } from './traces.js';

export type { HelperProcess } from './keychain.js';
export { Redactor } from './redactor.js';
export type { Revived } from './removal.js';
export { secretIdsOf, secretsIn } from '../contract/secret-walk.js';
export type { Traces } from './traces.js';

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
  /** Where values still stand in the open; nowhere where this is left out. */
  traces?: Traces;
};

/** At the end, what was begun may take this long. */
const GRACE_MS = 2_000;

/** Keeps secrets: takes values in, gives ids out, and gives values back only to whoever launches or syncs. */
export class Vault {
  private constructor(
    private readonly options: VaultOptions & { platform: NodeJS.Platform },
    private readonly keychain: Keychain,
    private readonly availability: Availability,
    private readonly journal: Journal,
    private readonly entries: Entries,
    private readonly removal: Removal,
    /** Knows every value that was set or read since the app started. */
    readonly redactor: Redactor,
  ) {}

  /** Touches no keychain yet. @throws AppError `io` where the journal cannot be read */
  static async open(options: VaultOptions): Promise<Vault> {
    const platform = options.platform ?? process.platform;
    const keychain = new Keychain(options.launchHelper, options.limits);
    const store = new SecretStore(keychain, options.partLimit ?? partLimitOf(platform));
    const journal = await Journal.open(options.dataDir).catch((error: unknown) => {
      throw journalFailed('read', error);
    });
    const availability = new Availability(store, platform);
    const redactor = new Redactor();
    const entries = new Entries(store, availability, redactor);
    const removal = new Removal(entries, journal, options.traces ?? NO_TRACES, options.trashMs);
    return new Vault({ ...options, platform }, keychain, availability, journal, entries, removal, redactor);
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
    const { secret: id } = value;
    const text = await this.entries.read(id).catch((error: unknown) => {
      throw this.#told('The secret could not be read', error);
    });
    if (text !== null) return text;
    this.entries.miss(id);
    throw isSession(id) ? lostWithSession() : notInKeychain();
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
  condemn(ids: Iterable<SecretId>): Promise<void> {
    return this.removal.condemn(ids);
  }

  /**
   * Deletes secrets nothing refers to any more; for a while `revive` can bring them back. Does not fail: what stays now
   * is deleted when the keychain answers again, or at a later start.
   */
  remove(ids: Iterable<SecretId>): Promise<void> {
    return this.removal.remove(ids);
  }

  /**
   * Makes secrets that an undo refers to again be there: those that were removed a short while ago go back to where they
   * were, under their ids.
   * @throws AppError `keychain_unavailable`; `io` where the journal cannot be written
   */
  async revive(ids: Iterable<SecretId>): Promise<Revived> {
    return this.removal.revive(ids).catch((error: unknown) => {
      throw this.#told('The secret could not be kept', error);
    });
  }

  /**
   * At start: deletes what a crash left behind, and takes values out of the files that still hold them in the open.
   * Only ids of the journal are deleted, so secrets of a catalog that could not be read stay as long as this is not
   * called for it.
   * @throws AppError `keychain_unavailable` where orphans are known and cannot be deleted now
   */
  async sweep(referenced: ReadonlySet<SecretId>): Promise<void> {
    const count = await this.removal.sweep(referenced);
    if (count === 0) return;
    const what = `${count} secret${count === 1 ? '' : 's'} that nothing uses any more could not be deleted`;
    throw unavailable(what, await this.availability.failure(), this.options.platform);
  }

  /** Of these, the secrets whose value is known to be gone: with an earlier session, or from the keychain. */
  lost(ids: Iterable<SecretId>): SecretId[] {
    return [...new Set(ids)].filter((id) => this.entries.isLost(id));
  }

  /** Lets what was begun come to its end and ends the helper. Session secrets are gone after this. */
  async dispose(): Promise<void> {
    const begun = Promise.allSettled([this.removal.settled(), this.availability.settled()]);
    await Promise.race([begun, wait(GRACE_MS, undefined, { ref: false })]);
    await this.keychain.dispose(GRACE_MS);
    await this.journal.close();
    this.entries.clear();
    this.removal.clear();
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
    await this.journal.begin(open);
    try {
      for (const [id, text] of fresh) await this.entries.write(id, text);
    } catch (error) {
      await this.removal.discard(created, open);
      throw this.#told('The secret could not be kept', error);
    }
    return {
      value,
      created,
      commit: async (stale) => {
        await this.removal.remove(stale);
        this.journal.settle(open);
      },
      rollback: () => this.removal.discard(created, open),
    };
  }

  /** What the person is told of a keychain that fails. */
  #told(what: string, error: unknown): unknown {
    return error instanceof KeychainFailure ? unavailable(what, error, this.options.platform) : error;
  }
}

function lostWithSession(): AppError {
  return new AppError(
    'keychain_unavailable',
    'A secret was kept for an earlier session only, and is gone.',
    'Enter it again. To keep secrets for good, choose the keychain in the settings.',
  );
}

function notInKeychain(): AppError {
  return new AppError(
    'keychain_unavailable',
    'The keychain is open, but this secret is not in it (any more).',
    'Enter it again. It may have been deleted by another program, or belong to another computer.',
  );
}
