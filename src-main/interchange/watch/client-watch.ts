import { createHash } from 'node:crypto';
import { readColumn, type ReadColumn } from '../clients/read-column.js';
import type { Target } from '../clients/targets.js';
import { PathWatcher } from './path-watcher.js';

/** While somebody looks, a change that no event told of is seen this soon; else there is no hurry. */
const POLL_MS = { attended: 3_000, unattended: 20_000 };
/** While somebody looks, the list of clients and projects itself is made anew this often. */
const LIST_AGAIN_MS = 60_000;
/** Places for servers, far above what one person has; each is a look at the disk at every poll. */
const MOST_PLACES = 600;

/**
 * Watches the files of AI clients, and tells of those whose servers are others than before. What else a client writes
 * into its file (some keep their whole state there) is no news.
 */
export class ClientWatch {
  readonly #paths: PathWatcher;
  /** Client's word → digest of what its file says of servers. */
  readonly #seen = new Map<string, string>();
  #targets: readonly Target[] = [];
  #attended = false;
  #isListed = false;
  #disposed = false;
  #listing: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly list: () => Promise<readonly Target[]>,
    private readonly changed: (clients: string[]) => void,
    pollMs: Readonly<Record<keyof typeof POLL_MS, number>> = POLL_MS,
    private readonly listMs = LIST_AGAIN_MS,
  ) {
    this.#paths = new PathWatcher(
      (paths) => this.#queue(() => this.#read(paths)),
      () => pollMs[this.#attended ? 'attended' : 'unattended'],
    );
  }

  /** Begins, and from then on tells of changes. Nothing is told of what is found at first. */
  start(): Promise<void> {
    this.#listing = setInterval(() => {
      if (this.#attended) void this.#queue(() => this.#listAgain());
    }, this.listMs);
    this.#listing.unref();
    return this.#queue(() => this.#listAgain());
  }

  setAttended(isAttended: boolean): void {
    if (isAttended && !this.#attended) void this.#paths.look();
    this.#attended = isAttended;
  }

  dispose(): void {
    this.#disposed = true;
    clearInterval(this.#listing);
    this.#paths.dispose();
  }

  #queue(work: () => Promise<void>): Promise<void> {
    // A file that cannot be read now is read at its next change; nobody waits for this one.
    this.#work = this.#work.then(() => (this.#disposed ? undefined : work())).catch(() => undefined);
    return this.#work;
  }

  async #listAgain(): Promise<void> {
    const isFirst = !this.#isListed;
    this.#isListed = true;
    this.#targets = (await this.list()).slice(0, MOST_PLACES);
    const words = new Set(this.#targets.map(({ word }) => word));
    const gone = [...this.#seen.keys()].filter((word) => !words.has(word));
    gone.forEach((word) => this.#seen.delete(word));
    await this.#paths.watch(this.#targets.map(({ path }) => path));
    const fresh = this.#targets.filter(({ word }) => !this.#seen.has(word));
    const news = [...gone, ...(await this.#compare(fresh))];
    if (!isFirst && news.length > 0 && !this.#disposed) this.changed(news);
  }

  async #read(paths: readonly string[]): Promise<void> {
    const touched = this.#targets.filter(({ path }) => paths.includes(path));
    const news = await this.#compare(touched);
    if (news.length > 0 && !this.#disposed) this.changed(news);
    // A file with several places for servers may have got another, and one that came or went may be in a new place.
    if (touched.some(({ spec }) => spec.branches) || news.length > 0) await this.#listAgain();
  }

  /** Words of those targets whose servers are not as they were; the first look at one counts as news too. */
  async #compare(targets: readonly Target[]): Promise<string[]> {
    const columns = await Promise.all(targets.map(readColumn));
    return columns.flatMap((column) => {
      const { word } = column.target;
      const digest = digestOf(column);
      if (this.#seen.get(word) === digest) return [];
      this.#seen.set(word, digest);
      return [word];
    });
  }
}

/** Held in memory, and a hash, so that no secret of a client's file stays in it. */
function digestOf({ target: { path }, found: { exists, problem }, entries }: ReadColumn): string {
  return createHash('sha256')
    .update(JSON.stringify([path, exists, problem, [...(entries ?? [])]]))
    .digest('base64url');
}
