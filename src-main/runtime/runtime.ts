import {
  AppError,
  type Finding,
  type LogEntry,
  type Metric,
  type Notice,
  type Question,
  type Run,
  type Server,
  type Settings,
  type Tool,
  type ToolResult,
  type Value,
} from '../contract/index.js';
import { Calls, type CallRequest } from './session/calls.js';
import { BaseEnvironment } from './launch/environment.js';
import { rememberLoginPath } from './launch/login-path.js';
import { Events, type RuntimeEvents } from './events.js';
import { IdleWatch } from './idle-watch.js';
import { Metrics } from './metrics.js';
import { PackageConfirmations } from './launch/package-confirmations.js';
import { ProcessRegister } from './process/process-register.js';
import type { ProcessTree } from './process/process-tree.js';
import { Questions, type Answer } from './session/questions.js';
import { FETCH_LIMIT_MS } from './package-fetch.js';
import { ServerUnit } from './server-unit.js';
import { StartQueue } from './start-queue.js';
import { loadMcp } from './session/load-mcp.js';
import type { Session } from './session/session.js';
import { removeLog, strikeLog } from './log/server-log.js';
import { sweepLeftovers } from './process/sweep.js';

export type { RuntimeEvents };

export type RuntimePorts = {
  dataDir: string;
  cacheDir: string;
  server(id: string): Server | undefined;
  /** All of them, for the doctor to find what two lay claim to; none where this is left out. */
  servers?(): readonly Server[];
  settings(): Settings;
  resolve(value: Value): Promise<string>;
  redact(text: string): string;
  /** Whether a window is open that could show a server's question; without it, one is assumed. */
  isWatched?(): boolean;
  /** Why this server's command may not be run; asked before every launch of a process. */
  refusal?(server: Server): AppError | undefined;
  appVersion: string;
  /** The bundled thread that judges results: a file of its own. */
  resultJudge: string;
  /** What servers start from, where it was asked for already. */
  environment?: BaseEnvironment | undefined;
};

/** For tests: limits that are too long to wait for. */
export type RuntimeTuning = {
  handshakeMs?: number;
  pingMs?: number;
  questionMs?: number;
  fetchMs?: number;
  env?: NodeJS.ProcessEnv;
};

/** What talks to servers is loaded this long after the app where nothing starts by itself: a start then finds it there. */
const PREPARE_MS = 1_000;

/** What runs: local servers as process trees, remote ones as sessions. */
export class Runtime {
  readonly #events = new Events();
  readonly #units = new Map<string, ServerUnit>();
  readonly #environment: BaseEnvironment;
  readonly #register: ProcessRegister;
  readonly #registered: Promise<void>;
  readonly #confirmations: PackageConfirmations;
  readonly #questions: Questions;
  readonly #calls: Calls;
  readonly #metrics: Metrics;
  readonly #idle: IdleWatch;
  #disposed = false;
  readonly #autostart = new StartQueue();
  readonly #autostarted: Promise<void>;
  #tellAutostarted: () => void = () => {};

  constructor(
    private readonly ports: RuntimePorts,
    private readonly tuning: RuntimeTuning = {},
  ) {
    const emit: Events['emit'] = (event, payload) => this.#events.emit(event, payload);
    this.#autostarted = new Promise((resolve) => (this.#tellAutostarted = resolve));
    this.#environment = ports.environment ?? new BaseEnvironment(tuning.env);
    void this.#environment.ask().then((answer) => {
      if (!this.#disposed) void rememberLoginPath(ports.cacheDir, answer);
    });
    this.#register = new ProcessRegister(ports.dataDir);
    // Without it a crash may leave orphans; that is no reason to start nothing.
    this.#registered = this.#register.ready().catch((error: unknown) => {
      process.emitWarning(`the list of child processes cannot be written: ${String(error)}`);
    });
    this.#confirmations = new PackageConfirmations(ports.cacheDir);
    this.#questions = new Questions(
      {
        asked: (question) => emit('question.asked', { question }),
        closed: (id) => emit('question.closed', { id }),
        isWatched: () => ports.isWatched?.() ?? true,
      },
      tuning.questionMs,
    );
    this.#calls = new Calls({
      progress: (payload) => emit('call.progress', payload),
      isAsking: (serverId) => this.#questions.isWaiting(serverId),
      redact: ports.redact,
    });
    this.#metrics = new Metrics({
      trees: () => this.#trees(),
      sampled: (serverId, metric) => this.#onSample(serverId, metric),
    });
    this.#idle = new IdleWatch({
      running: () => this.runs().flatMap((run) => (run.state === 'running' ? run.serverId : [])),
      lifecycle: (serverId) => ports.server(serverId)?.lifecycle,
      stop: (serverId, minutes) => void this.#stopIdle(serverId, minutes),
    });
    this.#metrics.start();
    this.#idle.start();
  }

  on<K extends keyof RuntimeEvents>(event: K, listener: (payload: RuntimeEvents[K]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Ends what a killed app left behind, and says so. */
  sweep(): Promise<Notice[]> {
    const nameOf = (serverId: string): string => this.ports.server(serverId)?.name ?? 'a removed server';
    return sweepLeftovers(this.ports.dataDir, this.#register.instance, nameOf);
  }

  /** Starts servers side by side, as many at a time as keep the cores busy. One that fails shows it in its run. */
  autostart(servers: readonly Server[]): void {
    const chosen = servers.filter(({ lifecycle }) => !lifecycle.onDemand);
    if (chosen.length === 0) setTimeout(() => void loadMcp(), PREPARE_MS).unref();
    const add = ({ id }: Server): void => this.#autostart.add(() => this.start(id));
    const isLocal = ({ transport }: Server): boolean => transport.type === 'stdio';
    chosen.filter((server) => !isLocal(server)).forEach(add);
    // Before the login shell has answered none of these can be spawned: they would only take up places.
    void this.#environment.ask().then(async () => {
      if (!this.#disposed) chosen.filter(isLocal).forEach(add);
      await this.#autostart.settled();
      this.#tellAutostarted();
    });
  }

  /** Resolves when all that `autostart` was told of is ready, has failed, or has had its time. */
  autostarted(): Promise<void> {
    return this.#autostarted;
  }

  /** @throws AppError why it did not become ready; `run.error` holds the same */
  async start(serverId: string): Promise<Run> {
    this.#refuseWhenDisposed();
    return this.#unit(serverId).supervisor.start();
  }

  async stop(serverId: string): Promise<Run> {
    return this.#units.get(serverId)?.supervisor.stop() ?? this.run(serverId);
  }

  async restart(serverId: string): Promise<Run> {
    this.#refuseWhenDisposed();
    return this.#unit(serverId).supervisor.restart();
  }

  /** Stops it and drops its logs. */
  async forget(serverId: string): Promise<void> {
    const unit = this.#units.get(serverId);
    await unit?.end();
    this.#units.delete(serverId);
    this.#metrics.forget(serverId);
    this.#idle.forget(serverId);
    await (unit ? unit.log.remove() : removeLog(this.ports.dataDir, serverId));
  }

  /** Blanks what has become a secret by now in what the server said before. Never fails. */
  async strikeLog(serverId: string): Promise<void> {
    const unit = this.#units.get(serverId);
    await (unit ? unit.log.strike() : strikeLog(this.ports.dataDir, serverId, this.ports.redact));
  }

  run(serverId: string): Run {
    return this.#units.get(serverId)?.supervisor.run ?? { serverId, state: 'stopped', restarts: 0 };
  }

  /** Of every server that was asked for since the app started. */
  runs(): Run[] {
    return [...this.#units.values()].map((unit) => unit.supervisor.run);
  }

  /** The newest `limit` lines before `before`, oldest first. */
  async logs(serverId: string, o: { before?: number; limit: number; search?: string }): Promise<LogEntry[]> {
    return this.#unit(serverId).log.read(o);
  }

  metrics(serverId: string): Promise<Metric[]> {
    return this.#metrics.read(serverId);
  }

  /** @throws AppError `not_running`; a server that runs on demand answers from its last session, or is started */
  async tools(serverId: string): Promise<Tool[]> {
    const unit = this.#unit(serverId);
    const known = unit.supervisor.session?.tools;
    if (known) return known;
    if (!this.#isOnDemand(serverId)) return unit.session.tools;
    return unit.knownTools ?? this.#use(serverId, 'The list of tools', async (session) => session.tools);
  }

  /** @throws AppError `not_running`, `timeout`, `remote_rejected` … */
  async callTool(
    serverId: string,
    request: CallRequest,
  ): Promise<{ result: ToolResult; durationMs: number }> {
    return this.#use(serverId, `The call of "${request.name}"`, async (session) => {
      const tool = session.tools.find(({ name }) => name === request.name);
      const answered = await this.#calls.call(serverId, session, request);
      if (tool) await this.#unit(serverId).judge.accept(tool, answered.result);
      return answered;
    });
  }

  /** Calls of tools that wait for their answer. */
  get callsUnderWay(): number {
    return this.#calls.underWay;
  }

  cancelCall(callId: string): void {
    this.#calls.cancel(callId);
  }

  /** All pages of resources and of templates. */
  resources(serverId: string): Promise<{ resources: unknown[]; resourceTemplates: unknown[] }> {
    return this.#use(serverId, 'The list of resources', (session) => session.resources());
  }

  readResource(serverId: string, uri: string): Promise<{ contents: unknown[] }> {
    return this.#use(serverId, `Reading "${uri}"`, async ({ client }) => {
      const { contents } = await client.readResource({ uri });
      return { contents };
    });
  }

  prompts(serverId: string): Promise<{ prompts: unknown[] }> {
    return this.#use(serverId, 'The list of prompts', async ({ client }) => {
      const { prompts } = await client.listPrompts();
      return { prompts };
    });
  }

  getPrompt(
    serverId: string,
    name: string,
    args: Record<string, string>,
  ): Promise<{ description?: string; messages: unknown[] }> {
    return this.#use(serverId, `The prompt "${name}"`, async ({ client }) => {
      const { description, messages } = await client.getPrompt({ name, arguments: args });
      return { ...(description !== undefined && { description }), messages };
    });
  }

  /** Looks for what keeps the server from running, or will. Starts nothing. */
  async doctor(server: Server): Promise<Finding[]> {
    const { examine } = await import('./doctor/doctor.js');
    const unit = this.#units.get(server.id);
    return examine({
      server,
      others: (this.ports.servers?.() ?? []).filter(({ id }) => id !== server.id),
      environment: this.#environment,
      resolve: this.ports.resolve,
      redact: this.ports.redact,
      settings: this.ports.settings,
      run: this.run(server.id),
      refusal: this.ports.refusal?.(server),
      junkLines: unit?.junkLines ?? 0,
    });
  }

  /**
   * Fetches the package that a start by npx or uvx would have to download, as a start may: only where the command may
   * run. @throws AppError `consent_required`, `unsupported`, `start_failed`, `timeout` (also where it was cancelled)
   */
  async fetchPackage(serverId: string): Promise<void> {
    this.#refuseWhenDisposed();
    await this.#unit(serverId).fetchPackage(this.tuning.fetchMs ?? FETCH_LIMIT_MS);
  }

  async cancelFetch(serverId: string): Promise<void> {
    await this.#units.get(serverId)?.cancelFetch();
  }

  /** Asks the login shell again; servers see it at their next start. */
  async refreshEnvironment(): Promise<{ path: string; shell: string; tookMs: number }> {
    const answer = await this.#environment.refresh();
    await rememberLoginPath(this.ports.cacheDir, answer);
    const { env, shell, tookMs } = answer;
    return { path: env['PATH'] ?? '', shell, tookMs };
  }

  questions(): Question[] {
    return this.#questions.list();
  }

  /** @throws AppError `not_found` when the question is no longer open */
  answer(id: string, action: Answer['action'], content?: Record<string, unknown>): void {
    this.#questions.answer(id, { action, ...(content && { content }) });
  }

  /** Tells running servers that the settings' roots changed. */
  rootsChanged(): void {
    for (const { supervisor } of this.#units.values())
      void supervisor.session?.client.sendRootsListChanged().catch(() => {});
  }

  /** After the computer slept: sessions are checked, waiting times begin anew. */
  woke(): void {
    this.#idle.woke();
    for (const { supervisor } of this.#units.values()) supervisor.woke();
  }

  /** Ends every child and closes every session. Nothing of them runs when it resolves. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#autostart.clear();
    this.#metrics.stop();
    this.#idle.stop();
    this.#questions.closeAll();
    const units = [...this.#units.values()];
    await Promise.all(units.map((unit) => unit.end()));
    await Promise.all(units.map((unit) => unit.log.close()));
    await this.#register.dispose();
    this.#events.clear();
  }

  async #use<T>(serverId: string, what: string, act: (session: Session) => Promise<T>): Promise<T> {
    const unit = this.#unit(serverId);
    return this.#idle.during(serverId, async () => {
      if (!unit.supervisor.session && this.#isOnDemand(serverId)) await this.start(serverId);
      return unit.use(what, act);
    });
  }

  /** A child started while the app is ending would outlive it. */
  #refuseWhenDisposed(): void {
    if (this.#disposed) throw new AppError('not_running', 'The app is ending.', 'Start it again.');
  }

  #isOnDemand(serverId: string): boolean {
    return this.ports.server(serverId)?.lifecycle.onDemand ?? false;
  }

  async #stopIdle(serverId: string, minutes: number): Promise<void> {
    const unit = this.#units.get(serverId);
    unit?.log.say(`not used for ${minutes} minutes: stopping until its next use`);
    await unit?.supervisor.stop();
  }

  #trees(): Map<string, ProcessTree> {
    const trees = new Map<string, ProcessTree>();
    for (const [serverId, { supervisor }] of this.#units) {
      const tree = supervisor.attempt?.tree;
      if (tree) trees.set(serverId, tree);
    }
    return trees;
  }

  #onSample(serverId: string, metric: Metric): void {
    const { cpuPercent, rssBytes } = metric;
    this.#units.get(serverId)?.supervisor.note({ cpuPercent, rssBytes });
    this.#events.emit('metrics.sampled', { serverId, metric });
  }

  #unit(serverId: string): ServerUnit {
    const known = this.#units.get(serverId);
    if (known) return known;
    const { ports } = this;
    if (!ports.server(serverId))
      throw new AppError(
        'not_found',
        'There is no such server.',
        'It may have been removed in another window.',
      );
    const unit = new ServerUnit(serverId, {
      ...ports,
      ...this.tuning,
      server: () => ports.server(serverId),
      environment: this.#environment,
      register: this.#register,
      confirmations: this.#confirmations,
      registered: this.#registered,
      questions: this.#questions,
      runChanged: (run) => this.#events.emit('run.changed', { run }),
      logAppended: (entries, dropped) =>
        this.#events.emit('log.appended', { serverId, entries, ...(dropped > 0 && { dropped }) }),
      toolsChanged: () => this.#events.emit('tools.changed', { serverId }),
    });
    this.#units.set(serverId, unit);
    return unit;
  }
}
