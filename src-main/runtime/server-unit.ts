import {
  AppError,
  type LogEntry,
  type Run,
  type Server,
  type Settings,
  type StdioTransport,
  type Tool,
  type Value,
} from '../contract/index.js';
import { StartFailure, type Attempt } from './attempt.js';
import type { BaseEnvironment } from './launch/environment.js';
import { DeferredAttempt } from './deferred-attempt.js';
import { planFetch } from './launch/fetch-plan.js';
import { planLaunch, type LaunchPlan } from './launch/launch-plan.js';
import type { PackageConfirmations } from './launch/package-confirmations.js';
import type { ProcessRegister } from './process/process-register.js';
import { loadMcp } from './session/load-mcp.js';
import type { ProtocolTap } from './session/protocol-log.js';
import type { Questions } from './session/questions.js';
import { ResultJudge } from './session/result-judge.js';
import { ServerLog } from './log/server-log.js';
import type { SessionHost } from './session/session-host.js';
import type { Session } from './session/session.js';
import { messageOf, QUOTED_LINES } from './start-failures.js';
import { StdioAttempt } from './stdio-attempt.js';
import { PackageFetch } from './package-fetch.js';
import { Supervisor } from './supervisor.js';

/** `initialize` and the tool list must be answered within this time of the start (INTERFACE). */
export const HANDSHAKE_MS = 30_000;
/** Pings in a row without an answer after which a remote session is given up. */
const LOST_PINGS = 2;

/** A session without a process, which can be opened anew. */
type Renewable = Attempt & Required<Pick<Attempt, 'renew'>>;

export type UnitPorts = {
  dataDir: string;
  cacheDir: string;
  appVersion: string;
  resultJudge: string;
  handshakeMs?: number;
  pingMs?: number;
  server(): Server | undefined;
  settings(): Settings;
  resolve(value: Value): Promise<string>;
  redact(text: string): string;
  refusal?(server: Server): AppError | undefined;
  environment: BaseEnvironment;
  register: ProcessRegister;
  confirmations: PackageConfirmations;
  /** Resolves when the register is on disk: nothing is spawned before. */
  registered: Promise<void>;
  questions: Questions;
  runChanged(run: Run): void;
  logAppended(entries: LogEntry[], dropped: number): void;
  toolsChanged(): void;
};

/** Everything the runtime keeps of one server: its supervisor, its log, and how its sessions are made. */
export class ServerUnit {
  readonly log: ServerLog;
  readonly supervisor: Supervisor;
  readonly judge: ResultJudge;
  /** Lines on stdout that were no messages, since the last start. */
  junkLines = 0;
  /** The tools of the last session, for a server that runs on demand. */
  knownTools: Tool[] | undefined;
  #lostPings = 0;
  #renewing: Promise<Session> | undefined;
  #sensitive: string[] = [];
  #fetch: PackageFetch | undefined;

  constructor(
    readonly serverId: string,
    private readonly ports: UnitPorts,
  ) {
    this.log = new ServerLog(serverId, {
      dataDir: ports.dataDir,
      limitMb: () => ports.settings().logLimitMb,
      redact: (text) => this.#redact(text),
      appended: ports.logAppended,
    });
    this.judge = new ResultJudge(ports.resultJudge, {
      say: (text) => this.log.say(text),
      redact: (text) => this.#redact(text),
    });
    this.supervisor = new Supervisor({
      serverId,
      policy: () => ports.server()?.lifecycle.restart ?? 'never',
      launch: (free) => this.#launch(free),
      say: (text) => this.log.say(text),
      changed: (run) => this.#changed(run),
      redact: (text) => this.#redact(text),
    });
  }

  get name(): string {
    return this.ports.server()?.name ?? this.serverId;
  }

  /** @throws AppError `not_running` */
  get session(): Session {
    const { session } = this.supervisor;
    if (session) return session;
    throw new AppError('not_running', `"${this.name}" is not running.`, 'Start it, then try again.');
  }

  /**
   * Does something with the session. A session that its HTTP server has forgotten is opened anew, once; nothing was
   * done then, so doing it again is safe.
   * @throws AppError
   */
  async use<T>(what: string, act: (session: Session) => Promise<T>): Promise<T> {
    const session = this.session;
    const { attempt } = this.supervisor;
    const remote = attempt?.renew ? (attempt as Renewable) : undefined;
    const { explainRequestError, isNetworkFault, isSessionExpired } = await loadMcp();
    try {
      return await act(session).catch(async (error: unknown) => {
        if (!remote || !isSessionExpired(error)) throw error;
        return act(await this.#renewOnce(remote));
      });
    } catch (error) {
      if (remote && isNetworkFault(error)) void this.#check(remote, session);
      throw explainRequestError(error, what, {
        redact: (text) => this.#redact(text),
        isRemote: remote !== undefined,
      });
    }
  }

  /** Calls that fail together share the new session. */
  #renewOnce(attempt: Renewable): Promise<Session> {
    this.#renewing ??= this.#renew(attempt).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renew(attempt: Renewable): Promise<Session> {
    this.log.say('the server has forgotten the session: opening a new one');
    try {
      const session = await attempt.renew();
      this.supervisor.renewed(attempt, session);
      return session;
    } catch (error) {
      this.supervisor.lost(attempt, { reason: `has lost its session: ${messageOf(error)}`, isRemote: true });
      throw error;
    }
  }

  /** A failed request may be a passing fault of one connection: one ping decides. */
  async #check(attempt: Attempt, session: Session): Promise<void> {
    const answered = await session.client.ping({ timeout: 5_000 }).then(
      () => true,
      () => false,
    );
    if (!answered) this.supervisor.lost(attempt, { reason: 'cannot be reached any more', isRemote: true });
  }

  /**
   * Has npx or uvx fetch the package before a start needs it; whoever asks meanwhile waits for the same fetch.
   * @throws AppError `consent_required`, `unsupported`, `start_failed`, `timeout`
   */
  async fetchPackage(limitMs: number): Promise<void> {
    const server = this.ports.server();
    if (server?.transport.type !== 'stdio') throw notLaunchable(undefined);
    // The same gate as a start: what is fetched may run scripts of its own.
    const refusal = this.ports.refusal?.(server);
    if (refusal) throw refusal;
    this.#fetch ??= this.#beginFetch(server.transport, limitMs);
    await this.#fetch.done;
  }

  /** Nothing of the server runs when it resolves. */
  async end(): Promise<void> {
    this.judge.close();
    await Promise.all([this.supervisor.stop(), this.cancelFetch()]);
  }

  /** Resolves when nothing of a fetch runs any more; none under way is no error. */
  async cancelFetch(): Promise<void> {
    await this.#fetch?.cancel();
  }

  #beginFetch(transport: StdioTransport, limitMs: number): PackageFetch {
    const { register, environment, resolve, registered } = this.ports;
    const ports = { environment: () => environment.get(), ownEnvironment: environment.own, resolve };
    const fetch = new PackageFetch({
      mark: register.nextMark(),
      limitMs,
      plan: async () => {
        const plan = await planFetch(transport, ports);
        this.#sensitive = plan.sensitive;
        await registered;
        return plan;
      },
      onSpawn: (tree) => {
        tree.remember();
        void register.add(this.serverId, tree).catch(() => {});
      },
      onGone: (tree) => register.remove(tree),
      say: (text) => this.log.say(text),
    });
    const over = (): void => void (this.#fetch = undefined);
    fetch.done.then(over, over);
    return fetch;
  }

  #changed(run: Run): void {
    const { session } = this.supervisor;
    if (session) this.knownTools = session.tools;
    else this.ports.questions.closeAll(this.serverId);
    this.ports.runChanged(run);
    if (run.state === 'running') this.ports.toolsChanged();
  }

  #launch(free: Promise<void>): Attempt {
    this.junkLines = 0;
    this.#lostPings = 0;
    this.judge.begin();
    const server = this.ports.server();
    const transport = server?.transport;
    switch (transport?.type) {
      case 'stdio': {
        // Asked of the very record whose command is run: an edit between the two cannot slip in another one.
        const refusal = this.ports.refusal?.(server as Server);
        return refusal ? notLaunched(refusal) : this.#launchStdio(transport, free);
      }
      case 'sse':
      case 'streamable_http': {
        const attempt: Attempt = new DeferredAttempt(
          loadMcp().then(
            ({ HttpAttempt }) =>
              new HttpAttempt({
                transport,
                handshakeMs: this.#handshakeMs,
                host: this.#host(() => attempt),
                free,
                resolve: this.ports.resolve,
                settings: this.ports.settings,
                redact: (text) => this.#redact(text),
                say: (text) => this.log.say(text),
                tap: this.#tap,
              }),
          ),
        );
        return attempt;
      }
      case 'inprocess':
      case undefined:
        return notLaunched(notLaunchable(transport?.type));
    }
  }

  #launchStdio(transport: StdioTransport, free: Promise<void>): Attempt {
    const { register, environment, resolve } = this.ports;
    const from = this.log.seq;
    const { confirmations } = this.ports;
    let confirms: string | undefined;
    const attempt: StdioAttempt = new StdioAttempt({
      mark: register.nextMark(),
      handshakeMs: this.#handshakeMs,
      host: this.#host(() => attempt),
      plan: async () => {
        const { settings, cacheDir } = this.ports;
        const plan = planLaunch(transport, {
          environment: () => environment.get(),
          ownEnvironment: environment.own,
          resolve,
          settings,
          cacheDir,
          confirmations,
        });
        await Promise.all([plan, free, this.ports.registered]);
        return plan;
      },
      onSpawn: (tree, plan) => {
        this.#sensitive = plan.sensitive;
        const { shortcut } = plan;
        this.supervisor.note({ startedAt: new Date().toISOString(), ...(shortcut && { shortcut }) });
        this.log.say(`started as process ${tree.pid}: ${commandLine(plan)} (in ${plan.cwd})`);
        if (plan.note) this.log.say(plan.note);
        confirms = plan.confirms;
        tree.remember();
        void register.add(this.serverId, tree).catch(() => {});
        this.ports.runChanged(this.supervisor.run);
      },
      onGone: (tree) => register.remove(tree),
      distrust: (key) => {
        this.supervisor.forget('shortcut');
        this.log.say(
          'it does not start from its cache alone: starting it once more, by way of the package index',
        );
        return confirmations.retract(key).catch(() => {});
      },
      onOutput: (stream, lines) => {
        if (stream === 'stdout') this.junkLines += lines.length;
        this.log.add(stream, lines);
      },
      lastWords: () => this.log.tail('stderr', QUOTED_LINES, from),
      say: (text) => this.log.say(text),
      tap: this.#tap,
    });
    // It is ready, so npx or uvx has done its work; a note that cannot be written only costs time later.
    attempt.ready
      .then(({ readyMs }) =>
        confirms === undefined ? undefined : confirmations.confirm(confirms, { at: Date.now(), readyMs }),
      )
      .catch(() => {});
    return attempt;
  }

  /** What the vault knows, and what came from the env file. */
  #redact(text: string): string {
    const known = this.ports.redact(text);
    return this.#sensitive.reduce((clean, value) => clean.replaceAll(value, '••••'), known);
  }

  get #handshakeMs(): number {
    return this.ports.handshakeMs ?? HANDSHAKE_MS;
  }

  readonly #tap: ProtocolTap = {
    isOn: () => this.ports.server()?.protocolLog ?? false,
    write: (line) => this.log.add('protocol', [line]),
  };

  #host(attempt: () => Attempt): SessionHost {
    const { appVersion, questions, settings } = this.ports;
    return {
      appVersion,
      ...(this.ports.pingMs !== undefined && { pingEveryMs: this.ports.pingMs }),
      clientSide: {
        serverId: this.serverId,
        roots: () => settings().roots,
        home: this.ports.environment.home,
        questions,
        redact: (text) => this.#redact(text),
      },
      onTools: () => this.#toolsChanged(),
      onLogMessage: (text) => this.log.add('protocol', text.split('\n')),
      onFault: (error) => this.#onFault(error),
      onPing: (answered) => this.#onPing(attempt(), answered),
    };
  }

  #toolsChanged(): void {
    const { session } = this.supervisor;
    if (!session) return;
    this.knownTools = session.tools;
    this.supervisor.note({ toolCount: session.tools.length });
    this.ports.runChanged(this.supervisor.run);
    this.ports.toolsChanged();
  }

  /** What goes wrong while it is being ended is no news. */
  #onFault(error: unknown): void {
    const { state } = this.supervisor.run;
    if (state === 'starting' || state === 'running') this.log.say(`fault: ${messageOf(error)}`);
  }

  /** A local server that is silent may be at work, and is left alone; a remote one is connected to anew. */
  #onPing(attempt: Attempt, answered: boolean): void {
    if (answered && this.#lostPings > 0) this.log.say('it answers pings again');
    this.#lostPings = answered ? 0 : this.#lostPings + 1;
    if (answered) return;
    this.log.say(`it did not answer a ping (${this.#lostPings} in a row)`);
    if (attempt.tree === undefined && this.#lostPings >= LOST_PINGS)
      this.supervisor.lost(attempt, { reason: 'does not answer any more', isRemote: true });
  }
}

function commandLine({ file, nodeOptions = [], args }: LaunchPlan): string {
  return [file, ...nodeOptions, ...args]
    .map((part) => (/^[\w@%+=:,./\\-]+$/.test(part) ? part : JSON.stringify(part)))
    .join(' ');
}

function notLaunchable(type: 'inprocess' | undefined): AppError {
  return new AppError(
    'unsupported',
    type ? 'An in-process server lives inside its gateway and cannot be run here.' : 'The server is gone.',
    type ? 'It can be edited here and patched into the gateway it came from.' : 'It was removed.',
  );
}

function notLaunched(error: AppError): Attempt {
  return {
    pid: undefined,
    tree: undefined,
    ready: Promise.reject(new StartFailure(error, true)),
    ended: new Promise(() => {}),
    end: async () => undefined,
  };
}
