import type { CatalogChange, CatalogTx } from '../../src-main/catalog/catalog.js';
import {
  linkSchema,
  remoteSchema,
  serverSchema,
  settingsSchema,
  type Remote,
  type Server,
  type Settings,
  type StoredLink,
} from '../../src-main/contract/index.js';

type Records = { servers: Server; remotes: Remote; links: StoredLink };
type Tables = { [K in keyof Records]: Map<string, Records[K]> };
const SCHEMAS = { servers: serverSchema, remotes: remoteSchema, links: linkSchema };

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

/** The catalog without a disk: for tests that make thousands of edits. Same rules: checked, frozen, all or nothing. */
export class MemoryCatalog {
  readonly salt = 'a salt of memory, made for tests';
  #tables: Tables = { servers: new Map(), remotes: new Map(), links: new Map() };
  #settings: Settings = settingsSchema.parse({});
  #listeners = new Set<(change: CatalogChange) => void>();
  #lists = new Map<keyof Records, readonly unknown[]>();

  servers = (): readonly Server[] => this.#list('servers');
  remotes = (): readonly Remote[] => this.#list('remotes');
  links = (): readonly StoredLink[] => this.#list('links');
  settings = (): Settings => this.#settings;
  server = (id: string): Server | undefined => this.#tables.servers.get(id);
  remote = (id: string): Remote | undefined => this.#tables.remotes.get(id);
  link = (id: string): StoredLink | undefined => this.#tables.links.get(id);

  #list<K extends keyof Records>(kind: K): readonly Records[K][] {
    if (!this.#lists.has(kind)) this.#lists.set(kind, Object.freeze([...this.#tables[kind].values()]));
    return this.#lists.get(kind) as readonly Records[K][];
  }

  async edit<T>(change: (tx: CatalogTx) => T): Promise<T> {
    const before = this.#tables;
    const next: Tables = {
      servers: new Map(before.servers),
      remotes: new Map(before.remotes),
      links: new Map(before.links),
    };
    let settings = this.#settings;
    const tx = {
      put: (kind: keyof Records, record: { id: string }) => {
        const plain: unknown = JSON.parse(JSON.stringify(record));
        (next[kind] as Map<string, unknown>).set(record.id, freeze(SCHEMAS[kind].parse(plain)));
      },
      remove: (kind: keyof Records, id: string) => void next[kind].delete(id),
      settings: (given?: Settings) => {
        if (given === undefined) return settings;
        settings = settingsSchema.parse(given);
        return undefined;
      },
      servers: () => [...next.servers.values()],
      remotes: () => [...next.remotes.values()],
      links: () => [...next.links.values()],
      server: (id: string) => next.servers.get(id),
      remote: (id: string) => next.remotes.get(id),
      link: (id: string) => next.links.get(id),
    } as unknown as CatalogTx;
    const result = change(tx);
    this.#tables = next;
    this.#settings = settings;
    this.#lists.clear();
    this.#tell(before, next);
    await Promise.resolve();
    return result;
  }

  #tell(before: Tables, after: Tables): void {
    const change: CatalogChange = {};
    const removed: NonNullable<CatalogChange['removed']> = {};
    for (const kind of ['servers', 'remotes', 'links'] as const) {
      const put = [...after[kind].values()].filter((one) => before[kind].get(one.id) !== one);
      const gone = [...before[kind].keys()].filter((id) => !after[kind].has(id));
      if (put.length > 0) Object.assign(change, { [kind]: put });
      if (gone.length > 0) removed[kind] = gone;
    }
    if (Object.keys(removed).length > 0) change.removed = removed;
    if (Object.keys(change).length > 0) this.#listeners.forEach((listener) => listener(change));
  }

  onChanged(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {}
}
