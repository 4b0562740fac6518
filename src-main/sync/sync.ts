import { randomUUID } from 'node:crypto';
import {
  AppError,
  type LinkTools,
  type Outcome,
  type Remote,
  type RemoteEntry,
  type RemoteTest,
  type ServerInput,
  type Step,
  type StoredLink,
  type ToolRefresh,
} from '../contract/index.js';
import type { CatalogChange } from '../catalog/catalog.js';
import { Hasher } from './cells.js';
import { Deliverer, type ApplyOptions } from './deliverer.js';
import { Desks } from './desks.js';
import { stateAfterEdit } from './drift.js';
import { insecure, isReadableByOthers } from './http/address.js';
import { LinkBook, withState } from './link-book.js';
import type { SyncPorts } from './ports.js';
import { isSamePlace } from './place.js';
import { problemOf } from './problem.js';
import { draftOf } from './pull.js';
import { stateBefore, waitingForSignIn, withoutWish } from './queued.js';
import type { Entry, RemoteAdapter } from './remote-adapter.js';
import { freeNameFor } from './remote-name.js';
import { Watch } from './watch.js';
import { stillThere } from './writer.js';

export type { SyncPorts } from './ports.js';
export type Progress = { done: number; total: number; linkId?: string };

/** Patches servers into remotes, and knows: what is called in sync was read back and compared. */
export class Sync {
  readonly #book: LinkBook;
  readonly #hasher: Hasher;
  readonly #desks: Desks;
  readonly #deliverer: Deliverer;
  readonly #watch: Watch;
  readonly #listeners = new Set<(progress: Progress) => void>();
  readonly #stopListening: () => void;
  readonly #places = new Map<string, Remote>();

  constructor(private readonly ports: SyncPorts) {
    const { catalog } = ports;
    this.#book = new LinkBook(catalog);
    this.#hasher = new Hasher(catalog.salt);
    this.#desks = new Desks(ports);
    this.#deliverer = new Deliverer(ports, this.#desks, this.#book, this.#hasher);
    this.#watch = new Watch({
      isOn: () => ports.settings().watchRemotes,
      remotes: () => [...new Set(catalog.links().map(({ remoteId }) => remoteId))],
      look: async (remoteId) =>
        void (await this.#deliverer.plan(this.#linksOf(remoteId).map(({ id }) => id))),
    });
    for (const { remoteId } of catalog.links()) this.#remember(catalog.remote(remoteId));
    this.#stopListening = catalog.onChanged((change) => void this.#follow(change));
  }

  /** Delivers what waits from before, and begins to watch. */
  resume(): void {
    // An end may have come between an edit and what it meant for links.
    const { catalog } = this.ports;
    const isSure = ({ state }: StoredLink): boolean => state === 'in_sync' || state === 'remote_ahead';
    void this.#mark(catalog.links().filter(isSure), (link) => this.#afterEdit(link));
    this.#deliverer.resume();
    this.#watch.begin();
  }

  /** After the computer slept: what waits for a remote is tried at once. */
  woke(): void {
    this.#deliverer.resume();
  }

  /** Whether somebody is looking: remotes are then asked every minute rather than every quarter of an hour. */
  setAttended(isAttended: boolean): void {
    this.#watch.setAttended(isAttended);
  }

  onProgress(listener: (progress: Progress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Cuts off what is under way; what it was for waits in the outbox for the next start. */
  async dispose(): Promise<void> {
    this.#stopListening();
    this.#watch.dispose();
    this.#deliverer.dispose();
    await this.#desks.close();
  }

  async test(remoteId: string): Promise<RemoteTest> {
    const desk = this.#desks.at(remoteId);
    const { baseUrl, allowInsecure } = desk.remote;
    desk.forget();
    try {
      const adapter = await desk.open({ requests: 0 });
      const { profile, version, problems } = await adapter.probe();
      const isOpen = isReadableByOthers(baseUrl) && !allowInsecure;
      return {
        ok: true,
        profile,
        ...(version !== undefined && { version }),
        problems: isOpen ? [...problems, insecure(baseUrl).toProblem()] : problems,
      };
    } catch (error) {
      return { ok: false, problems: [problemOf(error, this.ports.redact)] };
    }
  }

  /** @throws AppError where the remote cannot be asked */
  async entries(remoteId: string): Promise<RemoteEntry[]> {
    const { inventory } = await this.#deliverer.round(remoteId);
    const linked = new Map(this.#linksOf(remoteId).map((link) => [link.remoteEntryId, link.serverId]));
    return [...inventory.entries.values()].map(({ id, name, transportType, state, toolCount }) => {
      const linkedServerId = linked.get(id);
      return {
        remoteEntryId: id,
        name,
        transportType,
        ...(linkedServerId !== undefined && { linkedServerId }),
        ...(state !== undefined && { state }),
        ...(toolCount !== undefined && { toolCount }),
      };
    });
  }

  /** The server that adopting this entry would make; what looks like a secret comes as `newSecret`. */
  async draft(remoteId: string, remoteEntryId: string): Promise<ServerInput> {
    this.#assertNotLinked(remoteId, remoteEntryId);
    return draftOf(await this.#entry(remoteId, remoteEntryId));
  }

  /**
   * Makes the link and writes nothing on the remote. With an entry, the two are compared at once.
   * @throws AppError not_found, name_taken (linked already), or what keeps the remote from being asked
   */
  async link(serverId: string, remoteId: string, remoteEntryId?: string): Promise<StoredLink> {
    const server = this.ports.catalog.server(serverId);
    if (!server) throw notFound('server', serverId);
    const { remote } = this.#desks.at(remoteId);
    this.#remember(remote);
    if (remoteEntryId !== undefined) this.#assertNotLinked(remoteId, remoteEntryId);
    const taken = new Set(this.#linksOf(remoteId).map(({ remoteName }) => remoteName));
    const link: StoredLink = {
      id: randomUUID(),
      serverId,
      remoteId,
      ...(remoteEntryId === undefined
        ? { remoteName: freeNameFor(remote.kind, server.name, taken), state: 'local_ahead' }
        : { remoteName: (await this.#entry(remoteId, remoteEntryId)).name, state: 'unknown', remoteEntryId }),
    };
    await this.ports.catalog.edit((tx) => {
      if (tx.links().some((one) => one.serverId === serverId && one.remoteId === remoteId))
        throw linkedAlready(server.name, remote.name);
      tx.put('links', link);
    });
    if (remoteEntryId !== undefined) await this.plan([link.id]);
    return this.#book.must(link.id);
  }

  /** Chooses what the remote resolves by itself. Nothing is sent until the next apply. */
  async setReferences(linkId: string, references: Record<string, string>): Promise<StoredLink> {
    const { serverId, remoteId } = this.#book.must(linkId);
    const server = this.ports.catalog.server(serverId);
    const remote = this.ports.catalog.remote(remoteId);
    const next = await this.#book.change(linkId, ({ references: _old, ...rest }) => {
      const chosen = Object.keys(references).length > 0 ? { ...rest, references } : rest;
      if (!server || !remote) return chosen;
      return withState(chosen, stateAfterEdit(remote.kind, server, chosen, this.#hasher), rest.error);
    });
    return next ?? this.#book.must(linkId);
  }

  /**
   * Takes the cord out. With `deleteRemote` the entry is deleted first; where that fails the link stays.
   * @throws RemoteFailure
   */
  async unlink(linkId: string, deleteRemote: boolean): Promise<void> {
    const { remoteId, outbox, ...link } = this.#book.must(linkId);
    const remoteEntryId = link.remoteEntryId ?? outbox?.creating?.id;
    if (deleteRemote && remoteEntryId !== undefined)
      await this.#desks.inTurn(remoteId, async (desk) => {
        const adapter = await desk.open({ requests: 0 });
        await adapter.remove(remoteEntryId);
        if (await adapter.read(remoteEntryId)) throw stillThere(desk.remote.name);
      });
    await this.ports.catalog.edit((tx) => tx.remove('links', linkId));
    this.#deliverer.reschedule(remoteId);
  }

  /** Reads the remotes, writes nothing there. A remote that cannot be asked gives blocked steps that say why. */
  async plan(linkIds?: readonly string[]): Promise<Step[]> {
    return this.#deliverer.plan(this.#chosen(linkIds));
  }

  /** Writes, reads back, compares. Never throws for what a remote does: every link has an outcome. */
  async apply(options: ApplyOptions): Promise<Outcome[]> {
    const ids = this.#chosen(options.linkIds);
    let done = 0;
    return this.#deliverer.apply(ids, options, ({ linkId }) => {
      done += 1;
      this.#listeners.forEach((listener) => listener({ done, total: ids.length, linkId }));
    });
  }

  /** Delivers a waiting wish now, with what was chosen and agreed to when it was made. */
  async retry(linkId: string): Promise<Outcome> {
    const { resolve, consent = [] } = this.#book.must(linkId).outbox ?? {};
    const [outcome] = await this.apply({
      linkIds: [linkId],
      ...(resolve && { resolve: { [linkId]: resolve } }),
      consent,
    });
    if (!outcome) throw notFound('link', linkId);
    return outcome;
  }

  /** Takes a waiting wish back. The link shows what is known without the remote. */
  async cancel(linkId: string): Promise<StoredLink> {
    const link = this.#book.must(linkId);
    const server = this.ports.catalog.server(link.serverId);
    const remote = this.ports.catalog.remote(link.remoteId);
    const after = await this.#book.change(linkId, (now) => {
      if (now.state !== 'queued') return now;
      const still = withState(withoutWish(now), stateBefore(now));
      return server && remote
        ? withState(still, stateAfterEdit(remote.kind, server, still, this.#hasher))
        : still;
    });
    this.#deliverer.reschedule(link.remoteId);
    return after ?? link;
  }

  /** The tools the remote has of this entry, and what its MCP server says now. @throws RemoteFailure */
  async tools(linkId: string): Promise<LinkTools> {
    const { adapter, entry } = await this.#linkedEntry(linkId);
    return adapter.tools(entry);
  }

  /** Has the remote ask the MCP server for its tools again. @throws RemoteFailure */
  async refreshTools(linkId: string): Promise<ToolRefresh> {
    const { remoteId } = this.#book.must(linkId);
    return this.#desks.inTurn(remoteId, async () => {
      const { adapter, entry } = await this.#linkedEntry(linkId);
      return adapter.refreshTools(entry);
    });
  }

  /** Begins a new sign-in of the gateway at the server; its entry stays. @throws AppError unsupported, RemoteFailure */
  async signIn(linkId: string): Promise<StoredLink> {
    const { remoteId } = this.#book.must(linkId);
    const signIn = await this.#desks.inTurn(remoteId, async () => {
      const { adapter, entry } = await this.#linkedEntry(linkId);
      return adapter.reauthorize(entry);
    });
    const link = await this.#book.change(linkId, (now) => waitingForSignIn(now, signIn));
    this.#deliverer.reschedule(remoteId);
    return link ?? this.#book.must(linkId);
  }

  async #linkedEntry(linkId: string): Promise<{ adapter: RemoteAdapter; entry: Entry }> {
    const { remoteId, remoteEntryId } = this.#book.must(linkId);
    if (remoteEntryId === undefined)
      throw new AppError('invalid', 'This link has no entry on its remote yet.', 'Sync it first.');
    const adapter = await this.#desks.at(remoteId).open({ requests: 0 });
    return { adapter, entry: await this.#entry(remoteId, remoteEntryId) };
  }

  /** An edited server is ahead of its remotes at once, without asking any; an edited remote is met afresh. */
  async #follow({ servers = [], remotes = [], removed }: CatalogChange): Promise<void> {
    const moved = new Set(remotes.filter((remote) => this.#hasMoved(remote)).map(({ id }) => id));
    for (const id of removed?.remotes ?? []) this.#desks.drop(id);
    const edited = new Set(servers.map(({ id }) => id));
    if (edited.size === 0 && moved.size === 0) return;
    await this.#mark(this.ports.catalog.links(), (link) => {
      if (moved.has(link.remoteId) && !link.outbox) return withState(link, 'unknown');
      return edited.has(link.serverId) ? this.#afterEdit(link) : link;
    });
  }

  #afterEdit(link: StoredLink): StoredLink {
    const server = this.ports.catalog.server(link.serverId);
    const remote = this.ports.catalog.remote(link.remoteId);
    if (!server || !remote) return link;
    const state = stateAfterEdit(remote.kind, server, link, this.#hasher);
    return state === link.state ? link : withState(link, state);
  }

  async #mark(links: readonly StoredLink[], after: (link: StoredLink) => StoredLink): Promise<void> {
    // The folder may just be closing; then the next start tells.
    await this.#book.changeAll(links.map((seen) => ({ seen, next: after(seen) }))).catch(() => undefined);
  }

  #remember(remote: Remote | undefined): void {
    if (remote) this.#places.set(remote.id, remote);
  }

  /** Whether the remote now is another place: then nothing is known of what stands there. */
  #hasMoved(remote: Remote): boolean {
    const old = this.#places.get(remote.id);
    this.#remember(remote);
    return old !== undefined && !isSamePlace(old, remote);
  }

  async #entry(remoteId: string, remoteEntryId: string): Promise<Entry> {
    const desk = this.#desks.at(remoteId);
    const adapter = await desk.open({ requests: 0 });
    const entry = await adapter.read(remoteEntryId);
    if (entry) return entry;
    throw new AppError(
      'not_found',
      `"${desk.remote.name}" has no entry with the id "${remoteEntryId}".`,
      'It may have been deleted there. Load its entries again.',
    );
  }

  #assertNotLinked(remoteId: string, remoteEntryId: string): void {
    const link = this.#linksOf(remoteId).find((one) => one.remoteEntryId === remoteEntryId);
    if (!link) return;
    const name = this.ports.catalog.server(link.serverId)?.name ?? link.remoteName;
    throw new AppError(
      'name_taken',
      `This entry is linked to "${name}" already.`,
      'One entry belongs to one server: remove that link first.',
    );
  }

  #linksOf(remoteId: string): StoredLink[] {
    return this.ports.catalog.links().filter((link) => link.remoteId === remoteId);
  }

  #chosen(linkIds: readonly string[] | undefined): string[] {
    if (!linkIds) return this.ports.catalog.links().map(({ id }) => id);
    const ids = [...new Set(linkIds)];
    ids.forEach((id) => this.#book.must(id));
    return ids;
  }
}

function notFound(word: string, id: string): AppError {
  return new AppError(
    'not_found',
    `There is no ${word} with the id "${id}".`,
    'It may have been removed in another window.',
  );
}

function linkedAlready(server: string, remote: string): AppError {
  return new AppError(
    'name_taken',
    `"${server}" is patched into "${remote}" already.`,
    'Use the link that is there, or remove it first.',
  );
}
