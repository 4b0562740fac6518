import type { LogEntry, Problem } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { problemOf } from '../../../rpc/rpc-error.js';

const PAGE = 1_000;
const PAUSE_MS = 150;

/** Looks through the whole log on the host: the window holds only its end. */
export class LogSearch {
  /** What is in the field. */
  query = $state('');
  /** The last answer; undefined while nothing is searched for. */
  found = $state.raw<{ query: string; entries: LogEntry[]; atStart: boolean }>();
  loading = $state(false);
  problem = $state.raw<Problem>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly serverId: string) {}

  /** The field was changed: asks when the typing pauses. */
  changed(query: string): void {
    this.query = query;
    clearTimeout(this.#timer);
    if (query === '') {
      this.found = undefined;
      this.problem = undefined;
      return;
    }
    this.#timer = setTimeout(() => void this.#search(query), PAUSE_MS);
  }

  async loadOlder(): Promise<number> {
    const { found } = this;
    const oldest = found?.entries[0];
    if (!found || !oldest || found.atStart || this.loading) return 0;
    const older = await this.#read(found.query, oldest.seq);
    if (!older || this.found !== found) return 0;
    this.found = { ...found, entries: [...older, ...found.entries], atStart: older.length < PAGE };
    return older.length;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #search(query: string): Promise<void> {
    const entries = await this.#read(query);
    // An answer to what is no longer asked comes too late.
    if (entries && this.query === query) this.found = { query, entries, atStart: entries.length < PAGE };
  }

  async #read(search: string, before?: number): Promise<LogEntry[] | undefined> {
    this.loading = true;
    this.problem = undefined;
    try {
      const where = before === undefined ? {} : { before };
      return (await rpc.call('run.logs', { serverId: this.serverId, limit: PAGE, search, ...where })).entries;
    } catch (error) {
      this.problem = problemOf(error);
      return undefined;
    } finally {
      this.loading = false;
    }
  }
}
