import { SvelteMap } from 'svelte/reactivity';
import type { Problem, RemoteEntry, RemoteTest } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';

/** What was last heard from one remote. `test` and `entries` stay while they are read again. */
export type Health = {
  at?: number;
  testing: boolean;
  reading: boolean;
  test?: RemoteTest;
  entries?: RemoteEntry[];
  problem?: Problem;
};

const NEVER: Health = { testing: false, reading: false };

class RemoteHealth {
  readonly #known = new SvelteMap<string, Health>();

  of(remoteId: string): Health {
    return this.#known.get(remoteId) ?? NEVER;
  }

  /** Asks the remote who it is and, where it answers, what it holds. */
  async refresh(remoteId: string): Promise<void> {
    if (this.of(remoteId).testing || this.of(remoteId).reading) return;
    this.#put(remoteId, { testing: true });
    try {
      const test = await rpc.call('remote.test', { id: remoteId });
      this.#put(remoteId, { test, testing: false, reading: test.ok, at: Date.now() });
      if (test.ok) await this.#readEntries(remoteId);
    } catch (error) {
      this.#put(remoteId, { testing: false, problem: problemOf(error), at: Date.now() });
    }
  }

  /** Something was written there: what is known of it is asked for again when it is next looked at. */
  outdate(remoteId: string | undefined): void {
    if (remoteId && this.#known.has(remoteId)) this.#put(remoteId, { at: 0 });
  }

  clear(): void {
    this.#known.clear();
  }

  async #readEntries(remoteId: string): Promise<void> {
    try {
      const { entries } = await rpc.call('remote.entries', { id: remoteId });
      this.#put(remoteId, { entries, reading: false });
    } catch (error) {
      this.#put(remoteId, { reading: false, problem: problemOf(error) });
    }
  }

  #put(remoteId: string, change: Partial<Health>): void {
    const { problem: _old, ...health } = this.of(remoteId);
    this.#known.set(remoteId, { ...health, ...change });
  }
}

export const remoteHealth = new RemoteHealth();
