import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AppError,
  MAX_SECRET_LENGTH,
  type Issue,
  type KeychainStatus,
  type SecretId,
  type Value,
} from '../contract/index.js';
import { describeIoFailure } from '../platform/io-failure.js';
import { Availability } from './availability.js';
import { Journal } from './journal.js';
import { Keychain, type HelperProcess, type KeychainLimits } from './keychain.js';
import { KeychainFailure, unavailable } from './keychain-failure.js';
import { Redactor } from './redactor.js';
import { partLimitOf, SecretStore } from './secret-store.js';
import { mapSecrets, secretIdsOf, secretsIn, type Found } from './secret-walk.js';

export type { HelperProcess } from './keychain.js';
export { Redactor } from './redactor.js';
export { secretIdsOf } from './secret-walk.js';

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
};

/** At the end, what was begun may take this long. */
const GRACE_MS = 2_000;

// Matched as code points, so a pair that makes up one character is none.
const HALF_CHARACTER = /\p{Surrogate}/u;

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
  #tidying: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: VaultOptions & { platform: NodeJS.Platform },
    private readonly keychain: Keychain,
    private readonly store: SecretStore,
    private readonly availability: Availability,
    private readonly journal: Journal,
  ) {}

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
   * Deletes secrets nothing refers to any more. Does not fail: what stays now is deleted when the keychain answers
   * again, or at a later start.
   */
  async remove(ids: Iterable<SecretId>): Promise<void> {
    const all = [...ids];
    for (const id of all.filter(isSession)) this.#session.delete(id);
    const kept = inKeychain(all);
    const fresh = kept.filter((id) => !this.#condemned.has(id));
    // A journal that cannot be written is no reason to keep a secret that can still be deleted.
    await this.journal.begin(fresh).catch(() => undefined);
    const gone = new Set(await this.#delete(kept));
    for (const id of gone) this.#condemned.delete(id);
    for (const id of kept) if (!gone.has(id)) this.#undeleted.add(id);
    this.journal.settle([...gone]);
  }

  /**
   * At start: deletes what a crash left behind. Only ids of the journal are looked at, so secrets of a catalog that
   * could not be read stay as long as this is not called for it.
   * @throws AppError `keychain_unavailable` where orphans are known and cannot be deleted now
   */
  async sweep(referenced: ReadonlySet<SecretId>): Promise<void> {
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

  /** Of these, the session secrets whose value is gone. */
  lost(ids: Iterable<SecretId>): SecretId[] {
    return [...new Set(ids)].filter((id) => isSession(id) && !this.#session.has(id));
  }

  /** Lets what was begun come to its end and ends the helper. Session secrets are gone after this. */
  async dispose(): Promise<void> {
    const begun = Promise.allSettled([this.#tidying, this.availability.settled()]);
    await Promise.race([begun, wait(GRACE_MS, undefined, { ref: false })]);
    await this.keychain.dispose(GRACE_MS);
    await this.journal.close();
    this.#session.clear();
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
    await this.remove(created);
    this.journal.settle(open);
  }

  async #set(id: SecretId, text: string): Promise<void> {
    this.redactor.watch(text);
    if (isSession(id)) return void this.#session.set(id, text);
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
    const text = await this.store.get(id).catch((error: unknown) => {
      throw this.#failed(what, error);
    });
    if (text !== null) {
      this.#answered();
      return text;
    }
    // "No such secret" is also what a locked keyring says; only writing tells the two apart.
    const failure = await this.availability.probe();
    if (failure) throw unavailable(what, failure, this.options.platform);
    const again = await this.store.get(id).catch(() => null);
    if (again !== null) return again;
    throw new AppError(
      'keychain_unavailable',
      'The keychain is open, but this secret is not in it (any more).',
      'Enter it again. It may have been deleted by another program, or belong to another computer.',
    );
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
    const gone = new Set(await this.#delete(ids));
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
    } catch (error) {
      if (!(error instanceof KeychainFailure)) throw error;
      this.availability.note(error);
      return gone;
    }
    // "It was not there" is also what a locked keyring says.
    if (unsure.length > 0 && (await this.availability.probe())) return gone;
    return [...gone, ...unsure];
  }
}

function journalFailed(what: 'read' | 'written', error: unknown): AppError {
  const { reason, hint } = describeIoFailure(error);
  return new AppError(
    'io',
    `The secret was not kept: the journal of secrets (vault-journal.jsonl) could not be ${what} because ${reason}.`,
    hint,
    [],
    { cause: error },
  );
}

function assertLawful(found: readonly Found[], allowed: ReadonlySet<SecretId>): void {
  const issues = found.flatMap(({ path, value }): Issue[] => {
    const message = 'secret' in value ? refFault(value.secret, allowed) : textFault(value.newSecret);
    return message ? [{ path, message }] : [];
  });
  if (issues.length === 0) return;
  const said = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new AppError('invalid', `A secret cannot be kept: ${said}.`, 'Enter the secret again.', issues);
}

function refFault(id: SecretId, allowed: ReadonlySet<SecretId>): string | undefined {
  return allowed.has(id) ? undefined : 'refers to a secret that does not belong to this';
}

/** The contract refuses most of these at the door; here they would be damaged without a word. */
function textFault(text: string): string | undefined {
  if (text.length === 0) return 'must not be empty';
  if (text.length > MAX_SECRET_LENGTH) return `must not be longer than ${MAX_SECRET_LENGTH} characters`;
  if (text.includes('\0')) return 'must not contain a NUL character';
  return HALF_CHARACTER.test(text) ? 'must be whole Unicode text: it holds half of a character' : undefined;
}
