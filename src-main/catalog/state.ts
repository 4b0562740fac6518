import { SCHEMA_VERSION, type CatalogFile, type Settings } from '../contract/index.js';
import type { Kind, RecordOf } from './records.js';

/** The records of one kind, in the order they were added. Never changed: an edit makes another one. */
export class Table<T extends { id: string }> {
  #list: readonly T[] | undefined;

  constructor(private readonly byId: ReadonlyMap<string, T>) {}

  static of<T extends { id: string }>(records: readonly T[]): Table<T> {
    return new Table(new Map(records.map((record) => [record.id, record])));
  }

  get(id: string): T | undefined {
    return this.byId.get(id);
  }

  get list(): readonly T[] {
    this.#list ??= Object.freeze([...this.byId.values()]);
    return this.#list;
  }

  /** A copy that may be changed; the records themselves are shared. */
  draft(): Map<string, T> {
    return new Map(this.byId);
  }
}

export type Tables = { readonly [K in Kind]: Table<RecordOf[K]> };

/** Everything in the catalog at one moment. */
export type State = Tables & { readonly settings: Settings; readonly salt: string };

export function stateOf(file: CatalogFile): State {
  return {
    servers: Table.of(file.servers),
    remotes: Table.of(file.remotes),
    links: Table.of(file.links),
    settings: file.settings,
    salt: file.salt,
  };
}

/** The same as the file holds it. */
export function fileOf({ servers, remotes, links, settings, salt }: State): CatalogFile {
  return {
    schemaVersion: SCHEMA_VERSION,
    salt,
    settings,
    // The lists are frozen; zod's types do not say so.
    servers: servers.list as CatalogFile['servers'],
    remotes: remotes.list as CatalogFile['remotes'],
    links: links.list as CatalogFile['links'],
  };
}
