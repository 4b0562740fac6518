import { SvelteMap } from 'svelte/reactivity';
import type {
  Link,
  Notifications,
  Remote,
  Server,
  Settings,
  Snapshot,
} from '../../src-main/contract/index.js';
import { LinkBook } from './link-book.js';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const byName = (a: { name: string }, b: { name: string }): number => collator.compare(a.name, b.name);

const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  language: 'system',
  secretStorage: 'keychain',
  startAtLogin: false,
  keepRunning: false,
  logLimitMb: 10,
  proxy: '',
  caFile: '',
  roots: [],
  fastLaunch: true,
  compileCache: true,
  watchRemotes: true,
  tellOfDrift: true,
  updateChannel: 'stable',
  checkForUpdates: false,
  savedCalls: {},
  patchBay: { groupBy: 'none', hidden: [], shown: [], views: [] },
};

/** `serverId` and `remoteId` as one key; neither may hold a space (contract: ids). */
const cell = (serverId: string, remoteId: string): string => `${serverId} ${remoteId}`;

/**
 * What the person owns, as the host last told it. Only the host changes it: an edit is a call of `rpc`, and comes back
 * here as `catalog.changed`. Maps are reactive by key: a row that shows one server is redrawn for that server alone.
 */
class Catalog {
  readonly #servers = new SvelteMap<string, Server>();
  readonly #remotes = new SvelteMap<string, Remote>();
  readonly #cells = new SvelteMap<string, Link>();
  readonly #links = new LinkBook();
  /** What reads the book of links hears of its changes by this. */
  #linkVersion = $state.raw(0);
  settings = $state.raw<Settings>(DEFAULT_SETTINGS);
  /** Session secrets that were lost when the host ended; their owners ask for them again. */
  lostSecrets = $state.raw<ReadonlySet<string>>(new Set());
  /** By name, numbers within names in their order. */
  servers = $state.raw<Server[]>([]);

  readonly remotes: Remote[] = $derived([...this.#remotes.values()].sort(byName));
  readonly tags: string[] = $derived(
    [...new Set(this.servers.flatMap((server) => server.tags))].sort(collator.compare),
  );

  readonly links: readonly Link[] = $derived(this.#book.all());
  /** How many links are in each state; states without one are left out. */
  readonly linkStates: ReadonlyMap<Link['state'], number> = $derived(this.#book.states());

  get #book(): LinkBook {
    void this.#linkVersion;
    return this.#links;
  }

  server(id: string): Server | undefined {
    return this.#servers.get(id);
  }

  remote(id: string): Remote | undefined {
    return this.#remotes.get(id);
  }

  link(id: string): Link | undefined {
    return this.#book.get(id);
  }

  linkAt(serverId: string, remoteId: string): Link | undefined {
    return this.#cells.get(cell(serverId, remoteId));
  }

  linksOfServer(serverId: string): Link[] {
    return this.#book.ofServer(serverId);
  }

  linksOfRemote(remoteId: string): Link[] {
    return this.links.filter((link) => link.remoteId === remoteId);
  }

  load(snapshot: Snapshot): void {
    this.clear();
    this.change({ servers: snapshot.servers, remotes: snapshot.remotes, links: snapshot.links });
    this.settings = snapshot.settings;
    this.lostSecrets = new Set(snapshot.lostSecrets);
  }

  change(change: Notifications['catalog.changed']): void {
    this.#changeServers(change.servers ?? [], change.removed?.servers ?? []);
    for (const remote of change.remotes ?? []) this.#remotes.set(remote.id, remote);
    for (const id of change.removed?.remotes ?? []) this.#remotes.delete(id);
    this.#changeLinks(change.links ?? [], change.removed?.links ?? []);
    if (change.settings) this.settings = change.settings;
  }

  clear(): void {
    for (const map of [this.#servers, this.#remotes, this.#cells]) map.clear();
    this.#links.clear();
    this.#linkVersion += 1;
    this.servers = [];
    this.settings = DEFAULT_SETTINGS;
    this.lostSecrets = new Set();
  }

  #changeServers(changed: readonly Server[], removed: readonly string[]): void {
    if (changed.length === 0 && removed.length === 0) return;
    for (const server of changed) this.#servers.set(server.id, server);
    for (const id of removed) this.#servers.delete(id);
    const moved = new Set([...changed.map((server) => server.id), ...removed]);
    const rest = this.servers.filter((server) => !moved.has(server.id));
    const present = changed.filter((server) => this.#servers.get(server.id) === server);
    this.servers = present.length > FEW ? [...rest, ...present].sort(byName) : withInserted(rest, present);
  }

  #changeLinks(changed: readonly Link[], removed: readonly string[]): void {
    if (changed.length === 0 && removed.length === 0) return;
    const { gone, put } = this.#links.change(changed, removed);
    this.#linkVersion += 1;
    const kept = new Set(put.map((link) => cell(link.serverId, link.remoteId)));
    for (const link of put) this.#cells.set(cell(link.serverId, link.remoteId), link);
    // A cell that comes and goes wakes every empty one, so only those that are empty from now on are taken out.
    for (const link of gone) {
      const key = cell(link.serverId, link.remoteId);
      if (!kept.has(key)) this.#cells.delete(key);
    }
  }
}

/** So many changes at once are cheaper to sort in than to put in their places one by one. */
const FEW = 20;

/** Sorting ten thousand names takes longer than a frame; one that was edited is only put in its place. */
function withInserted(sorted: readonly Server[], servers: readonly Server[]): Server[] {
  const all = [...sorted];
  for (const server of servers) {
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byName(all[middle] as Server, server) <= 0) low = middle + 1;
      else high = middle;
    }
    all.splice(low, 0, server);
  }
  return all;
}

export const catalog = new Catalog();
