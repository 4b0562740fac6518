import type { Lifecycle } from '../contract/index.js';

const FIRST_DELAY_MS = 1_000;
export const LONGEST_DELAY_MS = 30_000;
/** A run this long counts as health: what failed before it no longer counts. */
export const HEALTHY_MS = 60_000;
/** From this many failures in a row on, the server is only probed, at the longest interval. */
export const BREAKER_FAILURES = 5;
/** Exits before `initialize` is answered that make the failure a permanent one. */
export const EARLY_EXITS = 3;
const JITTER = 0.2;

/**
 * How long to wait before the next try, in milliseconds, after `failures` failures in a row (1 or more): 1 s, 2 s,
 * 4 s, 8 s, then 30 s. Jitter keeps many servers that fell together from rising together.
 */
export function backOffMs(failures: number, random: number): number {
  const delay = failures >= BREAKER_FAILURES ? LONGEST_DELAY_MS : FIRST_DELAY_MS * 2 ** (failures - 1);
  return Math.round(Math.min(delay, LONGEST_DELAY_MS) * (1 - JITTER + 2 * JITTER * random));
}

/** Whether a server that ended by itself is tried again (INTERFACE, "Rules that go with them"). */
export function wantsRestart(policy: Lifecycle['restart'], endedWell: boolean): boolean {
  switch (policy) {
    case 'never':
      return false;
    case 'on_failure':
      return !endedWell;
    case 'always':
      return true;
  }
}
