import type { ClientCell, Server } from '../contract/index.js';
import type { Parts } from './parts.js';

/** Nothing waits for the first look at clients' files, so it need not compete with the start of the app and its servers. */
const START_AFTER_MS = 1_500;

const SAID: Partial<Record<ClientCell['state'], (server: string, client: string) => string>> = {
  client_ahead: (server, client) => `${client} has changed its entry for ${server}`,
  conflict: (server, client) => `${client} has changed its entry for ${server}, which was edited here too`,
  missing: (server, client) => `${client} no longer has its entry for ${server}`,
};

/** Clients' files are watched: windows are told which columns look different, and Activity what was changed there. */
export class ClientNews {
  readonly #timer: NodeJS.Timeout;
  readonly #stop: () => void;
  /** Client and server → what was last seen of the pair. */
  readonly #states = new Map<string, ClientCell['state']>();
  #watch: Awaited<ReturnType<Parts['interchange']['watch']>> | undefined;
  #isAttended = false;
  #isDisposed = false;
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly parts: Parts) {
    const { interchange, catalog, notify } = parts;
    this.#timer = setTimeout(() => void this.#begin().catch(() => undefined), START_AFTER_MS);
    this.#timer.unref();
    this.#stop = catalog.onChanged(({ servers = [], removed }) => {
      const ids = new Set([...servers.map(({ id }) => id), ...(removed?.servers ?? [])]);
      if (ids.size === 0) return;
      void interchange.clientsOf(ids).then(
        (clients) => clients.length > 0 && notify('clients.changed', { clients }),
        () => undefined,
      );
    });
  }

  setAttended(isAttended: boolean): void {
    this.#isAttended = isAttended;
    this.#watch?.setAttended(isAttended);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#stop();
    this.#isDisposed = true;
    this.#watch?.dispose();
  }

  async #begin(): Promise<void> {
    await this.parts.runtime.autostarted();
    if (this.#isDisposed) return;
    const watch = await this.parts.interchange.watch((clients) => this.#tell(clients));
    if (this.#isDisposed) return watch.dispose();
    this.#watch = watch;
    watch.setAttended(this.#isAttended);
    await watch.start();
    // What was changed while the app was closed is news too.
    this.#queue(undefined);
  }

  #tell(clients: string[]): void {
    this.parts.notify('clients.changed', { clients });
    this.#queue(clients);
  }

  /** One after the other, so that a state is compared with the one before it. */
  #queue(clients: readonly string[] | undefined): void {
    // A client's file that cannot be read is shown on its column.
    this.#work = this.#work.then(() => this.#compare(clients)).catch(() => undefined);
  }

  async #compare(clients: readonly string[] | undefined): Promise<void> {
    const { interchange, catalog } = this.parts;
    const { columns, cells } = await interchange.clients(catalog.servers(), clients);
    const titles = new Map(columns.map(({ client, title }) => [client, title]));
    for (const cell of cells) {
      const key = `${cell.client}\0${cell.serverId}`;
      const before = this.#states.get(key);
      this.#states.set(key, cell.state);
      const server = catalog.server(cell.serverId);
      if (server && before !== cell.state) this.#note(cell, server, titles.get(cell.client) ?? cell.client);
    }
  }

  #note({ state, serverId }: ClientCell, { name }: Server, client: string): void {
    const title = SAID[state]?.(name, client);
    if (title) this.parts.activity.add({ kind: 'sync', severity: 'warning', title, serverId });
  }
}
