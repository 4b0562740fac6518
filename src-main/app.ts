import { join } from 'node:path';
import { homedir } from 'node:os';
import { randomUUID } from 'node:crypto';
import { ActivityLog } from './app/activity-log.js';
import { CallCounts } from './app/call-counts.js';
import { ClientNews } from './app/client-news.js';
import { mustHave, SERVERS, updateEntity } from './app/entities.js';
import { appMethods } from './app/methods/app-methods.js';
import { bundleMethods } from './app/methods/bundle-methods.js';
import { exchangeClientMethods } from './app/methods/exchange-client-methods.js';
import { backupMethods } from './app/methods/backup-methods.js';
import { exchangeMethods } from './app/methods/exchange-methods.js';
import { remoteMethods } from './app/methods/remote-methods.js';
import { runMethods } from './app/methods/run-methods.js';
import { plainSecrets, secretMethods } from './app/methods/secret-methods.js';
import { serverMethods } from './app/methods/server-methods.js';
import { updateMethods } from './app/methods/update-methods.js';
import { toolChangeMethods } from './app/methods/tool-change-methods.js';
import { trustMethods } from './app/methods/trust-methods.js';
import { undoMethods } from './app/methods/undo-methods.js';
import { tellOfDrift } from './app/link-news.js';
import { later } from './app/later.js';
import { NoticeBoard } from './app/notice-board.js';
import type { HostFacts, Parts } from './app/parts.js';
import { createRpc, type Rpc } from './app/rpc.js';
import { publicLink } from './app/public-link.js';
import { tellOfRuns } from './app/run-activity.js';
import { dropSavedCallsOfGone } from './app/saved-calls.js';
import { forgetTools, tellOfTools } from './app/tool-news.js';
import { AllowedCommands } from './app/trust/allowed-commands.js';
import { ToolWatch } from './app/trust/tool-watch.js';
import { Trust } from './app/trust/trust.js';
import { UndoBook } from './app/undo/undo-book.js';
import { Catalog } from './catalog/catalog.js';
import type { Handlers, NotificationName, Notifications, Origin } from './contract/index.js';
import { Bundles } from './interchange/bundle/bundles.js';
import { defaultDataFolder } from './platform/data-folder.js';
import { Runtime, type RuntimeEvents } from './runtime/runtime.js';
import { Sync } from './sync/sync.js';
import { secretIdsOf, Vault, type HelperProcess } from './vault/vault.js';

export { CatalogLockedError } from './catalog/catalog.js';
export { launchNodeHelper } from './vault/node-helper.js';
export type { HelperProcess } from './vault/vault.js';
export type { Clipboard, Programs } from './app/parts.js';
export type { Updates } from './app/updates.js';
export type { Caller, Rpc } from './app/rpc.js';
export { shownCommand, visible } from './app/trust/shown-command.js';
export type { AskPerson, TrustRequest } from './app/trust/trust.js';

export type AppOptions = HostFacts & {
  /** Starts the process that talks to the keychain; each host has its own way. */
  launchHelper: () => HelperProcess;
  /** Opened for one request: nothing is started, delivered or tidied up but what is asked for. */
  isBrief?: boolean;
  /** Faults that are bugs, redacted, for the host's own log. */
  onFault?: (what: string, error: string) => void;
};

type Listener = <N extends NotificationName>(method: N, params: Notifications[N]) => void;

const FORWARDED = [
  'run.changed',
  'log.appended',
  'tools.changed',
  'metrics.sampled',
  'call.progress',
  'question.asked',
  'question.closed',
] as const satisfies readonly (keyof RuntimeEvents)[];

/** The app without a window: every host opens one, feeds it messages and passes its notifications on. */
export class App {
  readonly rpc: Rpc;
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly parts: Parts,
    private readonly clientNews: ClientNews,
    private readonly listeners: Set<Listener>,
    onFault: (what: string, error: string) => void,
  ) {
    const handlers: Handlers = {
      ...appMethods(parts),
      ...serverMethods(parts),
      ...runMethods(parts),
      ...remoteMethods(parts),
      ...exchangeMethods(parts),
      ...bundleMethods(parts),
      ...updateMethods(parts),
      ...exchangeClientMethods(parts),
      ...trustMethods(parts),
      ...toolChangeMethods(parts),
      ...undoMethods(parts),
      ...backupMethods(parts),
      ...secretMethods(parts),
    };
    this.rpc = createRpc(handlers, {
      redact: (text) => this.redact(text),
      onFault: (method, error) =>
        onFault(method, this.redact(error instanceof Error ? (error.stack ?? error.message) : String(error))),
    });
  }

  /**
   * Takes the data folder and starts what is to start by itself.
   * @throws CatalogLockedError where another host holds the folder; AppError `io` where the folder cannot be used
   */
  static async open({
    launchHelper,
    onFault = () => undefined,
    isBrief,
    ...facts
  }: AppOptions): Promise<App> {
    const listeners = new Set<Listener>();
    const notify: Listener = (method, params) => listeners.forEach((listener) => listener(method, params));
    const catalog = await Catalog.open({ dataDir: facts.dataDir });
    const vault = await Vault.open({
      dataDir: facts.dataDir,
      launchHelper,
      storage: () => catalog.settings().secretStorage,
      traces: catalog.traces,
    });
    const allowed = await AllowedCommands.open(facts.dataDir, catalog.salt);
    const toolWatch: ToolWatch = await ToolWatch.open(
      {
        dataDir: facts.dataDir,
        redact: (text) => vault.redactor.redact(text),
        flagged: (serverId, changes) => tellOfTools(parts, serverId, changes),
      },
      catalog.isWhole ? catalog.servers().map(({ id }) => id) : undefined,
    );
    const parts: Parts = assemble(facts, { catalog, vault, allowed, toolWatch }, notify);
    if (!isBrief) await begin(parts);
    return new App(parts, new ClientNews(parts), listeners, onFault);
  }

  /** Resolves when all that starts by itself is ready, has failed, or has had its time. */
  started(): Promise<void> {
    return this.parts.runtime.autostarted();
  }

  onNotification(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether somebody looks: remotes are asked for changes more often then, and servers may ask the person. */
  setAttended(isAttended: boolean): void {
    this.parts.attention.isAttended = isAttended;
    this.parts.sync.setAttended(isAttended);
    this.clientNews.setAttended(isAttended);
  }

  /** The computer has slept: connections may be gone without anybody having heard of it. */
  woke(): void {
    this.parts.runtime.woke();
    this.parts.sync.woke();
  }

  /** For what a host writes to its own log. */
  redact(text: string): string {
    return this.parts.vault.redactor.redact(text);
  }

  /** A fault of our own that nobody waited for: the person is told once, and may go on. */
  tellFault(error: unknown): void {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const advice = 'Everything goes on. If something seems stuck, restart Jackfield and report this.';
    this.parts.notices.post({
      ...faultNotice('Jackfield met a fault of its own', `${this.redact(message)}. ${advice}`),
      id: 'fault',
    });
  }

  /** Ends every child, writes what is pending, gives the folder back. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { runtime, sync, bundles, catalog, vault, interchange, calls } = this.parts;
    this.clientNews.dispose();
    const exchange = interchange.ifLoaded()?.then((loaded) => loaded.settled());
    await Promise.allSettled([runtime.dispose(), sync.dispose(), bundles.dispose(), exchange]);
    await calls.close((serverId) => catalog.server(serverId) !== undefined);
    await vault.dispose();
    await catalog.close();
  }
}

type Held = { catalog: Catalog; vault: Vault; allowed: AllowedCommands; toolWatch: ToolWatch };

function assemble(facts: HostFacts, { catalog, vault, allowed, toolWatch }: Held, notify: Listener): Parts {
  const redact = (text: string): string => vault.redactor.redact(text);
  const resolve: Vault['resolve'] = (value) => vault.resolve(value);
  const settings = () => catalog.settings();
  const attention = { isAttended: false };
  const trust = new Trust({
    allowed,
    server: (id) => catalog.server(id),
    revisions: (id) => catalog.history('server', id),
    answered: (serverId, isAllowed) => tellOfAnswer(parts, serverId, isAllowed),
    ask: facts.askPerson,
  });
  const runtime = new Runtime({
    dataDir: facts.dataDir,
    cacheDir: join(facts.dataDir, 'cache'),
    server: (id) => catalog.server(id),
    servers: () => catalog.servers(),
    settings,
    resolve,
    redact,
    appVersion: facts.version,
    resultJudge: facts.programs.resultJudge,
    isWatched: () => attention.isAttended,
    refusal: (server) => trust.refusal(server),
    environment: facts.environment,
  });
  const toolNames = new Map<string, string[]>();
  const sync = new Sync({
    catalog,
    resolve,
    redact,
    settings,
    toolsOf: (serverId) => toolNames.get(serverId),
    updateServer: async (id, patch) =>
      void (await updateEntity(parts, SERVERS, { id, patch }, pulledFrom(catalog, id))),
    appVersion: facts.version,
  });
  const parts: Parts = {
    facts,
    catalog,
    vault,
    runtime,
    trust,
    toolWatch,
    sync,
    interchange: later(async () => {
      const { Interchange } = await import('./interchange/interchange.js');
      return new Interchange({
        home: homedir(),
        env: process.env,
        platform: process.platform,
        dataDir: facts.dataDir,
        launcher: facts.launcher && { words: facts.launcher, dataDir: unusual(facts.dataDir) },
      });
    }),
    bundles: new Bundles({ dataDir: facts.dataDir }),
    activity: new ActivityLog((entry) => notify('activity.added', { entries: [entry] })),
    notices: new NoticeBoard((notice) => notify('notice.added', { notice })),
    undo: new UndoBook((list) => notify('edit.changed', list)),
    calls: new CallCounts(facts.dataDir),
    attention,
    notify,
  };
  wire(parts, toolNames);
  return parts;
}

/** A data folder that a command has to be told, because it is not the one it would look in. */
function unusual(dataDir: string): string | undefined {
  const usual = defaultDataFolder({ platform: process.platform, env: process.env, home: homedir() });
  return dataDir === usual ? undefined : dataDir;
}

/** Where a change comes from that is pulled into a server: one of the remotes it is patched into. */
function pulledFrom(catalog: Catalog, serverId: string): Origin {
  const names = catalog
    .links()
    .flatMap((link) => (link.serverId === serverId ? (catalog.remote(link.remoteId)?.name ?? []) : []));
  return { kind: 'remote', label: names.join(' or ').slice(0, 300) };
}

function tellOfAnswer({ catalog, activity, notify }: Parts, serverId: string, allowed: boolean): void {
  const name = catalog.server(serverId)?.name ?? 'a removed server';
  const title = `${allowed ? 'Allowed' : 'Did not allow'} the command of ${name}`;
  activity.add({ kind: 'edit', severity: 'info', title, serverId });
  notify('trust.answered', { serverId, allowed });
}

/** What one part says is passed on to the windows, and to the one other part that needs it. */
function wire(parts: Parts, toolNames: Map<string, string[]>): void {
  const { facts, catalog, runtime, sync, notify } = parts;
  // What the server has printed of it while nobody knew that it is a secret.
  catalog.alsoStrike(async (exposed) => {
    for (const { kind, id } of exposed) if (kind === 'servers') await runtime.strikeLog(id);
  });
  for (const event of FORWARDED) runtime.on(event, (payload) => notify(event, payload as never));
  catalog.onChanged(({ links, ...change }) =>
    notify('catalog.changed', { ...change, ...(links && { links: links.map(publicLink) }) }),
  );
  catalog.onChanged(({ removed }) => removed?.servers?.forEach((id) => forgetTools(parts, id)));
  let roots = catalog.settings().roots;
  catalog.onChanged(({ settings }) => {
    if (!settings || settings.roots.join('\0') === roots.join('\0')) return;
    ({ roots } = settings);
    runtime.rootsChanged();
  });
  facts.updates?.onChanged((update) => notify('update.changed', { update }));
  sync.onProgress((progress) => notify('sync.progress', progress));
  runtime.on('tools.changed', ({ serverId }) => {
    void runtime.tools(serverId).then(
      (tools) => {
        toolNames.set(
          serverId,
          tools.map((tool) => tool.name),
        );
        parts.toolWatch.look(serverId, tools);
      },
      () => toolNames.delete(serverId),
    );
  });
  tellOfDrift(parts);
  tellOfRuns(parts, (id) => mustHave(SERVERS, catalog, id).name);
}

async function begin(parts: Parts): Promise<void> {
  const { catalog, vault, runtime, sync, notices, bundles } = parts;
  catalog.notices.forEach((notice) => notices.post(notice));
  tellOfPlainSecrets(parts);
  const referred = new Set(
    [...catalog.servers(), ...catalog.remotes()].flatMap((one) => [...secretIdsOf(one)]),
  );
  // Neither may hold up the window: a locked keychain can take its time, and so can a process that will not die.
  // After a catalog that could not be read whole, what seems an orphan may still be wanted by a backup: a secret, a
  // bundle's folder.
  if (catalog.isWhole) {
    void dropSavedCallsOfGone(catalog).catch((error: unknown) =>
      notices.post(faultNotice('Saved calls of removed servers were not dropped', error)),
    );
    void vault
      .sweep(referred)
      .catch((error: unknown) => notices.post(faultNotice('Old secrets were not cleaned up', error)));
    void bundles
      .sweep(catalog.servers())
      .catch((error: unknown) => notices.post(faultNotice('Old bundles were not cleaned up', error)));
  }
  void runtime
    .sweep()
    .then(
      (swept) => swept.forEach((notice) => notices.post(notice)),
      (error: unknown) => notices.post(faultNotice('Left-over processes were not ended', error)),
    )
    .then(() => runtime.autostart(catalog.servers().filter((server) => server.lifecycle.autostart)));
  sync.resume();
}

/** Tokens that came into the catalog before it could know better, or past a person's eye. */
function tellOfPlainSecrets(parts: Parts): void {
  const found = plainSecrets(parts);
  if (found.length === 0) return;
  const names = [...new Set(found.map(({ name }) => name))];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  parts.notices.post({
    id: randomUUID(),
    at: new Date().toISOString(),
    severity: 'warning',
    title: `${found.length} plain ${found.length === 1 ? 'value looks' : 'values look'} like secrets`,
    detail: `They stand in catalog.json: ${names.slice(0, 3).join(', ')}${more}. The keychain keeps them better.`,
    offer: { kind: 'plain_secrets' },
  });
}

function faultNotice(title: string, error: unknown) {
  return {
    id: randomUUID(),
    at: new Date().toISOString(),
    severity: 'warning' as const,
    title,
    detail: error instanceof Error ? error.message : String(error),
  };
}
