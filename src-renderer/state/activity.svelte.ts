import type { Activity, Problem } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';

const PAGE = 200;
const KEEP = 5_000;

/** What happened, newest first. Read when the screen is first opened; told by the host from then on. */
class ActivityBook {
  entries = $state.raw<Activity[]>([]);
  loading = $state(false);
  loaded = $state(false);
  atEnd = $state(false);
  problem = $state.raw<Problem>();

  async load(): Promise<void> {
    await this.#page({});
    this.loaded = true;
  }

  async loadOlder(): Promise<void> {
    const oldest = this.entries.at(-1);
    if (oldest && !this.atEnd) await this.#page({ before: oldest.id });
  }

  add(entries: Activity[]): void {
    if (!this.loaded) return;
    const known = new Set(this.entries.map((entry) => entry.id));
    const fresh = entries.filter((entry) => !known.has(entry.id)).sort((a, b) => b.id - a.id);
    this.entries = [...fresh, ...this.entries].slice(0, KEEP);
  }

  clear(): void {
    this.entries = [];
    this.loaded = false;
    this.atEnd = false;
  }

  async #page(where: { before?: number }): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.problem = undefined;
    try {
      const { entries } = await rpc.call('activity.list', { limit: PAGE, ...where });
      this.atEnd = entries.length < PAGE;
      this.entries = where.before === undefined ? entries : [...this.entries, ...entries];
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.loading = false;
    }
  }
}

export const activity = new ActivityBook();
