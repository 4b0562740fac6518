import { SvelteMap } from 'svelte/reactivity';
import type { ClientCell, ClientColumn, Problem } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';

/** Files are looked at again when the person comes back to the window, but not at every turn of the head. */
const FRESH_MS = 1_000;
/** Edits come in bursts; what they change in the clients' columns is asked for once. */
const SETTLE_MS = 250;

const keyOf = (serverId: string, client: string): string => `${serverId} ${client}`;

/** The AI clients on this computer: their files as columns, and what each of them has of the servers here. */
class Clients {
  columns = $state.raw<ClientColumn[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem>();
  readonly #cells = new SvelteMap<string, ClientCell>();
  #all = $state.raw<readonly ClientCell[]>([]);
  #readAt = 0;
  #reading: Promise<void> | undefined;
  /** What is to be read after the reading under way: some clients, or all. */
  #next: Set<string> | 'all' | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly states: ReadonlySet<ClientCell['state']> = $derived(new Set(this.#all.map(({ state }) => state)));

  column(client: string): ClientColumn | undefined {
    return this.columns.find((column) => column.client === client);
  }

  cellAt(serverId: string, client: string): ClientCell | undefined {
    return this.#cells.get(keyOf(serverId, client));
  }

  cellsOf(client: string): ClientCell[] {
    return this.#all.filter((cell) => cell.client === client);
  }

  /** Reads the clients' files anew: all of them, or these. Answers when that is done. */
  refresh(words?: readonly string[]): Promise<void> {
    if (!words || this.#next === 'all') this.#next = 'all';
    else this.#next = new Set([...(this.#next ?? []), ...words]);
    this.#reading ??= this.#readOn().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** The person is back: clients write their files while nobody looks here. */
  refreshIfOld(): void {
    if (this.loaded && Date.now() - this.#readAt > FRESH_MS) void this.refresh();
  }

  /** Servers here were edited: their jacks may now be ahead. */
  refreshSoon(): void {
    if (!this.loaded) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), SETTLE_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.columns = [];
    this.#all = [];
    this.#cells.clear();
    this.loaded = false;
    this.problem = undefined;
  }

  async #readOn(): Promise<void> {
    for (let what = this.#next; what; what = this.#next) {
      this.#next = undefined;
      try {
        const words = what === 'all' ? undefined : [...what];
        this.#take(words, await rpc.call('client.list', words ? { clients: words } : {}));
        this.problem = undefined;
      } catch (error) {
        this.problem = problemOf(error);
      }
      this.#readAt = Date.now();
    }
  }

  #take(
    words: readonly string[] | undefined,
    answer: { columns: ClientColumn[]; cells: ClientCell[] },
  ): void {
    const asked = words && new Set(words);
    if (asked) {
      const news = new Map(answer.columns.map((column) => [column.client, column]));
      const kept = this.columns.flatMap((column) => {
        const next = news.get(column.client);
        news.delete(column.client);
        return asked.has(column.client) ? (next ?? []) : column;
      });
      this.columns = [...kept, ...news.values()];
      this.#all = [...this.#all.filter((cell) => !asked.has(cell.client)), ...answer.cells];
    } else {
      this.columns = answer.columns;
      this.#all = answer.cells;
    }
    const present = new Set<string>();
    for (const cell of this.#all) {
      const key = keyOf(cell.serverId, cell.client);
      present.add(key);
      if (!sameCell(this.#cells.get(key), cell)) this.#cells.set(key, cell);
    }
    for (const key of [...this.#cells.keys()]) if (!present.has(key)) this.#cells.delete(key);
    this.loaded = true;
  }
}

const sameCell = (a: ClientCell | undefined, b: ClientCell): boolean =>
  a !== undefined &&
  a.state === b.state &&
  a.form === b.form &&
  a.entry === b.entry &&
  a.writtenAt === b.writtenAt &&
  a.plainSecrets === b.plainSecrets;

export const clients = new Clients();
