import type { ExportForm, Server } from '../../contract/index.js';
import type { Dialect } from '../dialect/dialect.js';
import { NoServer, readEntry } from '../dialect/read-entry.js';
import { identityOf } from '../import/identity.js';
import { launchedServer } from '../export/launcher.js';
import type { PlainMap } from '../plain.js';

/** Recognises the servers here in the entries of clients, whatever they are called there. */
export class FoundServers {
  readonly #byId: Map<string, Server>;
  readonly #byIdentity: Map<string, Server[]>;

  constructor(servers: readonly Server[]) {
    this.#byId = new Map(servers.map((server) => [server.id, server]));
    this.#byIdentity = grouped(servers, (server) => identityOf(server.transport));
  }

  server(id: string): Server | undefined {
    return this.#byId.get(id);
  }

  /** The server that an entry starts or reaches; of several that are the same, the one of that name. */
  match(name: string, entry: PlainMap, dialect: Dialect): { serverId: string; form: ExportForm } | undefined {
    try {
      const { transport } = readEntry(entry, { dialect });
      const launched = launchedServer(transport);
      if (launched !== undefined && this.#byId.has(launched)) return { serverId: launched, form: 'launcher' };
      const same = this.#byIdentity.get(identityOf(transport)) ?? [];
      const chosen = same.find((server) => server.name.toLowerCase() === name.toLowerCase()) ?? same[0];
      return chosen && { serverId: chosen.id, form: 'direct' };
    } catch (error) {
      if (error instanceof NoServer) return undefined;
      throw error;
    }
  }
}

export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
