import { randomUUID } from 'node:crypto';
import {
  AppError,
  type Consent,
  type Outcome,
  type Remote,
  type RemoteEntry,
  type RemoteTest,
  type ServerInput,
  type Step,
  type StoredLink,
} from '../contract/index.js';
import type { CatalogChange } from '../catalog/catalog.js';
import { Hasher } from './cells.js';
import { Desk } from './desk.js';
import { stateAfterEdit } from './drift.js';
import { insecure, isReadableByOthers } from './http/address.js';
import { Connections } from './http/dispatcher.js';
import { RemoteFailure } from './http/failure.js';
import { LinkBook, withState } from './link-book.js';
import { Outbox } from './outbox.js';
import { Patcher, type Wish } from './patcher.js';
import { blockedStep, planOne, type Planned } from './planner.js';
import type { SyncPorts } from './ports.js';
import { problemOf } from './problem.js';
import { draftOf } from './pull.js';
import { queued, withoutWish } from './queued.js';
import { freeNameFor } from './remote-name.js';
import type { Entry, RemoteAdapter } from './remote-adapter.js';
import { Round } from './round.js';
import { Watch } from './watch.js';

export type { SyncPorts } from './ports.js';

export type Progress = { done: number; total: number; linkId?: string };
type ApplyOptions = {
  linkIds?: readonly string[];
  resolve?: Record<string, 'local' | 'remote'>;
  consent?: readonly Consent[];
};

/** Patches servers into remotes, and knows: what is called in sync was read back and compared. */
export class Sync {
  readonly #book: LinkBook;
  readonly #hasher: Hasher;
  readonly #connections: Connections;
  readonly #outbox: Outbox;
  readonly #watch: Watch;
  readonly #desks = new Map<string, Desk>();
  readonly #listeners = new Set<(progress: Progress) => void>();
  #stopListening: () => void;

  constructor(private readonly ports: SyncPorts) {
    this.#book = new LinkBook(ports.catalog);
    this.#hasher = new Hasher(ports.catalog.salt);
    this.#connections = new Connections(ports.settings);
    this.#outbox = new Outbox(
      () => ports.catalog.links().filter(({ outbox, state }) => outbox !== undefined && state === 'queued'),
      (remoteId, linkIds) => this.#deliver(remoteId, linkIds),
    );
    this.#watch = new Watch({
      isOn: () => ports.settings().watchRemotes,
      remotes: () => [...new Set(ports.catalog.links().map(({ remoteId }) => remoteId))],
      look: (remoteId) => this.#look(remoteId),
    });
    this.#stopListening = ports.catalog.onChanged((change) => void this.#follow(change));
  }

  /** Delivers what waits from before, and begins to watch. */
  resume(): void {
    this.#outbox.resume();
    this.#watch.begin();
  }

  /** Whether somebody is looking: remotes are then asked every minute rather than every quarter of an hour. */
  setAttended(isAttended: boolean): void {
    this.#watch.setAttended(isAttended);
  }

  onProgress(listener: (progress: Progress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async dispose(): Promise<void> {
    this.#stopListening();
    this.#watch.dispose();
    this.#outbox.dispose();
    await this.#connections.close();
  }

  async test(remoteId: string): Promise<RemoteTest> {
    const { desk } = this.#at(remoteId);
    const { baseUrl, allowInsecure } = desk.remote;
    desk.forget();
    try {
      const adapter = await desk.open({ requests: 0 });
      const { profile, version, problems } = await adapter.probe();
      const warned =
        isReadableByOthers(baseUrl) && !allowInsecure
          ? [...problems, insecure(baseUrl).toProblem()]
          : problems;
      return { ok: true, profile, ...(version !== undefined && { version }), problems: warned };
    } catch (error) {
      return { ok: false, problems: [problemOf(error, this.ports.redact)] };
    }
  }

  /** @throws AppError where the remote cannot be asked */
  async entries(remoteId: string): Promise<RemoteEntry[]> {
    const round = await this.#round(remoteId);
    const linked = new Map(
      this.#linksOf(remoteId).flatMap(({ remoteEntryId, serverId }) =>
        remoteEntryId === undefined ? [] : [[remoteEntryId, serverId] as const],
      ),
    );
    return [...round.inventory.entries.values()].map((entry) => {
      const linkedServerId = linked.get(entry.id);
      return {
        remoteEntryId: entry.id,
        name: entry.name,
        transportType: entry.transportType,
        ...(linkedServerId !== undefined && { linkedServerId }),
        ...(entry.state !== undefined && { state: entry.state }),
        ...(entry.toolCount !== undefined && { toolCount: entry.toolCount }),
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
    const { catalog } = this.ports;
    const server = catalog.server(serverId);
    if (!server) throw notFound('server', serverId);
    const { remote } = this.#at(remoteId).desk;
    if (remoteEntryId !== undefined) this.#assertNotLinked(remoteId, remoteEntryId);
    const name =
      remoteEntryId === undefined
        ? this.#freeName(remote, server.name)
        : (await this.#entry(remoteId, remoteEntryId)).name;
    const link = await catalog.edit((tx) => {
      const same = tx.links().find((one) => one.serverId === serverId && one.remoteId === remoteId);
      if (same)
        throw new AppError(
          'name_taken',
          `"${server.name}" is patched into "${remote.name}" already.`,
          'Use the link that is there, or remove it first.',
        );
      const made: StoredLink = {
        id: randomUUID(),
        serverId,
        remoteId,
        remoteName: name,
        state: remoteEntryId === undefined ? 'local_ahead' : 'unknown',
        ...(remoteEntryId !== undefined && { remoteEntryId }),
      };
      tx.put('links', made);
      return made;
    });
    if (remoteEntryId !== undefined) await this.plan([link.id]);
    return this.#book.must(link.id);
  }

  /**
   * Takes the cord out. With `deleteRemote` the entry is deleted first; where that fails the link stays.
   * @throws RemoteFailure
   */
  async unlink(linkId: string, deleteRemote: boolean): Promise<void> {
    const { remoteId, remoteEntryId } = this.#book.must(linkId);
    if (deleteRemote && remoteEntryId !== undefined) {
      const { desk } = this.#at(remoteId);
      await desk.inTurn(async () => {
        const adapter = await desk.open({ requests: 0 });
        await adapter.remove(remoteEntryId);
        if (await adapter.read(remoteEntryId)) throw stillThere(desk.remote);
      });
    }
    await this.ports.catalog.edit((tx) => tx.remove('links', linkId));
  }

  /** Reads the remotes, writes nothing there. A remote that cannot be asked gives blocked steps that say why. */
  async plan(linkIds?: readonly string[]): Promise<Step[]> {
    const ids = this.#chosen(linkIds);
    const planned = new Map<string, Planned>();
    await Promise.all(
      this.#byRemote(ids).map(async ([remoteId, group]) => {
        for (const [id, plan] of await this.#planRemote(remoteId, group)) planned.set(id, plan);
      }),
    );
    return ids.flatMap((id) => planned.get(id)?.step ?? []);
  }

  async #planRemote(remoteId: string, ids: string[]): Promise<Map<string, Planned>> {
    const planned = new Map<string, Planned>();
    let round: Round;
    try {
      round = await this.#round(remoteId);
    } catch (error) {
      for (const id of ids) planned.set(id, { step: blockedStep(id, error, this.ports.redact) });
      return planned;
    }
    for (const id of ids) planned.set(id, await planOne(round, id, this.ports.redact));
    await this.#book.changeAll([...planned.values()].flatMap(({ change }) => change ?? []));
    return planned;
  }

  /** Writes, reads back, compares. Never throws for what a remote does: every link has an outcome. */
  async apply({ linkIds, resolve = {}, consent = [] }: ApplyOptions): Promise<Outcome[]> {
    const ids = this.#chosen(linkIds);
    const outcomes = new Map<string, Outcome>();
    const tell = (outcome: Outcome): void => {
      outcomes.set(outcome.linkId, outcome);
      this.#tell({ done: outcomes.size, total: ids.length, linkId: outcome.linkId });
    };
    const wish = (id: string): Wish => ({ resolve: resolve[id], consent });
    await Promise.all(
      this.#byRemote(ids).map(([remoteId, group]) => this.#applyRemote(remoteId, group, wish, tell)),
    );
    return ids.flatMap((id) => outcomes.get(id) ?? []);
  }

  async #applyRemote(
    remoteId: string,
    ids: readonly string[],
    wish: (id: string) => Wish,
    tell: (outcome: Outcome) => void,
  ): Promise<void> {
    const { desk } = this.#at(remoteId);
    await desk.inTurn(async () => {
      const meter = { requests: 0 };
      let round: Round;
      try {
        round = await Round.begin(desk, this.ports, this.#hasher, meter);
      } catch (error) {
        await this.#failAll(remoteId, ids, wish, error, meter.requests, tell);
        return;
      }
      const patcher = new Patcher(round, this.#book, this.ports);
      // What was asked for all of them is counted for the first.
      let counted = 0;
      for (const id of ids) {
        const result = await patcher.patch(id, wish(id));
        tell({ linkId: id, ...result, requests: meter.requests - counted });
        counted = meter.requests;
      }
      if (patcher.retryAfterMs !== undefined) this.#outbox.leaveInPeace(remoteId, patcher.retryAfterMs);
    });
    this.#outbox.schedule(remoteId);
  }

  /** The remote could not be asked at all: away, what is wished for waits; refused, it has failed. */
  async #failAll(
    remoteId: string,
    ids: readonly string[],
    wish: (id: string) => Wish,
    error: unknown,
    requests: number,
    tell: (outcome: Outcome) => void,
  ): Promise<void> {
    const problem = problemOf(error, this.ports.redact);
    const isAway = error instanceof RemoteFailure && error.transient;
    if (isAway && error.retryAfterMs !== undefined) this.#outbox.leaveInPeace(remoteId, error.retryAfterMs);
    const seen = ids.flatMap((id) => this.ports.catalog.link(id) ?? []);
    await this.#book.changeAll(
      seen.map((link) => ({
        seen: link,
        next: isAway
          ? queued(link, wish(link.id), problem, error.retryAfterMs)
          : withState(link, 'failed', problem),
      })),
    );
    for (const [index, linkId] of ids.entries())
      tell({
        linkId,
        status: isAway ? 'queued' : 'failed',
        verified: false,
        requests: index === 0 ? requests : 0,
        error: problem,
      });
  }

  /** Takes a waiting wish back. The link shows what is known without the remote. */
  async cancel(linkId: string): Promise<StoredLink> {
    const link = this.#book.must(linkId);
    const server = this.ports.catalog.server(link.serverId);
    const remote = this.ports.catalog.remote(link.remoteId);
    const after = await this.#book.change(linkId, (now) => {
      if (now.state !== 'queued') return now;
      const still = withState(withoutWish(now), now.base ? 'in_sync' : 'local_ahead');
      return server && remote ? withState(still, stateAfterEdit(remote.kind, server, still, this.#hasher)) : still;
    });
    this.#outbox.schedule(link.remoteId);
    return after ?? link;
  }

  async #deliver(remoteId: string, linkIds: string[]): Promise<void> {
    const wish = (id: string): Wish => {
      const { resolve, consent = [] } = this.ports.catalog.link(id)?.outbox ?? {};
      return { resolve, consent };
    };
    if (this.ports.catalog.remote(remoteId))
      await this.#applyRemote(remoteId, linkIds, wish, () => undefined);
  }

  async #look(remoteId: string): Promise<void> {
    await this.#planRemote(
      remoteId,
      this.#linksOf(remoteId).map(({ id }) => id),
    );
  }

  /** An edited server is ahead of its remotes at once, without asking any; an edited remote is met afresh. */
  async #follow({ servers = [], remotes = [], removed }: CatalogChange): Promise<void> {
    const { catalog } = this.ports;
    for (const remote of remotes) await this.#meetAfresh(remote);
    for (const id of removed?.remotes ?? []) this.#desks.delete(id);
    const edited = new Map(servers.map((server) => [server.id, server]));
    if (edited.size === 0) return;
    const changes = catalog.links().flatMap((link) => {
      const server = edited.get(link.serverId);
      const remote = catalog.remote(link.remoteId);
      if (!server || !remote) return [];
      const state = stateAfterEdit(remote.kind, server, link, this.#hasher);
      return state === link.state ? [] : [{ seen: link, next: withState(link, state) }];
    });
    // The folder may just be closing; then the next plan tells.
    await this.#book.changeAll(changes).catch(() => undefined);
  }

  async #meetAfresh(remote: Remote): Promise<void> {
    const old = this.#desks.get(remote.id);
    this.#desks.delete(remote.id);
    if (!old || old.remote.baseUrl === remote.baseUrl) return;
    const links = this.#linksOf(remote.id).filter(({ outbox }) => !outbox);
    await this.#book
      .changeAll(links.map((seen) => ({ seen, next: withState(seen, 'unknown') })))
      .catch(() => undefined);
  }

  #at(remoteId: string): { desk: Desk } {
    const remote = this.ports.catalog.remote(remoteId);
    if (!remote) throw notFound('remote', remoteId);
    const known = this.#desks.get(remoteId);
    if (known?.remote === remote) return { desk: known };
    const desk = new Desk(remote, this.ports, this.#connections);
    this.#desks.set(remoteId, desk);
    return { desk };
  }

  #round(remoteId: string): Promise<Round> {
    return Round.begin(this.#at(remoteId).desk, this.ports, this.#hasher, { requests: 0 });
  }

  async #entry(remoteId: string, remoteEntryId: string): Promise<Entry> {
    const { desk } = this.#at(remoteId);
    const adapter: RemoteAdapter = await desk.open({ requests: 0 });
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

  /** The name it will most likely get; looked at again before it is created. */
  #freeName(remote: Remote, wanted: string): string {
    const taken = new Set(this.#linksOf(remote.id).map(({ remoteName }) => remoteName));
    return freeNameFor(remote.kind, wanted, taken);
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

  #byRemote(ids: readonly string[]): [string, string[]][] {
    const groups = new Map<string, string[]>();
    for (const id of ids) {
      const { remoteId } = this.#book.must(id);
      groups.set(remoteId, [...(groups.get(remoteId) ?? []), id]);
    }
    return [...groups];
  }

  #tell(progress: Progress): void {
    this.#listeners.forEach((listener) => listener(progress));
  }
}

function notFound(word: string, id: string): AppError {
  return new AppError(
    'not_found',
    `There is no ${word} with the id "${id}".`,
    'It may have been removed in another window.',
  );
}

function stillThere({ name }: Remote): RemoteFailure {
  return new RemoteFailure(
    'remote_rejected',
    `"${name}" answered that it deleted the entry, and still lists it.`,
    'Delete it there, then remove the link here.',
  );
}
