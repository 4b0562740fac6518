import { SvelteMap } from 'svelte/reactivity';
import type { Run, RunState } from '../../src-main/contract/index.js';

const WORDS: Record<RunState, string> = {
  running: 'Running',
  starting: 'Starting',
  stopping: 'Stopping',
  backoff: 'Retrying',
  failed: 'Failed',
  stopped: 'Stopped',
};

export const wordOf = (state: RunState): string => WORDS[state];
/** Something is there that can be stopped. */
export const isLive = (state: RunState): boolean => state !== 'stopped' && state !== 'failed';

/** What runs, as the host last told it. */
class Runs {
  readonly #runs = new SvelteMap<string, Run>();

  readonly all: Run[] = $derived([...this.#runs.values()]);
  readonly running: number = $derived(this.all.filter((run) => run.state === 'running').length);
  readonly failed: number = $derived(this.all.filter((run) => run.state === 'failed').length);
  readonly busy: number = $derived(
    this.all.filter(({ state }) => state === 'starting' || state === 'stopping' || state === 'backoff')
      .length,
  );

  /** A server that never ran is stopped. */
  of(serverId: string): Run {
    return this.#runs.get(serverId) ?? { serverId, state: 'stopped', restarts: 0 };
  }

  load(runs: Run[]): void {
    this.#runs.clear();
    for (const run of runs) this.change(run);
  }

  change(run: Run): void {
    this.#runs.set(run.serverId, run);
  }

  forget(serverId: string): void {
    this.#runs.delete(serverId);
  }

  clear(): void {
    this.#runs.clear();
  }
}

export const runs = new Runs();
