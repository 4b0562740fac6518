import { setImmediate as breathe } from 'node:timers/promises';
import type { Consent, Outcome, Step, StoredLink } from '../contract/index.js';
import type { Hasher } from './cells.js';
import type { Desks } from './desks.js';
import { RemoteFailure } from './http/failure.js';
import { withState, type LinkBook } from './link-book.js';
import { Outbox } from './outbox.js';
import { Patcher, type Wish } from './patcher.js';
import { blockedStep, planOne, type Planned } from './planner.js';
import type { SyncPorts } from './ports.js';
import { problemOf } from './problem.js';
import { queued } from './queued.js';
import { Round } from './round.js';

export type ApplyOptions = {
  linkIds?: readonly string[];
  resolve?: Record<string, 'local' | 'remote'>;
  consent?: readonly Consent[];
};

type Tell = (outcome: Outcome) => void;

/** How often a plan is made again for links that change while it is made. */
const LOOKS = 3;

/** How long links are compared without a pause: answers of other remotes, and everybody else, wait for as long. */
const BREATH_MS = 2;

/** Whether an apply has settled between two states of a link; an edit of its server changes nothing of these. */
function isSyncedSince(before: StoredLink | undefined, now: StoredLink | undefined): boolean {
  if (!before || !now || before === now) return false;
  const facts = ({ remoteEntryId, lastSyncedAt, base }: StoredLink): string =>
    JSON.stringify([remoteEntryId, lastSyncedAt, base]);
  return facts(before) !== facts(now);
}

/** Plans and applies, remote by remote: side by side between remotes, one after the other within each. */
export class Deliverer {
  readonly #outbox: Outbox;

  constructor(
    private readonly ports: SyncPorts,
    private readonly desks: Desks,
    private readonly book: LinkBook,
    private readonly hasher: Hasher,
  ) {
    const waits = ({ outbox, state }: StoredLink): boolean => outbox !== undefined && state === 'queued';
    this.#outbox = new Outbox(
      () => ports.catalog.links().filter(waits),
      (remoteId, linkIds) => this.#deliver(remoteId, linkIds),
    );
  }

  /** Delivers what waits from before. */
  resume(): void {
    this.#outbox.resume();
  }

  /** What waits for this remote has changed. */
  reschedule(remoteId: string): void {
    this.#outbox.schedule(remoteId);
  }

  dispose(): void {
    this.#outbox.dispose();
  }

  async plan(ids: readonly string[]): Promise<Step[]> {
    const planned = new Map<string, Planned>();
    await Promise.all(
      this.#byRemote(ids).map(async ([remoteId, group]) => {
        for (const [id, plan] of await this.#planRemote(remoteId, group)) planned.set(id, plan);
      }),
    );
    return ids.flatMap((id) => planned.get(id)?.step ?? []);
  }

  async #planRemote(remoteId: string, ids: string[]): Promise<Map<string, Planned>> {
    const { catalog, redact } = this.ports;
    const planned = new Map<string, Planned>();
    let open = ids;
    for (let look = 0; open.length > 0 && look < LOOKS; look += 1) {
      const before = new Map(open.map((id) => [id, catalog.link(id)]));
      let round: Round;
      try {
        round = await this.round(remoteId);
      } catch (error) {
        for (const id of open) planned.set(id, { step: blockedStep(id, error, redact) });
        return planned;
      }
      const stale: string[] = [];
      let since = performance.now();
      for (const id of open) {
        if (performance.now() - since > BREATH_MS) {
          await breathe();
          since = performance.now();
        }
        const plan = await planOne(round, id, redact);
        planned.set(id, plan);
        if (!isSyncedSince(before.get(id), plan.change?.seen)) continue;
        // What an apply has written since is not in what was read.
        delete plan.change;
        stale.push(id);
      }
      // An edit that was made in the meantime has marked its links: they are compared with it anew.
      const late = await this.book.changeAll(open.flatMap((id) => planned.get(id)?.change ?? []));
      open = [...stale, ...late];
    }
    return planned;
  }

  /** @throws RemoteFailure or AppError where the remote cannot be asked */
  round(remoteId: string): Promise<Round> {
    return Round.begin(this.desks.at(remoteId), this.ports, this.hasher, { requests: 0 });
  }

  async apply(
    ids: readonly string[],
    { resolve = {}, consent = [] }: ApplyOptions,
    onOutcome: Tell,
  ): Promise<Outcome[]> {
    const outcomes = new Map<string, Outcome>();
    const tell: Tell = (outcome) => {
      outcomes.set(outcome.linkId, outcome);
      onOutcome(outcome);
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
    tell: Tell,
  ): Promise<void> {
    await this.desks.inTurn(remoteId, async (desk) => {
      const meter = { requests: 0 };
      let round: Round;
      try {
        round = await Round.begin(desk, this.ports, this.hasher, meter);
      } catch (error) {
        await this.#failAll(remoteId, ids, wish, error, meter.requests, tell);
        return;
      }
      const patcher = new Patcher(round, this.book, this.ports);
      // What was asked for all of them is counted for the first.
      let counted = 0;
      for (const id of ids) {
        const result = await patcher.patch(id, wish(id));
        tell({ linkId: id, ...result, requests: meter.requests - counted });
        counted = meter.requests;
      }
      this.#leaveInPeace(remoteId, patcher.retryAfterMs);
    });
    this.#outbox.schedule(remoteId);
  }

  #leaveInPeace(remoteId: string, ms: number | undefined): void {
    if (ms !== undefined) this.#outbox.leaveInPeace(remoteId, ms);
  }

  /** The remote could not be asked at all: away, what is wished for waits; refused, it has failed. */
  async #failAll(
    remoteId: string,
    ids: readonly string[],
    wish: (id: string) => Wish,
    error: unknown,
    requests: number,
    tell: Tell,
  ): Promise<void> {
    const problem = problemOf(error, this.ports.redact);
    const isAway = error instanceof RemoteFailure && error.transient;
    if (isAway) this.#leaveInPeace(remoteId, error.retryAfterMs);
    await this.book.changeEach(ids, (link) =>
      isAway ? queued(link, wish(link.id), problem, error.retryAfterMs) : withState(link, 'failed', problem),
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

  async #deliver(remoteId: string, linkIds: string[]): Promise<void> {
    const wish = (id: string): Wish => {
      const { resolve, consent = [] } = this.ports.catalog.link(id)?.outbox ?? {};
      return { resolve, consent };
    };
    if (this.ports.catalog.remote(remoteId))
      await this.#applyRemote(remoteId, linkIds, wish, () => undefined);
  }

  #byRemote(ids: readonly string[]): [string, string[]][] {
    const groups = new Map<string, string[]>();
    for (const id of ids) {
      const { remoteId } = this.book.must(id);
      const group = groups.get(remoteId);
      if (group) group.push(id);
      else groups.set(remoteId, [id]);
    }
    return [...groups];
  }
}
