import {
  settingsSchema,
  type Remote,
  type Server,
  type Settings,
  type StoredLink,
} from '../contract/index.js';
import { freeze, KINDS, sealed, type Kind, type RecordOf } from './records.js';
import { Table, type State } from './state.js';

/** What an edit may do. Reads see the transaction's own changes and those of edits before it. */
export interface CatalogTx {
  put<K extends Kind>(kind: K, record: RecordOf[K]): void;
  /** Removing what is not there does nothing. */
  remove(kind: Kind, id: string): void;
  settings(): Settings;
  settings(next: Settings): void;
  servers(): readonly Server[];
  remotes(): readonly Remote[];
  links(): readonly StoredLink[];
  server(id: string): Server | undefined;
  remote(id: string): Remote | undefined;
  link(id: string): StoredLink | undefined;
}

/** Ids of records that an edit put or removed. */
export type Touched = { readonly [K in Kind]: ReadonlySet<string> } & { readonly settings: boolean };

/** A draft over a state: only the tables that are written to are copied. */
export class Transaction implements CatalogTx {
  #drafts: { [K in Kind]?: Map<string, RecordOf[K]> } = {};
  #touched: { [K in Kind]: Set<string> } = { servers: new Set(), remotes: new Set(), links: new Set() };
  #settings: Settings | undefined;
  #open = true;

  constructor(private readonly base: State) {}

  put<K extends Kind>(kind: K, record: RecordOf[K]): void {
    const kept = sealed(kind, record);
    this.#draft(kind).set(kept.id, kept);
    this.#touched[kind].add(kept.id);
  }

  remove(kind: Kind, id: string): void {
    if (this.#get(kind, id) === undefined) return;
    this.#draft(kind).delete(id);
    this.#touched[kind].add(id);
  }

  settings(): Settings;
  settings(next: Settings): void;
  settings(next?: Settings): Settings | void {
    if (next === undefined) return this.#settings ?? this.base.settings;
    this.#assertOpen();
    this.#settings = freeze(settingsSchema.parse(structuredClone(next)));
  }

  servers = (): readonly Server[] => this.#list('servers');
  remotes = (): readonly Remote[] => this.#list('remotes');
  links = (): readonly StoredLink[] => this.#list('links');
  server = (id: string): Server | undefined => this.#get('servers', id);
  remote = (id: string): Remote | undefined => this.#get('remotes', id);
  link = (id: string): StoredLink | undefined => this.#get('links', id);

  /** Ends the transaction. `undefined`: nothing was changed. */
  finish(): { state: State; touched: Touched } | undefined {
    this.#open = false;
    if (!this.#settings && KINDS.every((kind) => this.#touched[kind].size === 0)) return undefined;
    const tableOf = <K extends Kind>(kind: K): State[K] => {
      const draft = this.#drafts[kind];
      return (draft ? new Table(draft as Map<string, { id: string }>) : this.base[kind]) as State[K];
    };
    const state: State = {
      servers: tableOf('servers'),
      remotes: tableOf('remotes'),
      links: tableOf('links'),
      settings: this.#settings ?? this.base.settings,
      salt: this.base.salt,
    };
    return { state, touched: { ...this.#touched, settings: this.#settings !== undefined } };
  }

  #get<K extends Kind>(kind: K, id: string): RecordOf[K] | undefined {
    const draft = this.#drafts[kind] as Map<string, RecordOf[K]> | undefined;
    return draft ? draft.get(id) : (this.base[kind].get(id) as RecordOf[K] | undefined);
  }

  #list<K extends Kind>(kind: K): readonly RecordOf[K][] {
    const draft = this.#drafts[kind] as Map<string, RecordOf[K]> | undefined;
    return draft ? [...draft.values()] : (this.base[kind].list as readonly RecordOf[K][]);
  }

  #draft<K extends Kind>(kind: K): Map<string, RecordOf[K]> {
    this.#assertOpen();
    this.#drafts[kind] ??= this.base[kind].draft() as never;
    return this.#drafts[kind] as Map<string, RecordOf[K]>;
  }

  #assertOpen(): void {
    if (!this.#open) throw new Error('A catalog transaction was used after its edit had ended.');
  }
}
