import type { ClientCell } from '../../src-main/contract/index.js';
import { enumerated } from '../components/enumerated.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { clients } from './clients.svelte.js';

/** What Jackfield has written of servers into AI clients' files: it outlives the servers unless it is taken out. */
export class ClientEntries {
  /** Clients whose files could not be changed, and why. */
  readonly failed: string[] = [];
  #gone: readonly ClientCell[] = [];

  private constructor(private readonly cells: readonly ClientCell[]) {}

  static async of(serverIds: readonly string[]): Promise<ClientEntries> {
    if (!clients.loaded) await clients.refresh();
    const ids = new Set(serverIds);
    const cells = clients.columns.flatMap(({ client }) => clients.cellsOf(client));
    return new ClientEntries(
      cells.filter(({ serverId, state }) => ids.has(serverId) && state !== 'found' && state !== 'missing'),
    );
  }

  /** The clients' names, as a text; empty where there is nothing. */
  get titles(): string {
    return titlesOf(this.cells);
  }

  get takenOutOf(): string {
    return titlesOf(this.#gone);
  }

  /** Each client's file is backed up first. An entry that was changed there since stays. */
  async takeOut(): Promise<void> {
    for (const [client, cells] of byClient(this.cells)) {
      try {
        await rpc.call('export.remove', { client, serverIds: cells.map(({ serverId }) => serverId) });
        this.#gone = [...this.#gone, ...cells];
      } catch (error) {
        const { message, hint } = problemOf(error);
        this.failed.push(`${message} ${hint}`);
      }
    }
  }

  /** Writes them again, in the form they had; the servers are there again. */
  async putBack(): Promise<void> {
    for (const [client, cells] of byClient(this.#gone))
      for (const form of ['direct', 'launcher'] as const) {
        const serverIds = cells.filter((cell) => cell.form === form).map(({ serverId }) => serverId);
        if (serverIds.length > 0) await rpc.call('export.apply', { client, serverIds, form });
      }
    this.#gone = [];
  }
}

function byClient(cells: readonly ClientCell[]): Map<string, ClientCell[]> {
  const groups = new Map<string, ClientCell[]>();
  for (const cell of cells) groups.set(cell.client, [...(groups.get(cell.client) ?? []), cell]);
  return groups;
}

const titlesOf = (cells: readonly ClientCell[]): string =>
  enumerated([...byClient(cells).keys()].map((client) => clients.column(client)?.title ?? client));
