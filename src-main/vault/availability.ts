import type { KeychainStatus } from '../contract/index.js';
import { KeychainFailure, statusOf } from './keychain-failure.js';
import type { SecretStore } from './secret-store.js';

/** A good answer is believed for this long, a bad one shorter, so that an unlocked keychain is soon seen. */
const GOOD_MS = 60_000;
const BAD_MS = 5_000;
const PATIENCE_MS = 3_000;

/** Whether the keychain can be used, asked as rarely as that can be known. */
export class Availability {
  /** `until`: by a clock that nobody sets. */
  #known: { failure: KeychainFailure | undefined; until: number } | undefined;
  #asking: Promise<KeychainFailure | undefined> | undefined;
  #asksNext: Promise<KeychainFailure | undefined> | undefined;

  constructor(
    private readonly store: SecretStore,
    private readonly platform: NodeJS.Platform,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Never waits longer than about three seconds. */
  async status(): Promise<KeychainStatus> {
    const failure = await this.failureOrNone();
    return failure ? statusOf(failure, this.platform) : { available: true };
  }

  /** How a call has just ended, which is newer than what was known. `undefined`: well. */
  note(failure: KeychainFailure | undefined): void {
    this.#know(failure);
  }

  /**
   * Asks the keychain itself, whatever is known. `undefined`: it can be used. A question that is on its way may have been
   * answered before what the caller has just seen, so another one follows it.
   */
  probe(): Promise<KeychainFailure | undefined> {
    if (!this.#asking) return this.#start();
    this.#asksNext ??= this.#asking.then(() => {
      this.#asksNext = undefined;
      return this.#start();
    });
    return this.#asksNext;
  }

  /** Answers when no question is on its way. */
  async settled(): Promise<void> {
    await (this.#asksNext ?? this.#asking);
  }

  /** The last failure known; for a sentence after something has failed. */
  async failure(): Promise<KeychainFailure> {
    return (await this.failureOrNone()) ?? new KeychainFailure('other', 'it could not be used a moment ago');
  }

  private async failureOrNone(): Promise<KeychainFailure | undefined> {
    if (this.#known && performance.now() < this.#known.until) return this.#known.failure;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<KeychainFailure>((resolve) => {
      timer = setTimeout(() => resolve(new KeychainFailure('unanswered')), this.patienceMs);
    });
    try {
      return await Promise.race([this.#asking ?? this.#start(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #start(): Promise<KeychainFailure | undefined> {
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  async #ask(): Promise<KeychainFailure | undefined> {
    const failure = await this.store.check().then(
      () => undefined,
      (error: unknown) =>
        error instanceof KeychainFailure ? error : new KeychainFailure('other', String(error)),
    );
    this.#know(failure);
    return failure;
  }

  #know(failure: KeychainFailure | undefined): void {
    this.#known = { failure, until: performance.now() + (failure ? BAD_MS : GOOD_MS) };
  }
}
