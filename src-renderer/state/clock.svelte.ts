import { createSubscriber } from 'svelte/reactivity';

/** A clock that ticks only while something on the screen reads it. */
class Clock {
  readonly #subscribe: () => void;

  constructor(everyMs: number) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, everyMs);
      return () => clearInterval(timer);
    });
  }

  /** Epoch milliseconds, read anew at each tick. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const minuteClock = new Clock(15_000);
export const secondClock = new Clock(1_000);
