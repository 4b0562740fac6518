import type { LogEntry } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import type { Problem } from '../../src-main/contract/index.js';

/** Lines kept in the window. Older ones are read again from the host when the person scrolls up. */
const KEEP = 20_000;
/** Lines kept while the person reads further up, where nothing may be taken away from above them. */
const KEEP_HELD = 60_000;
const PAGE = 1_000;

/**
 * One server's log, followed while somebody looks at it: `const log = new LogView(id)`, `log.open()` in an effect,
 * which answers the function that ends it.
 */
export class LogView {
  entries = $state.raw<LogEntry[]>([]);
  /** Lines the host left out because they came faster than they could be told. */
  dropped = $state(0);
  loading = $state(false);
  /** The oldest line of all is here. */
  atStart = $state(false);
  problem = $state.raw<Problem>();
  /** The number of the newest line there is, also where it is not among `entries`. */
  newest = $state(-1);

  #held = false;
  #open = false;
  #early: LogEntry[] = [];

  constructor(readonly serverId: string) {}

  open(): () => void {
    this.#open = true;
    const stop = rpc.on('log.appended', ({ serverId, entries, dropped }) => {
      if (serverId !== this.serverId) return;
      this.dropped += dropped ?? 0;
      // The first page is still under way: what comes meanwhile is put behind it.
      if (this.loading && this.entries.length === 0) this.#early.push(...entries);
      else this.#append(entries);
    });
    void this.#loadNewest();
    return () => {
      this.#open = false;
      stop();
    };
  }

  /**
   * While it is held, nothing is taken away above what the person reads. A flood may then grow past what the window
   * can keep: its end is left out, and read anew when the log is let go.
   */
  hold(on: boolean): void {
    if (on === this.#held) return;
    this.#held = on;
    if (on) return;
    if ((this.entries.at(-1)?.seq ?? -1) < this.newest) void this.reload();
    else if (this.entries.length > KEEP) this.#keepNewest(this.entries);
  }

  /** Begins again with the newest lines: after a time without a connection there may be a gap. */
  reload(): Promise<void> {
    return this.#loadNewest();
  }

  /** Reads the page before the oldest line shown. Answers how many lines were put in front. */
  async loadOlder(): Promise<number> {
    const oldest = this.entries[0];
    if (this.loading || this.atStart || !oldest) return 0;
    const older = await this.#read({ before: oldest.seq });
    if (!older) return 0;
    this.entries = [...older, ...this.entries];
    return older.length;
  }

  /** Takes the lines off the screen; the host keeps them. */
  clear(): void {
    this.entries = [];
    this.dropped = 0;
  }

  async #loadNewest(): Promise<void> {
    const newest = await this.#read({});
    if (!this.#open) return;
    if (newest) {
      this.entries = newest;
      this.newest = Math.max(this.newest, newest.at(-1)?.seq ?? -1);
    }
    this.#append(this.#early);
    this.#early = [];
  }

  async #read(where: { before?: number }): Promise<LogEntry[] | undefined> {
    this.loading = true;
    this.problem = undefined;
    try {
      const { entries } = await rpc.call('run.logs', { serverId: this.serverId, limit: PAGE, ...where });
      this.atStart = entries.length < PAGE;
      return entries;
    } catch (error) {
      this.problem = problemOf(error);
      return undefined;
    } finally {
      this.loading = false;
    }
  }

  #append(entries: LogEntry[]): void {
    const last = this.entries.at(-1)?.seq ?? -1;
    const fresh = entries.filter((entry) => entry.seq > last);
    if (fresh.length === 0) return;
    this.newest = Math.max(this.newest, fresh.at(-1)?.seq ?? -1);
    if (!this.#held) this.#keepNewest([...this.entries, ...fresh]);
    // Past the limit the newest are left out; a gap between two lines would be worse than a late end.
    else if (this.entries.length < KEEP_HELD) this.entries = [...this.entries, ...fresh];
  }

  #keepNewest(entries: LogEntry[]): void {
    if (entries.length > KEEP) this.atStart = false;
    this.entries = entries.length > KEEP ? entries.slice(-KEEP) : entries;
  }
}
