import type { HelperAnswer, HelperRequest } from '../../src-main/vault/helper-protocol.js';
import type { HelperProcess } from '../../src-main/vault/keychain.js';

/** How the next calls go. `words`: the keychain fails with this message. */
export type Mood = 'open' | 'locked' | 'silent' | 'crashing' | { words: string } | { addonMissing: string };

/**
 * An OS keychain and its helper in memory, with the manners seen in gnome-keyring: a locked one answers reads with
 * "nothing" and refuses only writes.
 */
export class FakeKeychain {
  readonly entries = new Map<string, string>();
  mood: Mood = 'open';
  /** Every request that reached a helper, oldest first. */
  readonly requests: HelperRequest[] = [];
  /** Helpers started so far, and how many of them still run. */
  started = 0;
  running = 0;
  /** Requests under way at once; never more than one if all is well. */
  mostAtOnce = 0;
  /** Looked at before each request; may change the mood. */
  before: (request: HelperRequest) => void = () => undefined;
  /** Lets silent calls come to their end. */
  release: () => void = () => undefined;

  readonly launch = (): HelperProcess => {
    this.started += 1;
    this.running += 1;
    let listener: (message: unknown) => void = () => undefined;
    let exit: () => void = () => undefined;
    let alive = true;
    let atOnce = 0;
    const die = (): void => {
      if (!alive) return;
      alive = false;
      this.running -= 1;
      queueMicrotask(() => exit());
    };
    const reply = (request: HelperRequest): void => {
      atOnce -= 1;
      if (alive) listener(this.#answer(request));
    };
    return {
      send: (message) => {
        const request = message as HelperRequest;
        this.before(request);
        this.requests.push(request);
        atOnce += 1;
        this.mostAtOnce = Math.max(this.mostAtOnce, atOnce);
        if (this.mood === 'crashing') return die();
        if (this.mood === 'silent') {
          this.release = () => {
            this.mood = 'open';
            reply(request);
          };
          return;
        }
        queueMicrotask(() => reply(request));
      },
      onMessage: (callback) => (listener = callback),
      onExit: (callback) => (exit = callback),
      kill: die,
    };
  };

  #answer(request: HelperRequest): HelperAnswer {
    const { id } = request;
    if (typeof this.mood === 'object')
      return 'words' in this.mood
        ? { id, ok: false, message: this.mood.words }
        : { id, ok: false, message: this.mood.addonMissing, addonMissing: true };
    const isLocked = this.mood === 'locked';
    switch (request.op) {
      case 'get':
        return { id, ok: true, result: isLocked ? null : (this.entries.get(request.account) ?? null) };
      case 'delete':
        return { id, ok: true, result: !isLocked && this.entries.delete(request.account) };
      case 'set':
        if (isLocked) return { id, ok: false, message: 'Cannot create an item in a locked collection' };
        this.entries.set(request.account, request.password);
        return { id, ok: true, result: null };
    }
  }
}
