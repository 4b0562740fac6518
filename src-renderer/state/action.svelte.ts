import type { Problem } from '../../src-main/contract/index.js';
import { fieldErrors, problemOf } from '../rpc/rpc-error.js';

/**
 * One thing a person can do, with what a screen must show of it: that it is under way, and why it failed.
 * `const save = new Action((name: string) => rpc.call(…))`, then `save.run(name)`, `save.busy`, `save.problem`.
 */
export class Action<A extends unknown[], R> {
  busy = $state(false);
  problem = $state.raw<Problem>();
  /** Dotted path → what is wrong there. */
  fields = $state.raw<Record<string, string>>({});
  readonly #work: (...args: A) => Promise<R>;

  constructor(work: (...args: A) => Promise<R>) {
    this.#work = work;
  }

  /** Answers undefined when it failed, or when it is under way already. */
  run = async (...args: A): Promise<R | undefined> => {
    if (this.busy) return undefined;
    this.busy = true;
    this.clear();
    try {
      return await this.#work(...args);
    } catch (error) {
      this.problem = problemOf(error);
      this.fields = fieldErrors(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  };

  clear(): void {
    this.problem = undefined;
    this.fields = {};
  }
}
