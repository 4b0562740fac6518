import type { Notifications } from '../contract/index.js';

/** What the runtime says without being asked; names and payloads are those of the contract's notifications. */
export type RuntimeEvents = Pick<
  Notifications,
  | 'run.changed'
  | 'log.appended'
  | 'tools.changed'
  | 'metrics.sampled'
  | 'call.progress'
  | 'question.asked'
  | 'question.closed'
>;

type Listener<K extends keyof RuntimeEvents> = (payload: RuntimeEvents[K]) => void;

/** A typed emitter. A listener that throws must not take the runtime, or the next listener, down with it. */
export class Events {
  readonly #listeners = new Map<keyof RuntimeEvents, Set<Listener<never>>>();

  on<K extends keyof RuntimeEvents>(event: K, listener: Listener<K>): () => void {
    const known = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, known);
    known.add(listener as Listener<never>);
    return () => known.delete(listener as Listener<never>);
  }

  emit<K extends keyof RuntimeEvents>(event: K, payload: RuntimeEvents[K]): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        (listener as Listener<K>)(payload);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
