import type { Link } from '../../src-main/contract/index.js';

/**
 * Every link by its id, by its server and counted by state. Ten thousand servers have a hundred thousand of them, so
 * they stand in plain maps, for which the catalog keeps one version: a source of its own for each would be most of the
 * window's memory.
 */
export class LinkBook {
  readonly #byId = new Map<string, Link>();
  readonly #byServer = new Map<string, Set<Link>>();

  all(): readonly Link[] {
    return [...this.#byId.values()];
  }

  /** How many there are in each state. */
  states(): ReadonlyMap<Link['state'], number> {
    const counts = new Map<Link['state'], number>();
    for (const { state } of this.#byId.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
    return counts;
  }

  get(id: string): Link | undefined {
    return this.#byId.get(id);
  }

  ofServer(serverId: string): Link[] {
    return [...(this.#byServer.get(serverId) ?? [])];
  }

  /** Answers what is no longer there or was replaced, and what is there now. */
  change(changed: readonly Link[], removed: readonly string[]): { gone: Link[]; put: readonly Link[] } {
    const gone = [...changed.map(({ id }) => id), ...removed].flatMap((id) => this.#drop(id) ?? []);
    for (const link of changed) {
      this.#byId.set(link.id, link);
      const own = this.#byServer.get(link.serverId);
      if (own) own.add(link);
      else this.#byServer.set(link.serverId, new Set([link]));
    }
    return { gone, put: changed.filter(({ id }) => this.#byId.has(id)) };
  }

  clear(): void {
    this.#byId.clear();
    this.#byServer.clear();
  }

  #drop(id: string): Link | undefined {
    const old = this.#byId.get(id);
    if (!old) return undefined;
    this.#byId.delete(id);
    const own = this.#byServer.get(old.serverId);
    own?.delete(old);
    if (own?.size === 0) this.#byServer.delete(old.serverId);
    return old;
  }
}
