import type { SecretId } from '../contract/index.js';
import type { Availability } from './availability.js';
import { KeychainFailure } from './keychain-failure.js';
import type { Redactor } from './redactor.js';
import type { SecretStore } from './secret-store.js';

export const isSession = (id: SecretId): boolean => id.startsWith('ses-');
export const inKeychain = (ids: Iterable<SecretId>): SecretId[] => [
  ...new Set([...ids].filter((id) => !isSession(id))),
];

/**
 * Values of secrets by their ids: those of the session in memory, all others in the keychain. Here "there is none" is
 * told from "it is locked", which a locked keyring does not.
 */
export class Entries {
  #session = new Map<SecretId, string>();
  /** Seen to be gone from a keychain that is open. */
  #gone = new Set<SecretId>();
  #answered: () => void = () => undefined;

  constructor(
    private readonly store: SecretStore,
    private readonly availability: Availability,
    private readonly redactor: Redactor,
  ) {}

  /** @param listener called whenever the keychain has done what it was asked */
  onAnswered(listener: () => void): void {
    this.#answered = listener;
  }

  /** @returns null where there certainly is none. @throws KeychainFailure where that cannot be told */
  async read(id: SecretId): Promise<string | null> {
    const text = isSession(id) ? (this.#session.get(id) ?? null) : await this.#noting(() => this.#ask(id));
    if (text !== null) this.redactor.watch(text);
    return text;
  }

  /** @throws KeychainFailure */
  async write(id: SecretId, text: string): Promise<void> {
    this.redactor.watch(text);
    if (isSession(id)) return void this.#session.set(id, text);
    this.#gone.delete(id);
    await this.#noting(() => this.store.set(id, text));
    this.#did();
  }

  /** Does not fail: what the keychain does not let go of now stays. @returns those that are certainly gone */
  async delete(ids: readonly SecretId[]): Promise<SecretId[]> {
    for (const id of ids.filter(isSession)) this.#session.delete(id);
    const gone = ids.filter(isSession);
    const unsure: SecretId[] = [];
    try {
      for (const id of inKeychain(ids)) ((await this.store.delete(id)) ? gone : unsure).push(id);
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

  /** Notes that this one is known to be gone. */
  miss(id: SecretId): void {
    this.#gone.add(id);
  }

  /** Whether it is known to be gone: with an earlier session, or from the keychain. */
  isLost(id: SecretId): boolean {
    return isSession(id) ? !this.#session.has(id) : this.#gone.has(id);
  }

  /** Session secrets are gone after this. */
  clear(): void {
    this.#session.clear();
  }

  async #ask(id: SecretId): Promise<string | null> {
    const text = await this.store.get(id);
    if (text !== null) {
      this.#did();
      return text;
    }
    // "No such secret" is also what a locked keyring says; only writing tells the two apart.
    const failure = await this.availability.probe();
    if (failure) throw failure;
    // It may have been opened since it was asked.
    return this.store.get(id);
  }

  #did(): void {
    this.availability.note(undefined);
    this.#answered();
  }

  async #noting<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof KeychainFailure) this.availability.note(error);
      throw error;
    }
  }
}
