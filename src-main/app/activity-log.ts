import type { Activity } from '../contract/index.js';

const KEPT = 2_000;

/** What happened since the host started: starts, crashes, syncs, edits. Bounded; texts are redacted by whoever adds. */
export class ActivityLog {
  #entries: Activity[] = [];
  #nextId = 1;

  constructor(private readonly added: (entry: Activity) => void) {}

  add(entry: Omit<Activity, 'id' | 'at'>): void {
    const whole: Activity = { id: this.#nextId++, at: new Date().toISOString(), ...entry };
    this.#entries.push(whole);
    if (this.#entries.length > KEPT) this.#entries.splice(0, this.#entries.length - KEPT);
    this.added(whole);
  }

  /** Newest first; `before` pages backwards by id. */
  list({ before, limit }: { before?: number | undefined; limit: number }): Activity[] {
    const older = before === undefined ? this.#entries : this.#entries.filter(({ id }) => id < before);
    return older.slice(-limit).reverse();
  }
}
