import type { StoredLink } from '../contract/index.js';

type Deliver = (remoteId: string, linkIds: string[]) => Promise<void>;

const AFTER_FAULT_MS = 15_000;

/** Wakes up for each remote when the first of its waiting wishes is due. What waits is in the catalog alone. */
export class Outbox {
  #timers = new Map<string, NodeJS.Timeout>();
  #busy = new Set<string>();
  /** Until when a remote asked to be left in peace (Retry-After). */
  #peace = new Map<string, number>();
  #ended = false;

  /** @param links those that wait, of all remotes */
  constructor(
    private readonly links: () => StoredLink[],
    private readonly deliver: Deliver,
  ) {}

  /** After a start nothing of the old waiting times counts: the computer may have been off for days. */
  resume(): void {
    for (const remoteId of new Set(this.links().map(({ remoteId }) => remoteId))) this.#arm(remoteId, 500);
  }

  /** Looks at what waits for this remote and sets the clock for the first of it. */
  schedule(remoteId: string): void {
    const due = this.#waiting(remoteId).map(({ outbox }) => Date.parse(outbox?.nextAt ?? ''));
    if (due.length === 0) return this.#disarm(remoteId);
    const at = Math.max(Math.min(...due), this.#peace.get(remoteId) ?? 0);
    this.#arm(remoteId, Math.max(0, at - Date.now()));
  }

  leaveInPeace(remoteId: string, ms: number): void {
    this.#peace.set(remoteId, Date.now() + ms);
  }

  dispose(): void {
    this.#ended = true;
    for (const remoteId of [...this.#timers.keys()]) this.#disarm(remoteId);
  }

  #waiting(remoteId: string): StoredLink[] {
    return this.links().filter((link) => link.remoteId === remoteId);
  }

  #arm(remoteId: string, delayMs: number): void {
    this.#disarm(remoteId);
    if (this.#ended) return;
    const timer = setTimeout(() => void this.#run(remoteId), delayMs);
    timer.unref();
    this.#timers.set(remoteId, timer);
  }

  #disarm(remoteId: string): void {
    clearTimeout(this.#timers.get(remoteId));
    this.#timers.delete(remoteId);
  }

  async #run(remoteId: string): Promise<void> {
    if (this.#busy.has(remoteId) || this.#ended) return;
    this.#busy.add(remoteId);
    try {
      const ids = this.#waiting(remoteId).map(({ id }) => id);
      if (ids.length > 0) await this.deliver(remoteId, ids);
    } catch (error) {
      // Nothing could be noted (a full disk, say), so the wish still seems due: it must not be tried without end.
      this.leaveInPeace(remoteId, AFTER_FAULT_MS);
      throw error;
    } finally {
      this.#busy.delete(remoteId);
      this.schedule(remoteId);
    }
  }
}
