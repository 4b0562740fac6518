import type { Consent, Link, Outcome, Step } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { Action } from './action.svelte.js';
import { catalog } from './catalog.svelte.js';
import { edits } from './edits.svelte.js';
import { remoteHealth } from './remote-health.svelte.js';
import { toasts } from './toasts.svelte.js';

export type Side = 'local' | 'remote';

/**
 * The panel that shows what syncing would do, and does it: for one jack, a row, a column, or everything. Patching a
 * server anew makes its link first, because only a link can be planned; closing the panel unpatched takes it back.
 */
class SyncPanel {
  title = $state('');
  linkIds = $state.raw<string[]>([]);
  open = $state(false);
  steps = $state.raw<Step[]>([]);
  outcomes = $state.raw<ReadonlyMap<string, Outcome>>(new Map());
  consent = $state.raw<ReadonlySet<Consent>>(new Set());
  resolve = $state.raw<Readonly<Record<string, Side>>>({});
  /** Links whose cells show that something is under way. */
  busy = $state.raw<ReadonlySet<string>>(new Set());
  #fresh = $state.raw<readonly string[]>([]);

  readonly planning = new Action((linkIds: string[]) => this.#plan(linkIds));
  readonly applying = new Action(() => this.#apply(this.runnable));
  /** Notes the wish down for remotes that do not answer. */
  readonly queueing = new Action(() => this.#apply(this.outOfReach));

  readonly fresh: ReadonlySet<string> = $derived(new Set(this.#fresh));
  /** What the person must agree to before anything is written. */
  readonly needed: Consent[] = $derived([
    ...new Set(this.steps.flatMap((step) => step.requiresConsent ?? [])),
  ]);
  readonly conflicts: Step[] = $derived(this.steps.filter((step) => step.action === 'conflict'));
  readonly work: Step[] = $derived(
    this.steps.filter(
      (step) =>
        step.action !== 'none' &&
        (step.action !== 'blocked' || step.overridable) &&
        !this.outcomes.has(step.linkId),
    ),
  );
  /** What would be written now: a conflict, and what cannot go whole, wait until the person has chosen. */
  readonly runnable: Step[] = $derived(
    this.work.filter(
      ({ action, linkId }) => (action !== 'conflict' && action !== 'blocked') || this.resolve[linkId],
    ),
  );
  /** Blocked because nobody could be asked: the wish can still be noted down, and is carried out later. */
  readonly outOfReach: Step[] = $derived(
    this.steps.filter(
      (step) =>
        step.action === 'blocked' &&
        step.changes.length === 0 &&
        step.losses.length === 0 &&
        !this.outcomes.has(step.linkId) &&
        catalog.link(step.linkId)?.state !== 'queued',
    ),
  );
  readonly ready: boolean = $derived(
    this.runnable.length > 0 && this.needed.every((word) => this.consent.has(word)),
  );

  /** Patches one server into one remote, or opens what is patched there. */
  async patch(serverId: string, remoteId: string): Promise<void> {
    const link = catalog.linkAt(serverId, remoteId);
    if (link) return this.show([link.id], this.#titleOf(link));
    await this.#create([[serverId, remoteId]]);
  }

  /** Patches every pair that is not patched yet, and shows all of them in one plan. */
  async patchAll(pairs: [serverId: string, remoteId: string][], title: string): Promise<void> {
    await this.#create(
      pairs.filter(([serverId, remoteId]) => !catalog.linkAt(serverId, remoteId)),
      title,
    );
  }

  show(linkIds: string[], title: string, fresh: string[] = []): void {
    this.title = title;
    this.linkIds = linkIds;
    this.#fresh = fresh;
    this.steps = [];
    this.outcomes = new Map();
    this.consent = new Set();
    this.resolve = {};
    this.applying.clear();
    this.queueing.clear();
    this.open = true;
    this.replan();
  }

  replan(): void {
    void this.planning.run(this.linkIds);
  }

  /** Closes the panel; links that were made for it and never written anywhere are taken back. */
  async close(): Promise<void> {
    this.open = false;
    const unused = this.#fresh.filter((id) => !this.outcomes.has(id));
    this.#fresh = [];
    await Promise.all(unused.map((id) => this.#takeBack(id)));
  }

  toggleConsent(word: Consent): void {
    this.consent = new Set(
      this.consent.has(word) ? [...this.consent].filter((other) => other !== word) : [...this.consent, word],
    );
  }

  choose(linkId: string, side: Side | undefined): void {
    const { [linkId]: _before, ...others } = this.resolve;
    this.resolve = side ? { ...others, [linkId]: side } : others;
  }

  /** One answer for every conflict; each can still be given its own. */
  chooseAll(side: Side): void {
    this.resolve = {
      ...this.resolve,
      ...Object.fromEntries(this.conflicts.map(({ linkId }) => [linkId, side])),
    };
  }

  /** What was chosen for every conflict, where it is the same. */
  get chosenForAll(): Side | undefined {
    const [first, ...others] = this.conflicts.map(({ linkId }) => this.resolve[linkId]);
    return others.every((side) => side === first) ? first : undefined;
  }

  #titleOf(link: Link): string {
    return `${catalog.server(link.serverId)?.name ?? 'Server'} → ${catalog.remote(link.remoteId)?.name ?? link.remoteName}`;
  }

  async #create(pairs: [string, string][], title?: string): Promise<void> {
    const made: Link[] = [];
    try {
      for (const [serverId, remoteId] of pairs) {
        const { link } = await rpc.call('link.create', { serverId, remoteId });
        catalog.change({ links: [link] });
        made.push(link);
      }
    } catch (error) {
      const { message, hint } = problemOf(error);
      toasts.show({ tone: 'error', title: message, detail: hint });
    }
    const [first] = made;
    if (!first) return;
    const ids = made.map((link) => link.id);
    this.show(ids, title ?? this.#titleOf(first), ids);
  }

  async #takeBack(id: string): Promise<void> {
    try {
      await rpc.call('link.remove', { id });
      catalog.change({ removed: { links: [id] } });
    } catch (error) {
      const { message, hint } = problemOf(error);
      toasts.show({ tone: 'error', title: message, detail: hint });
    }
  }

  async #plan(linkIds: string[]): Promise<void> {
    const { steps } = await rpc.call('sync.plan', { linkIds });
    if (linkIds === this.linkIds) this.steps = steps;
  }

  async #apply(steps: Step[]): Promise<void> {
    const linkIds = steps.map((step) => step.linkId);
    this.busy = new Set(linkIds);
    try {
      const { outcomes } = await rpc.call('sync.apply', {
        linkIds,
        resolve: { ...this.resolve },
        consent: [...this.consent],
      });
      for (const id of linkIds) remoteHealth.outdate(catalog.link(id)?.remoteId);
      this.outcomes = new Map([
        ...this.outcomes,
        ...outcomes.map((outcome) => [outcome.linkId, outcome] as const),
      ]);
    } finally {
      this.busy = new Set();
    }
  }
}

export const syncPanel = new SyncPanel();

/** Unpatches after asking: what stands on the remote is kept or deleted, as the person says. */
export async function unpatch(linkId: string, deleteRemote: boolean): Promise<void> {
  const remoteId = catalog.link(linkId)?.remoteId;
  const name = catalog.server(catalog.link(linkId)?.serverId ?? '')?.name ?? 'It';
  const remote = catalog.remote(remoteId ?? '')?.name ?? 'its remote';
  await rpc.call('link.remove', { id: linkId, deleteRemote });
  if (deleteRemote) remoteHealth.outdate(remoteId);
  catalog.change({ removed: { links: [linkId] } });
  toasts.show({
    title: `${name} was unpatched from ${remote}`,
    ...(deleteRemote && { detail: 'Undo patches it again here; the next sync makes the entry anew.' }),
    action: { label: 'Undo', run: () => void edits.undoOf(linkId) },
  });
}
