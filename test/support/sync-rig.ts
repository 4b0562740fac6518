import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../src-main/app/merge-patch.js';
import { Catalog } from '../../src-main/catalog/catalog.js';
import {
  AppError,
  isNewSecret,
  remoteInputSchema,
  serverInputSchema,
  type Outcome,
  type Remote,
  type RemoteInput,
  type Server,
  type ServerInput,
  type Settings,
  type StoredLink,
  type Value,
} from '../../src-main/contract/index.js';
import { Sync } from '../../src-main/sync/sync.js';
import { startFakeBifrost, type FakeBifrost, type FakeBifrostOptions } from '../fakes/bifrost/index.js';
import { startFakeLetta, type FakeLetta, type FakeLettaOptions } from '../fakes/letta/index.js';
import { MemoryCatalog } from './memory-catalog.js';

type AnyCatalog = Catalog | MemoryCatalog;

/** The sync room with a keychain that is a map, and a catalog on a throw-away folder or in memory alone. */
export class SyncRig {
  readonly secrets = new Map<string, string>();
  readonly #fakes: { close(): Promise<void> }[] = [];
  /** Makes the keychain answer as a locked one does. */
  isLocked = false;
  sync: Sync;

  private constructor(
    readonly dataDir: string | undefined,
    public catalog: AnyCatalog,
  ) {
    this.sync = this.#open();
  }

  static inMemory(): SyncRig {
    return new SyncRig(undefined, new MemoryCatalog());
  }

  static async onDisk(): Promise<SyncRig> {
    const dataDir = await mkdtemp(join(tmpdir(), 'jackfield-sync-'));
    return new SyncRig(dataDir, await Catalog.open({ dataDir }));
  }

  #open(): Sync {
    return new Sync({
      catalog: this.catalog,
      resolve: (value) => this.resolve(value),
      redact: (text) =>
        [...this.secrets.values()].reduce((all, secret) => all.replaceAll(secret, '••••'), text),
      settings: () => this.catalog.settings(),
      toolsOf: () => undefined,
      updateServer: (id, patch) => this.update(id, patch).then(() => undefined),
      appVersion: '0.0.0',
    });
  }

  /** As a start of the host after an end: same folder, new everything. */
  async restart(): Promise<void> {
    await this.sync.dispose();
    await this.catalog.close();
    if (this.dataDir !== undefined) this.catalog = await Catalog.open({ dataDir: this.dataDir });
    this.sync = this.#open();
  }

  async resolve(value: Value): Promise<string> {
    if (typeof value === 'string') return value;
    const secret = this.secrets.get(value.secret);
    if (this.isLocked || secret === undefined)
      throw new AppError('keychain_unavailable', 'The keychain is locked.', 'Unlock it and try again.');
    return secret;
  }

  #stage<T>(input: T): T {
    if (isNewSecret(input)) {
      const secret = `sec-${randomUUID()}`;
      this.secrets.set(secret, input.newSecret);
      return { secret } as T;
    }
    if (Array.isArray(input)) return input.map((item: unknown) => this.#stage(item)) as T;
    if (typeof input !== 'object' || input === null) return input;
    return Object.fromEntries(
      Object.entries(input).map(([key, item]) => [key, this.#stage(item as unknown)]),
    ) as T;
  }

  async server(input: ServerInput): Promise<Server> {
    const server = {
      id: randomUUID(),
      revision: 1,
      ...this.#stage(serverInputSchema.parse(input)),
    } as Server;
    await this.catalog.edit((tx) => tx.put('servers', server));
    return server;
  }

  async update(id: string, patch: Record<string, unknown>): Promise<Server> {
    const { revision, id: _id, ...before } = this.catalog.server(id) as Server;
    const next = serverInputSchema.parse(mergePatch(before, patch));
    const holder = this.catalog
      .servers()
      .find((one) => one.id !== id && one.name.toLowerCase() === next.name.toLowerCase());
    if (holder) throw new AppError('name_taken', 'taken', 'choose another');
    const server = { id, revision: revision + 1, ...this.#stage(next) } as Server;
    await this.catalog.edit((tx) => tx.put('servers', server));
    return server;
  }

  async remote(input: RemoteInput): Promise<Remote> {
    const remote = {
      id: randomUUID(),
      revision: 1,
      ...this.#stage(remoteInputSchema.parse(input)),
    } as Remote;
    await this.catalog.edit((tx) => tx.put('remotes', remote));
    return remote;
  }

  async updateRemote(id: string, patch: Partial<Remote>): Promise<void> {
    const now = this.catalog.remote(id) as Remote;
    await this.catalog.edit((tx) => tx.put('remotes', { ...now, ...patch, revision: now.revision + 1 }));
  }

  async settings(patch: Partial<Settings>): Promise<void> {
    await this.catalog.edit((tx) => tx.settings({ ...tx.settings(), ...patch }));
  }

  /** A fake that ends with the rig, and a remote that points to it. */
  async letta(
    options: FakeLettaOptions = {},
    more: Partial<RemoteInput> = {},
  ): Promise<{ fake: FakeLetta; remote: Remote }> {
    const fake = await startFakeLetta({ version: '0.16.6', ...options });
    this.#fakes.push(fake);
    const name = `Letta ${this.#fakes.length}`;
    return { fake, remote: await this.remote({ kind: 'letta', name, baseUrl: fake.url, ...more }) };
  }

  async bifrost(
    options: FakeBifrostOptions = {},
    more: Partial<RemoteInput> = {},
  ): Promise<{ fake: FakeBifrost; remote: Remote }> {
    const fake = await startFakeBifrost({ guard: false, ...options });
    this.#fakes.push(fake);
    const name = `Gate ${this.#fakes.length}`;
    return { fake, remote: await this.remote({ kind: 'bifrost', name, baseUrl: fake.url, ...more }) };
  }

  /** Ends with the rig. */
  keep<T extends { close(): Promise<void> }>(fake: T): T {
    this.#fakes.push(fake);
    return fake;
  }

  link(id: string): StoredLink {
    return this.catalog.link(id) as StoredLink;
  }

  /** Links and syncs one server. */
  async patch(server: Server, remote: Remote, more: Omit<Parameters<Sync['apply']>[0], 'linkIds'> = {}) {
    const link = await this.sync.link(server.id, remote.id);
    const [outcome] = await this.sync.apply({ linkIds: [link.id], ...more });
    return { linkId: link.id, outcome: outcome as Outcome };
  }

  async apply(linkId: string, more: Omit<Parameters<Sync['apply']>[0], 'linkIds'> = {}): Promise<Outcome> {
    const [outcome] = await this.sync.apply({ linkIds: [linkId], ...more });
    return outcome as Outcome;
  }

  async plan(linkId: string) {
    const [step] = await this.sync.plan([linkId]);
    if (!step) throw new Error('no step');
    return step;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sync.dispose();
    await this.catalog.close();
    await Promise.all(this.#fakes.map((fake) => fake.close()));
    if (this.dataDir !== undefined) await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
