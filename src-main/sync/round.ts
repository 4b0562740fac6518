import { AppError, type StoredLink } from '../contract/index.js';
import type { Subject, Tools } from './assess.js';
import type { Hasher } from './cells.js';
import type { Desk } from './desk.js';
import type { Meter } from './http/client.js';
import { RemoteFailure } from './http/failure.js';
import { isSamePlace } from './place.js';
import type { SyncPorts } from './ports.js';
import type { Entry, Inventory, RemoteAdapter } from './remote-adapter.js';
import { holdsName } from './remote-name.js';
import { resolveCells } from './secrets.js';

/** How old what was read may be when it is written upon. No remote here has revisions: looking again is all there is. */
const FRESH_MS = 2_000;

/** One visit to one remote: what it holds, and what its links are to it. */
export class Round {
  #readAt = 0;
  #inventory: Inventory = { entries: new Map(), isComplete: false, warnings: [] };

  private constructor(
    readonly adapter: RemoteAdapter,
    readonly meter: Meter,
    readonly desk: Desk,
    private readonly ports: SyncPorts,
    readonly hasher: Hasher,
  ) {}

  /** @throws RemoteFailure or AppError where the remote cannot be asked */
  static async begin(desk: Desk, ports: SyncPorts, hasher: Hasher, meter: Meter): Promise<Round> {
    const round = new Round(await desk.open(meter), meter, desk, ports, hasher);
    await round.readAll();
    return round;
  }

  get inventory(): Inventory {
    return this.#inventory;
  }

  async readAll(): Promise<void> {
    const known = this.#links().flatMap(({ remoteEntryId }) => remoteEntryId ?? []);
    // From when it was asked: what happens while the answer is on its way is not in it.
    const askedAt = Date.now();
    this.#inventory = await this.adapter.inventory(known);
    this.#readAt = askedAt;
  }

  get isFresh(): boolean {
    // A clock that was set back meanwhile makes nothing fresh.
    return Math.abs(Date.now() - this.#readAt) < FRESH_MS;
  }

  /** Reads one entry again and remembers it. */
  async reread(id: string): Promise<Entry | undefined> {
    const entry = await this.adapter.read(id);
    if (entry) this.#inventory.entries.set(id, entry);
    else this.#inventory.entries.delete(id);
    return entry;
  }

  #links(): StoredLink[] {
    return this.ports.catalog.links().filter(({ remoteId }) => remoteId === this.desk.remote.id);
  }

  /**
   * @throws AppError not_found where the link or its server is gone; RemoteFailure where the remote is by now another
   * place than the one that was read
   */
  subject(linkId: string): Subject {
    const { catalog } = this.ports;
    const link = catalog.link(linkId);
    const server = link && catalog.server(link.serverId);
    const { remote } = this.desk;
    if (link && !isSamePlace(catalog.remote(remote.id), remote))
      throw new RemoteFailure(
        'remote_unreachable',
        `${remote.name} was edited while this was synced.`,
        'Jackfield goes on by itself, at the new address.',
        { transient: true },
      );
    if (link && server) return { link, server, remote };
    throw new AppError(
      'not_found',
      'This link, or the server it patches out, is gone.',
      'It may have been removed in another window.',
    );
  }

  tools(linkId: string): Tools {
    const others = this.#others();
    return {
      adapter: this.adapter,
      hasher: this.hasher,
      resolve: (cells, only) => resolveCells(cells, this.ports.resolve, only),
      others: { names: without(others.names, linkId), entryIds: without(others.entryIds, linkId) },
    };
  }

  // Asked once per link of a remote: kept until a link or a server changes, or 1,000 links would be looked at 1,000
  // times.
  #seen: readonly (readonly unknown[])[] = [];
  #made: { names: Map<string, string[]>; entryIds: Map<string, string[]> } | undefined;

  #others() {
    const { catalog } = this.ports;
    const all = [catalog.links(), catalog.servers()];
    if (!this.#made || all.some((list, index) => list !== this.#seen[index])) {
      this.#seen = all;
      this.#made = { names: new Map(), entryIds: new Map() };
      for (const link of this.#links()) {
        const { id, remoteName, remoteEntryId } = link;
        if (holdsName(link, catalog.server(link.serverId), this.adapter))
          push(this.#made.names, remoteName, id);
        if (remoteEntryId !== undefined) push(this.#made.entryIds, remoteEntryId, id);
      }
    }
    return this.#made;
  }
}

const push = (map: Map<string, string[]>, key: string, value: string): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};

/** The keys that somebody other than this link has. */
function without(map: Map<string, string[]>, linkId: string): { has(key: string): boolean } {
  return { has: (key) => map.get(key)?.some((id) => id !== linkId) ?? false };
}
