import { SvelteMap } from 'svelte/reactivity';
import type {
  Link,
  Notifications,
  Remote,
  Server,
  Settings,
  Snapshot,
} from '../../src-main/contract/index.js';

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
  updateChannel: 'stable',
  checkForUpdates: false,
  savedCalls: {},
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
  readonly #links = new SvelteMap<string, Link>();
  readonly #cells = new SvelteMap<string, Link>();
  settings = $state.raw<Settings>(DEFAULT_SETTINGS);
  /** Session secrets that were lost when the host ended; their owners ask for them again. */
  lostSecrets = $state.raw<ReadonlySet<string>>(new Set());

  /** By name, numbers within names in their order. */
  readonly servers: Server[] = $derived([...this.#servers.values()].sort(byName));
  readonly remotes: Remote[] = $derived([...this.#remotes.values()].sort(byName));
  readonly links: Link[] = $derived([...this.#links.values()]);
  readonly tags: string[] = $derived(
    [...new Set(this.servers.flatMap((server) => server.tags))].sort(collator.compare),
  );

  server(id: string): Server | undefined {
    return this.#servers.get(id);
  }

  remote(id: string): Remote | undefined {
    return this.#remotes.get(id);
  }

  link(id: string): Link | undefined {
    return this.#links.get(id);
  }

  linkAt(serverId: string, remoteId: string): Link | undefined {
    return this.#cells.get(cell(serverId, remoteId));
  }

  linksOfServer(serverId: string): Link[] {
    return this.links.filter((link) => link.serverId === serverId);
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
    for (const server of change.servers ?? []) this.#servers.set(server.id, server);
    for (const remote of change.remotes ?? []) this.#remotes.set(remote.id, remote);
    for (const link of change.links ?? []) this.#putLink(link);
    if (change.settings) this.settings = change.settings;
    for (const id of change.removed?.servers ?? []) this.#servers.delete(id);
    for (const id of change.removed?.remotes ?? []) this.#remotes.delete(id);
    for (const id of change.removed?.links ?? []) this.#dropLink(id);
  }

  clear(): void {
    for (const map of [this.#servers, this.#remotes, this.#links, this.#cells]) map.clear();
    this.settings = DEFAULT_SETTINGS;
    this.lostSecrets = new Set();
  }

  #putLink(link: Link): void {
    this.#dropLink(link.id);
    this.#links.set(link.id, link);
    this.#cells.set(cell(link.serverId, link.remoteId), link);
  }

  #dropLink(id: string): void {
    const old = this.#links.get(id);
    if (!old) return;
    this.#links.delete(id);
    this.#cells.delete(cell(old.serverId, old.remoteId));
  }
}

export const catalog = new Catalog();
