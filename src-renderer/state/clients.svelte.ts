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
  #next: readonly string[] | 'all' | undefined;
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
    else this.#next = [...(this.#next ?? []), ...words];
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
        const words = what === 'all' ? undefined : [...new Set(what)];
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
    this.columns = words ? mergedColumns(this.columns, words, answer.columns) : answer.columns;
    this.#all = words
      ? [...this.#all.filter((cell) => !words.includes(cell.client)), ...answer.cells]
      : answer.cells;
    const present = new Set(this.#all.map((cell) => keyOf(cell.serverId, cell.client)));
    for (const cell of this.#all) {
      const key = keyOf(cell.serverId, cell.client);
      if (!sameCell(this.#cells.get(key), cell)) this.#cells.set(key, cell);
    }
    for (const key of [...this.#cells.keys()]) if (!present.has(key)) this.#cells.delete(key);
    this.loaded = true;
  }
}

/** The columns with those that were asked for as they are now: some changed, some gone, some new at the end. */
function mergedColumns(
  before: readonly ClientColumn[],
  asked: readonly string[],
  answered: readonly ClientColumn[],
): ClientColumn[] {
  const now = (word: string): ClientColumn | undefined => answered.find(({ client }) => client === word);
  return [
    ...before.flatMap((column) => (asked.includes(column.client) ? (now(column.client) ?? []) : column)),
    ...answered.filter(({ client }) => !before.some((column) => column.client === client)),
  ];
}

const sameCell = (a: ClientCell | undefined, b: ClientCell): boolean =>
  a !== undefined &&
  a.state === b.state &&
  a.form === b.form &&
  a.entry === b.entry &&
  a.writtenAt === b.writtenAt &&
  a.plainSecrets === b.plainSecrets;

export const clients = new Clients();
