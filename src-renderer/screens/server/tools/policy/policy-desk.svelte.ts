import { SvelteSet } from 'svelte/reactivity';
import type { CallDay } from '../../../../../src-main/contract/index.js';
import { rpc } from '../../../../rpc/client.js';
import { Action } from '../../../../state/action.svelte.js';
import { catalog } from '../../../../state/catalog.svelte.js';
import type { ToolDesk } from '../tool-desk.svelte.js';
import { setAutoExecute, setExecute, type Lists } from '../tool-lists.js';
import { allNames, costOfDay, policyRows, usualDay, type KnownTools } from './policy-rows.js';

/** The table of what agents may do with the tools of one server, and which of its rows are chosen for an edit of many. */
export class PolicyDesk {
  readonly desk: ToolDesk;
  days = $state.raw<readonly CallDay[]>([]);
  /** What each remote has of this server. */
  elsewhere = $state.raw<readonly KnownTools[]>([]);
  readonly chosen = new SvelteSet<string>();
  readonly asking = new Action(() => this.#askRemotes());

  /** What the server offers, else what its remotes know of it. */
  readonly offered: readonly string[] = $derived.by(() => {
    const own = this.desk.tools?.map(({ name }) => name);
    return own ?? allNames(this.elsewhere);
  });
  readonly usual = $derived(usualDay(this.days));
  readonly rows = $derived.by(() => policyRows(this.desk.policy.policy, this.offered, this.usual.calls));
  readonly cost = $derived(costOfDay(this.rows));
  /** Those of the chosen that are still there. */
  readonly picked = $derived(this.rows.filter(({ name }) => this.chosen.has(name)).map(({ name }) => name));

  constructor(desk: ToolDesk) {
    this.desk = desk;
  }

  async loadCalls(): Promise<void> {
    const { days } = await rpc.call('tool.calls', { serverId: this.desk.serverId });
    this.days = days;
  }

  async #askRemotes(): Promise<void> {
    const links = catalog
      .linksOfServer(this.desk.serverId)
      .filter(({ remoteEntryId }) => remoteEntryId !== undefined);
    const found: KnownTools[] = [];
    for (const { id, remoteId } of links) {
      const { registered, live } = await rpc.call('link.tools', { id });
      found.push({ remote: catalog.remote(remoteId)?.name ?? 'a remote', tools: live ?? registered });
    }
    this.elsewhere = found;
  }

  /** Switches tools one way, in one edit. */
  setMay(names: readonly string[], on: boolean): void {
    this.#edit(names, (lists, name) => setExecute(lists, name, on, this.offered));
  }

  setAuto(names: readonly string[], on: boolean): void {
    this.#edit(names, (lists, name) => setAutoExecute(lists, name, on, this.offered));
  }

  setPrice(names: readonly string[], price: number | null): void {
    void this.desk.policy.change(() => ({ pricing: Object.fromEntries(names.map((name) => [name, price])) }));
  }

  #edit(names: readonly string[], change: (lists: Lists, name: string) => Lists): void {
    void this.desk.policy.change((policy) => ({
      lists: names.reduce<Lists>((lists, name) => change(lists, name), policy),
    }));
  }

  choose(name: string, on: boolean): void {
    if (on) this.chosen.add(name);
    else this.chosen.delete(name);
  }
}
