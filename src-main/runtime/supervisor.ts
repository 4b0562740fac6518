import { AppError, type Lifecycle, type Problem, type Run } from '../contract/index.js';
import type { Attempt, Ending, StartFailure } from './attempt.js';
import { LONGEST_DELAY_MS, BREAKER_FAILURES } from './restart-policy.js';
import { AT_REST, decide, type Decision, type Effect, type Machine, type MachineEvent } from './run-state.js';
import type { Session } from './session/session.js';
import { endedByItself } from './start-failures.js';

export type SupervisorPorts = {
  serverId: string;
  policy(): Lifecycle['restart'];
  /** Starts one try, which may spawn nothing before `free`: until then an older one's processes are being ended. */
  launch(free: Promise<void>): Attempt;
  /** A line for the server's log. */
  say(text: string): void;
  changed(run: Run): void;
  redact(text: string): string;
  now?(): number;
  random?(): number;
};

/** What the run shows beyond its state; set by one attempt, cleared by the next. */
type Facts = Omit<Run, 'serverId' | 'state' | 'restarts' | 'retryAt' | 'error' | 'pid'>;

/** States in which something of it runs, and uses CPU and memory. */
const LIVE = new Set<Run['state']>(['starting', 'running', 'stopping']);

/**
 * Runs one server. What happens next is decided by `decide`; this class feeds it events and does what it says. Every
 * event of an attempt first has to answer whether that attempt is still the current one: the exit of an older child
 * never touches a newer one's state.
 */
export class Supervisor {
  #machine: Machine = AT_REST;
  #attempt: Attempt | undefined;
  #session: Session | undefined;
  #facts: Facts = {};
  /** `brief`: for the log, where what the server said last stands right above. */
  #failure: { problem: Problem; error: AppError; early: boolean; brief?: string } | undefined;
  #retry: { timer: NodeJS.Timeout; at: number } | undefined;
  #force = new AbortController();
  /** What earlier attempts left behind is ended before the next one is launched. */
  #ending: Promise<void> = Promise.resolve();
  readonly #waiting = new Set<() => void>();

  constructor(private readonly ports: SupervisorPorts) {}

  /** A ready server's session. */
  get session(): Session | undefined {
    return this.#machine.state === 'running' ? this.#session : undefined;
  }

  get attempt(): Attempt | undefined {
    return this.#attempt;
  }

  get run(): Run {
    const { state, restarts } = this.#machine;
    const pid = this.#attempt?.pid;
    return {
      serverId: this.ports.serverId,
      state,
      ...(pid !== undefined && { pid }),
      ...this.#facts,
      restarts,
      ...(this.#failure && { error: this.#failure.problem }),
      ...(this.#retry && { retryAt: new Date(this.#retry.at).toISOString() }),
    };
  }

  /** Answers when it is ready. @throws AppError why it is not */
  async start(): Promise<Run> {
    this.#apply({ type: 'start' });
    return this.#ready();
  }

  async restart(): Promise<Run> {
    this.#apply({ type: 'restart' });
    return this.#ready();
  }

  /** Answers when nothing of it runs any more. A second stop while stopping forces it. */
  async stop(): Promise<Run> {
    this.#apply({ type: 'stop' });
    await this.#until(() => this.#machine.state !== 'stopping' || this.#machine.then === 'launch');
    await this.#ending;
    return this.run;
  }

  /** Numbers that change all the time are not worth a transition. */
  note(facts: Partial<Facts>): void {
    if (LIVE.has(this.#machine.state)) Object.assign(this.#facts, facts);
  }

  /** Something noted of this attempt is no longer so. */
  forget(fact: keyof Facts): void {
    delete this.#facts[fact];
  }

  /** The session was found dead although nothing ended: an HTTP server that went away, or one that hangs. */
  lost(attempt: Attempt, ending: Ending): void {
    if (attempt === this.#attempt) this.#onEnded(ending);
  }

  /** The attempt opened a new session in place of one that was forgotten by its server. */
  renewed(attempt: Attempt, session: Session): void {
    if (attempt !== this.#attempt || this.#machine.state !== 'running') return;
    this.#session = session;
    this.#facts.toolCount = session.tools.length;
    this.ports.changed(this.run);
  }

  async #ready(): Promise<Run> {
    await this.#until(() => this.#isSettled());
    if (this.#machine.state === 'running') return this.run;
    throw (
      this.#failure?.error ??
      new AppError('start_failed', 'The server was stopped before it was ready.', 'Start it again.')
    );
  }

  /** Settled: ready, failed, stopped, or waiting for a try that may fail the same way for ever. */
  #isSettled(): boolean {
    const { state } = this.#machine;
    if (state === 'backoff') return !this.#failure?.early;
    return state === 'running' || state === 'failed' || state === 'stopped';
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #apply(event: MachineEvent): void {
    const decision = decide(this.#machine, event, {
      policy: this.ports.policy(),
      now: this.ports.now?.() ?? Date.now(),
      random: this.ports.random?.() ?? Math.random(),
    });
    const before = this.#machine.state;
    this.#machine = decision.machine;
    if (decision.machine.state === 'stopped') this.#failure = undefined;
    if (!LIVE.has(decision.machine.state)) {
      delete this.#facts.cpuPercent;
      delete this.#facts.rssBytes;
    }
    for (const effect of decision.effects) this.#do(effect, decision);
    if (before !== decision.machine.state || decision.effects.length > 0) this.#tell(before);
  }

  #tell(before: Run['state']): void {
    const { state } = this.#machine;
    if (before !== state) this.ports.say(`${before} → ${state}${this.#because()}`);
    this.ports.changed(this.run);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  #because(): string {
    const { state, failures } = this.#machine;
    if (state === 'running') {
      const { readyMs, toolCount, serverInfo } = this.#facts;
      const name = serverInfo ? `${serverInfo.name} ${serverInfo.version}, ` : '';
      return `: ${name}ready in ${readyMs} ms, ${toolCount} ${toolCount === 1 ? 'tool' : 'tools'}`;
    }
    const { brief, problem } = this.#failure ?? {};
    const why = brief ?? problem?.message ?? '';
    if (state === 'failed') return `: ${why}`;
    if (state !== 'backoff' || !this.#retry) return '';
    const seconds = Math.round((this.#retry.at - (this.ports.now?.() ?? Date.now())) / 1_000);
    const breaker =
      failures >= BREAKER_FAILURES
        ? `; ${failures} failures in a row, so it is only probed every ${LONGEST_DELAY_MS / 1_000} s`
        : '';
    return `: ${why}${/[.!?]$/.test(why) ? '' : '.'} Next try in ${seconds} s${breaker}.`;
  }

  #do(effect: Effect, decision: Decision): void {
    switch (effect) {
      case 'launch':
        return this.#launch();
      case 'end':
        return this.#end(true, () => this.#apply({ type: 'gone' }));
      case 'clean':
        return this.#end(false, () => {});
      case 'force':
        return this.#force.abort();
      case 'schedule_retry':
        return this.#scheduleRetry(decision.delayMs ?? LONGEST_DELAY_MS);
      case 'cancel_retry':
        return this.#cancelRetry();
    }
  }

  /** After the computer slept: what waits for its next try waits no longer, what runs is asked whether it still does. */
  woke(): void {
    if (this.#retry) {
      this.#cancelRetry();
      this.#apply({ type: 'retry_due' });
    }
    void this.session?.check();
  }

  #scheduleRetry(delayMs: number): void {
    clearTimeout(this.#retry?.timer);
    const timer = setTimeout(() => {
      this.#retry = undefined;
      this.#apply({ type: 'retry_due' });
    }, delayMs);
    this.#retry = { timer, at: (this.ports.now?.() ?? Date.now()) + delayMs };
  }

  #cancelRetry(): void {
    clearTimeout(this.#retry?.timer);
    this.#retry = undefined;
  }

  #launch(): void {
    this.#facts = {};
    this.#failure = undefined;
    this.#session = undefined;
    // Nothing of the last attempt may hold a port or a lock file of the next one: skip its remaining waits.
    this.#force.abort();
    this.#force = new AbortController();
    const attempt = this.ports.launch(this.#ending);
    this.#attempt = attempt;
    attempt.ready.then(
      ({ session, readyMs }) => this.#ifCurrent(attempt, () => this.#onReady(attempt, session, readyMs)),
      (failure: StartFailure) => this.#ifCurrent(attempt, () => this.#onFailed(failure)),
    );
  }

  #ifCurrent(attempt: Attempt, act: () => void): void {
    if (attempt === this.#attempt) act();
  }

  #onReady(attempt: Attempt, session: Session, readyMs: number): void {
    this.#session = session;
    const { serverInfo, protocolVersion } = session;
    Object.assign(this.#facts, {
      startedAt: this.#facts.startedAt ?? new Date(Date.now() - readyMs).toISOString(),
      readyMs,
      toolCount: session.tools.length,
      ...(serverInfo && { serverInfo }),
      ...(protocolVersion !== undefined && { protocolVersion }),
    });
    this.#apply({ type: 'ready' });
    void attempt.ended.then((ending) => this.#ifCurrent(attempt, () => this.#onEnded(ending)));
  }

  #onFailed(failure: StartFailure): void {
    if (this.#machine.state !== 'starting') return;
    const { permanent, ending } = failure;
    // A folder or a command may have been put together with a secret.
    const { code, message, hint, issues } = failure.error;
    const error = new AppError(code, this.ports.redact(message), this.ports.redact(hint), issues);
    this.#failure = { problem: error.toProblem(), error, early: ending !== undefined };
    this.#noteEnding(ending);
    this.#apply({
      type: 'start_failed',
      permanent,
      early: ending !== undefined,
      endedWell: ending?.exitCode === 0,
    });
  }

  #onEnded(ending: Ending): void {
    if (this.#machine.state !== 'running') return;
    const endedWell = ending.exitCode === 0;
    this.#noteEnding(ending);
    if (!endedWell || this.ports.policy() === 'always') {
      const { code, message, hint } = endedByItself(ending);
      const error = new AppError(code, this.ports.redact(message), hint);
      const brief = this.ports.redact(`The server ${ending.reason}.`);
      this.#failure = { problem: error.toProblem(), error, early: false, brief };
    } else this.ports.say(`the server ${ending.reason}`);
    this.#apply({ type: 'ended', endedWell });
  }

  #noteEnding(ending: Ending | undefined): void {
    if (ending?.exitCode !== undefined) this.#facts.exitCode = ending.exitCode;
    if (ending?.signal !== undefined) this.#facts.signal = ending.signal;
  }

  #end(asking: boolean, then: () => void): void {
    const attempt = this.#attempt;
    // While it is asked to stop its pid is still shown; a failed one is no longer the current one.
    if (!asking) this.#attempt = undefined;
    this.#session = undefined;
    const done = attempt?.end({ asking, force: this.#force.signal });
    const all = Promise.all([done, this.#ending]).then(
      ([ending]) => {
        if (!asking || attempt !== this.#attempt) return;
        this.#attempt = undefined;
        this.#noteEnding(ending);
      },
      (error: unknown) => this.ports.say(`while ending it: ${String(error)}`),
    );
    this.#ending = all.then(then);
  }
}
