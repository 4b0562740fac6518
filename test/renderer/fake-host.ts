import {
  parse,
  remoteInputSchema,
  serverInputSchema,
  type Activity,
  type EditEntry,
  type Issue,
  type Link,
  type LogEntry,
  type MethodInput,
  type MethodName,
  type MethodResult,
  type NotificationName,
  type Notifications,
  type Outcome,
  type Remote,
  type Run,
  type Server,
  type Snapshot,
  type Step,
} from '../../src-main/contract/index.js';
import { settingsSchema } from '../../src-main/contract/settings.js';
import { Listeners } from '../../src-renderer/rpc/listeners.js';
import type { Transport, TransportState } from '../../src-renderer/rpc/transport.js';

export class FakeFault extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint = '',
    readonly issues: Issue[] = [],
  ) {
    super(message);
  }
}

type Handlers = {
  [M in MethodName]?: (params: MethodInput<M>) => MethodResult<M> | Promise<MethodResult<M>>;
};
type Message = { id?: number; method?: string; params?: unknown };

let counter = 0;
const newId = (kind: string): string => `${kind}-${(counter += 1)}`;
const SECRET = 'sec-00000000-0000-4000-8000-00000000';

/** Puts `{ secret }` where a `{ newSecret }` stands, as the vault does. */
function keepSecrets<T>(value: T): T {
  if (Array.isArray(value)) return value.map(keepSecrets) as T;
  if (typeof value !== 'object' || value === null) return value;
  if ('newSecret' in value) return { secret: `${SECRET}${String((counter += 1)).padStart(4, '0')}` } as T;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keepSecrets(inner)])) as T;
}

function merge(target: unknown, patch: unknown): unknown {
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(target) || !isMap(patch) || 'secret' in patch || 'newSecret' in patch) return patch;
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

/**
 * A host in memory that speaks the contract: enough of it to drive every screen without a process. It answers as the
 * real one does on the wire (a later turn, whole messages), so that what passes here is what a browser would see.
 */
export class FakeHost implements Transport {
  readonly calls: { method: MethodName; params: unknown }[] = [];
  readonly snapshot: Snapshot = {
    servers: [],
    remotes: [],
    links: [],
    runs: [],
    settings: settingsSchema.parse({}),
    notices: [],
    questions: [],
    lostSecrets: [],
  };
  keychain: { available: boolean; reason?: string; hint?: string } = { available: true };
  activity: Activity[] = [];
  logs: LogEntry[] = [];
  /** Tests put their own answers here. */
  handlers: Handlers = {};
  /** Answers come this many milliseconds later. */
  delay = 0;
  readonly #messages = new Listeners<unknown>();
  readonly #states = new Listeners<TransportState>();

  start(): void {
    this.#states.tell({ status: 'open' });
  }

  setState(state: TransportState): void {
    this.#states.tell(state);
  }

  retry(): void {
    this.setState({ status: 'open' });
  }

  close(): void {}

  onMessage(callback: (message: unknown) => void): () => void {
    return this.#messages.add(callback);
  }

  onState(callback: (state: TransportState) => void): () => void {
    return this.#states.add(callback);
  }

  notify<N extends NotificationName>(method: N, params: Notifications[N]): void {
    this.#messages.tell({ jsonrpc: '2.0', method, params: structuredClone(params) });
  }

  send(message: unknown): void {
    void this.#answer(structuredClone(message) as Message);
  }

  /** The last call of `method`. */
  called(method: MethodName): unknown {
    return this.calls.findLast((call) => call.method === method)?.params;
  }

  async #answer({ id, method, params }: Message): Promise<void> {
    this.calls.push({ method: method as MethodName, params });
    if (this.delay) await new Promise((resolve) => setTimeout(resolve, this.delay));
    try {
      const handler = (this.handlers[method as MethodName] ?? this.#own[method as MethodName]) as
        ((params: unknown) => unknown) | undefined;
      if (!handler) throw new FakeFault('unsupported', `The fake host does not know ${String(method)}.`);
      const result = await handler(params);
      this.#messages.tell({ jsonrpc: '2.0', id, result: structuredClone(result) });
    } catch (error) {
      const { code, hint, issues, message } = error as FakeFault;
      this.#messages.tell({
        jsonrpc: '2.0',
        id,
        error: { code: -32000, message, data: { code, hint, issues } },
      });
    }
  }

  run(serverId: string): Run {
    return (
      this.snapshot.runs.find((run) => run.serverId === serverId) ?? {
        serverId,
        state: 'stopped',
        restarts: 0,
      }
    );
  }

  setRun(run: Run): Run {
    this.snapshot.runs = [...this.snapshot.runs.filter((other) => other.serverId !== run.serverId), run];
    this.notify('run.changed', { run });
    return run;
  }

  putServer(server: Server): Server {
    this.snapshot.servers = [...this.snapshot.servers.filter((other) => other.id !== server.id), server];
    this.notify('catalog.changed', { servers: [server] });
    return server;
  }

  putRemote(remote: Remote): Remote {
    this.snapshot.remotes = [...this.snapshot.remotes.filter((other) => other.id !== remote.id), remote];
    this.notify('catalog.changed', { remotes: [remote] });
    return remote;
  }

  putLink(link: Link): Link {
    this.snapshot.links = [...this.snapshot.links.filter((other) => other.id !== link.id), link];
    this.notify('catalog.changed', { links: [link] });
    return link;
  }

  readonly #undo: { entry: EditEntry; back: () => void }[] = [];

  #note(title: string, ids: string[], back: () => void): void {
    this.#undo.push({ entry: { id: newId('edit'), at: new Date().toISOString(), title, ids }, back });
    this.#tellOfEdits();
  }

  #tellOfEdits(): void {
    this.notify('edit.changed', { undo: this.#undo.map(({ entry }) => entry).reverse(), redo: [] });
  }

  #server(id: string): Server {
    const server = this.snapshot.servers.find((known) => known.id === id);
    if (!server) throw new FakeFault('not_found', 'There is no such server.');
    return server;
  }

  #remote(id: string): Remote {
    const remote = this.snapshot.remotes.find((known) => known.id === id);
    if (!remote) throw new FakeFault('not_found', 'There is no such remote.');
    return remote;
  }

  #link(id: string): Link {
    const link = this.snapshot.links.find((known) => known.id === id);
    if (!link) throw new FakeFault('not_found', 'There is no such link.');
    return link;
  }

  #parsed(kind: 'servers' | 'remotes', input: unknown, ownId?: string): Record<string, unknown> {
    const answer = parse(kind === 'servers' ? serverInputSchema : remoteInputSchema, input);
    if (!answer.ok)
      throw new FakeFault('invalid', 'Some fields cannot be saved.', 'Correct them.', answer.fault.issues);
    const { name } = answer.value;
    const taken = this.snapshot[kind].some(
      (other) => other.id !== ownId && other.name.toLowerCase() === name.toLowerCase(),
    );
    if (taken) {
      const issues = [{ path: 'name', message: 'is taken by another one' }];
      throw new FakeFault('name_taken', `The name ${name} is taken.`, 'Choose another one.', issues);
    }
    return keepSecrets(answer.value) as Record<string, unknown>;
  }

  #patched(kind: 'servers' | 'remotes', id: string, patch: unknown): Record<string, unknown> {
    const old = kind === 'servers' ? this.#server(id) : this.#remote(id);
    const { id: _id, revision, ...input } = old;
    return { id, revision: (revision ?? 1) + 1, ...this.#parsed(kind, merge(input, patch), id) };
  }

  #linkIds(ids?: string[]): string[] {
    return ids ?? this.snapshot.links.map((link) => link.id);
  }

  readonly #own: Handlers = {
    'app.info': () => ({
      version: '0.1.0',
      host: 'browser',
      platform: 'linux',
      dataDir: '/home/ada/.local/share/Jackfield',
      keychain: this.keychain,
    }),
    'app.snapshot': () => this.snapshot,
    'edit.list': () => ({ undo: this.#undo.map(({ entry }) => entry).reverse(), redo: [] }),
    'edit.undo': ({ id }) => {
      const at =
        id === undefined ? this.#undo.length - 1 : this.#undo.findIndex(({ entry }) => entry.id === id);
      const [step] = at < 0 ? [] : this.#undo.splice(at, 1);
      if (!step) throw new FakeFault('not_found', 'There is no edit to take back.');
      step.back();
      this.#tellOfEdits();
      return { title: step.entry.title, lostSecrets: [] };
    },
    'removed.list': () => ({ removed: [] }),
    'backup.list': () => ({ backups: [] }),
    'secret.scan': () => ({ found: [], misplaced: [] }),
    'notice.dismiss': () => ({}),
    'activity.list': ({ before, limit }) => ({
      entries: this.activity.filter((entry) => before === undefined || entry.id < before).slice(0, limit),
    }),
    'secret.copy': () => ({ clearsInMs: 30_000 }),
    'settings.update': ({ patch }) => {
      this.snapshot.settings = settingsSchema.parse(merge(this.snapshot.settings, patch));
      this.notify('catalog.changed', { settings: this.snapshot.settings });
      return { settings: this.snapshot.settings };
    },
    'sample.create': () => ({ server: this.putServer(fakeServer({ name: 'Sample server' })) }),
    'server.create': ({ server }) => ({
      server: this.putServer({ id: newId('srv'), revision: 1, ...this.#parsed('servers', server) } as Server),
    }),
    'server.update': ({ id, patch }) => ({
      server: this.putServer(this.#patched('servers', id, patch) as Server),
    }),
    'server.duplicate': ({ id }) => {
      const server = this.#server(id);
      return {
        server: this.putServer({ ...server, id: newId('srv'), revision: 1, name: `${server.name} copy` }),
      };
    },
    'server.remove': ({ id }) => {
      const server = this.#server(id);
      this.snapshot.servers = this.snapshot.servers.filter((server) => server.id !== id);
      const links = this.snapshot.links.filter((link) => link.serverId === id);
      const gone = links.map((link) => link.id);
      this.snapshot.links = this.snapshot.links.filter((link) => link.serverId !== id);
      this.#note(`Removed ${server.name}`, [id], () => {
        this.putServer(server);
        links.forEach((link) => this.putLink(link));
      });
      this.notify('catalog.changed', { removed: { servers: [id], links: gone } });
      return {};
    },
    'server.history': ({ id }) => ({
      revisions: [{ revision: 1, at: new Date().toISOString(), server: this.#server(id) }],
    }),
    'run.start': ({ serverId }) => ({
      run: this.setRun({
        ...this.run(serverId),
        state: 'running',
        pid: 4_711,
        startedAt: new Date().toISOString(),
        toolCount: 13,
      }),
    }),
    'run.stop': ({ serverId }) => ({ run: this.setRun({ serverId, state: 'stopped', restarts: 0 }) }),
    'run.restart': ({ serverId }) => ({
      run: this.setRun({ ...this.run(serverId), state: 'running', startedAt: new Date().toISOString() }),
    }),
    'run.logs': ({ before, limit = 500 }) => ({
      entries: this.logs.filter((entry) => before === undefined || entry.seq < before).slice(-limit),
    }),
    'run.metrics': () => ({ metrics: [] }),
    'tool.list': () => ({ tools: [] }),
    'tool.changes': () => ({ changes: [] }),
    'remote.create': ({ remote }) => ({
      remote: this.putRemote({ id: newId('rem'), revision: 1, ...this.#parsed('remotes', remote) } as Remote),
    }),
    'remote.update': ({ id, patch }) => ({
      remote: this.putRemote(this.#patched('remotes', id, patch) as Remote),
    }),
    'remote.remove': ({ id }) => {
      const remote = this.#remote(id);
      this.#note(`Removed ${remote.name}`, [id], () => this.putRemote(remote));
      this.snapshot.remotes = this.snapshot.remotes.filter((remote) => remote.id !== id);
      const gone = this.snapshot.links.filter((link) => link.remoteId === id).map((link) => link.id);
      this.snapshot.links = this.snapshot.links.filter((link) => link.remoteId !== id);
      this.notify('catalog.changed', { removed: { remotes: [id], links: gone } });
      return {};
    },
    'remote.test': () => ({ ok: true, version: '0.16.1', profile: 'letta-0.16', problems: [] }),
    'remote.entries': () => ({ entries: [] }),
    'link.create': ({ serverId, remoteId }) => ({
      link: this.putLink({
        id: newId('lnk'),
        serverId,
        remoteId,
        remoteName: this.#server(serverId).name,
        state: 'unknown',
      }),
    }),
    'link.remove': ({ id }) => {
      this.#link(id);
      this.snapshot.links = this.snapshot.links.filter((link) => link.id !== id);
      this.notify('catalog.changed', { removed: { links: [id] } });
      return {};
    },
    'sync.plan': ({ linkIds }) => ({ steps: this.#linkIds(linkIds).map((id): Step => createStep(id)) }),
    'sync.apply': ({ linkIds }) => ({
      outcomes: this.#linkIds(linkIds).map((linkId): Outcome => {
        this.putLink({ ...this.#link(linkId), state: 'in_sync', lastSyncedAt: new Date().toISOString() });
        return { linkId, status: 'synced', verified: true, requests: 3 };
      }),
    }),
    'sync.cancel': ({ linkId }) => ({ link: this.putLink({ ...this.#link(linkId), state: 'local_ahead' }) }),
    'import.read': () => ({ servers: [], problems: [], kind: 'nothing' }),
    'import.scan': () => ({ clients: [] }),
    'client.list': () => ({ columns: [], cells: [] }),
    'export.backups': () => ({ backups: [] }),
    'import.preview': () => ({ items: [], problems: [] }),
  };
}

const createStep = (linkId: string): Step => ({
  linkId,
  action: 'create',
  changes: [{ field: 'transport.command', local: 'npx' }],
  losses: [],
  warnings: [],
});

type Input = Record<string, unknown> & { id?: string };

export function fakeServer({ id = newId('srv'), ...input }: Input = {}): Server {
  const transport = {
    type: 'stdio',
    command: 'npx',
    args: ['-y', '@modelcontextprotocol/server-everything'],
  };
  const draft = serverInputSchema.parse({ name: 'everything', transport, ...input });
  return { id, revision: 1, ...keepSecrets(draft) } as Server;
}

export function fakeRemote({ id = newId('rem'), ...input }: Input = {}): Remote {
  const draft = remoteInputSchema.parse({
    kind: 'letta',
    name: 'Letta',
    baseUrl: 'http://127.0.0.1:8283',
    ...input,
  });
  return { id, revision: 1, ...keepSecrets(draft) } as Remote;
}
