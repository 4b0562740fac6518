import spawn from 'cross-spawn';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartFailure, type Attempt, type Ending } from './attempt.js';
import type { LaunchPlan } from './launch/launch-plan.js';
import { cutLine, LineSplitter } from './log/line-splitter.js';
import { TREE_MARK } from './process/process-marks.js';
import { ProcessTree } from './process/process-tree.js';
import { loadMcp } from './session/load-mcp.js';
import type { ProtocolTap } from './session/protocol-log.js';
import type { Session } from './session/session.js';
import type { SessionHost } from './session/session-host.js';
import { asStartFailure, exitedEarly, spawnFailed } from './start-failures.js';

/** How long what a dead child wrote last may take to arrive; grandchildren may hold its pipes open for ever. */
const DRAIN_MS = 100;
const EXIT_NEWS_MS = 300;
/** Long enough for the exit that usually follows. */
const DEAF_MS = 2_000;

export type StdioPorts = {
  /** Unique to this attempt. */
  mark: string;
  handshakeMs: number;
  host: SessionHost;
  plan(): Promise<LaunchPlan>;
  /** Told right after the spawn. */
  onSpawn(tree: ProcessTree, plan: LaunchPlan): void;
  /** Told when nothing of it runs any more. */
  onGone(tree: ProcessTree): void;
  /** What the plan trusted did not hold: the next plan is made without. */
  distrust(key: string): Promise<void>;
  onOutput(stream: 'stderr' | 'stdout', lines: string[]): void;
  /** The last lines of stderr, redacted. */
  lastWords(): string[];
  say(text: string): void;
  /** Where the protocol log listens. */
  tap: ProtocolTap;
};

/** A local server: a child in a process group of its own, and the MCP session over its stdio. */
export class StdioAttempt implements Attempt {
  tree: ProcessTree | undefined;
  readonly ready: Attempt['ready'];
  readonly ended: Promise<Ending>;
  readonly #abort = new AbortController();
  #child: ChildProcessWithoutNullStreams | undefined;
  #session: Session | undefined;
  #exit: Promise<Ending> | undefined;
  #reportEnd!: (ending: Ending) => void;

  constructor(private readonly ports: StdioPorts) {
    this.ended = new Promise((resolve) => (this.#reportEnd = resolve));
    this.ready = this.#open().catch((error: unknown) => {
      throw asStartFailure(error);
    });
  }

  get pid(): number | undefined {
    return this.tree?.pid;
  }

  async end({ asking, force }: { asking: boolean; force: AbortSignal }): Promise<Ending | undefined> {
    this.#abort.abort();
    const child = this.#child;
    const ask = (): void => void child?.stdin?.end();
    if (!asking) ask();
    const left = await this.tree?.end({ ...(asking && { ask }), force, say: this.ports.say });
    if (left && left.length > 0) this.ports.say(`could not be ended: ${left.join(', ')}`);
    else if (this.tree) this.ports.onGone(this.tree);
    await this.#session?.close();
    child?.stdout?.destroy();
    child?.stderr?.destroy();
    // The system knows of an exit a moment before Node tells it.
    if (this.#exit && child?.exitCode === null && child.signalCode === null)
      await Promise.race([this.#exit.catch(() => {}), sleep(EXIT_NEWS_MS)]);
    return child && { exitCode: child.exitCode, signal: child.signalCode, reason: 'was stopped' };
  }

  async #open(): Promise<{ session: Session; readyMs: number }> {
    const plan = await this.ports.plan();
    const started = performance.now();
    const opened = this.#run(plan).catch(async (error: unknown) => {
      const isEarlyExit = error instanceof StartFailure && error.ending !== undefined;
      if (plan.trusts === undefined || !isEarlyExit || this.#abort.signal.aborted) throw error;
      await this.ports.distrust(plan.trusts);
      await this.#clearAway();
      return this.#run(await this.ports.plan());
    });
    const session = await opened;
    return { session, readyMs: Math.round(performance.now() - started) };
  }

  /** Ends what an exited child may have left, so that another can take its place. */
  async #clearAway(): Promise<void> {
    const { tree } = this;
    await tree?.end({ force: this.#abort.signal, say: this.ports.say });
    if (tree) this.ports.onGone(tree);
    await this.#session?.close();
  }

  async #run(plan: LaunchPlan): Promise<Session> {
    if (this.#abort.signal.aborted) throw new Error('stopped before it was spawned');
    const child = await this.#spawned(plan);
    const exit = this.#watchExit(child, plan);
    this.#exit = exit;
    // Whoever waits for it comes a moment later.
    exit.catch(() => {});
    const { ChildTransport, Session, TappedTransport } = await loadMcp();
    if (this.#abort.signal.aborted) throw new Error('stopped before it was spoken to');
    const session = new Session(this.ports.host);
    this.#session = session;
    const transport = new ChildTransport(child, (line) => this.ports.onOutput('stdout', [cutLine(line)]));
    const tapped = new TappedTransport(transport, this.ports.tap);
    const opened = session.open(tapped, this.ports.handshakeMs, this.#abort.signal);
    await this.#firstOf(opened, exit);
    void exit.then((ending) => this.#reportEnd({ ...ending, lastWords: this.ports.lastWords() }));
    // Without stdout it can answer nothing any more, although it may run on for ever.
    const deaf = (): void =>
      this.#reportEnd({ reason: 'closed its stdout, and so can answer nothing any more' });
    if (child.stdout.readableEnded) deaf();
    child.stdout.once('end', () => setTimeout(deaf, DEAF_MS).unref());
    return session;
  }

  /** The handshake against the exit: an exit explains a failed handshake better than a closed pipe does. */
  async #firstOf(opened: Promise<void>, exit: Promise<Ending>): Promise<void> {
    const early = exit.then((ending) => {
      throw exitedEarly(ending, this.ports.lastWords());
    });
    early.catch(() => {});
    opened.catch(() => {});
    try {
      await Promise.race([opened, early]);
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      // The pipe closes a moment before the exit is told.
      await Promise.race([early, sleep(EXIT_NEWS_MS)]);
      const { handshakeFailed } = await loadMcp();
      throw handshakeFailed(error, this.ports.handshakeMs, this.ports.lastWords());
    }
  }

  /** Some of what the system refuses is thrown at once, and not told as an event: arguments that are too long, say. */
  async #spawned(plan: LaunchPlan): Promise<ChildProcessWithoutNullStreams> {
    try {
      return this.#spawn(plan);
    } catch (error) {
      throw await spawnFailed(error as NodeJS.ErrnoException, plan);
    }
  }

  #spawn(plan: LaunchPlan): ChildProcessWithoutNullStreams {
    const { file, nodeOptions = [], args, cwd } = plan;
    const child = spawn(file, [...nodeOptions, ...args], {
      cwd,
      env: { ...plan.env, [TREE_MARK]: this.ports.mark },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that the whole tree can be ended. On Windows it would open a console window instead.
      detached: process.platform !== 'win32',
      windowsHide: true,
      shell: false,
    }) as ChildProcessWithoutNullStreams;
    this.#child = child;
    if (child.pid !== undefined) {
      this.tree = new ProcessTree(child.pid, this.ports.mark);
      this.ports.onSpawn(this.tree, plan);
    }
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => {});
    const lines = new LineSplitter();
    child.stderr?.on('data', (chunk: Buffer) => this.ports.onOutput('stderr', lines.push(chunk)));
    child.stderr?.once('end', () => this.ports.onOutput('stderr', lines.end()));
    return child;
  }

  /** Resolves with how the process ended; rejects with a `StartFailure` when it never began. */
  #watchExit(child: ChildProcessWithoutNullStreams, plan: LaunchPlan): Promise<Ending> {
    return new Promise((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => {
        // Also emitted when a signal could not be sent, which ends nothing.
        if (child.pid === undefined) void spawnFailed(error, plan).then(reject);
      });
      child.once('exit', (exitCode, signal) => {
        const reason = signal ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
        const done = (): void => resolve({ exitCode, signal, reason });
        const timer = setTimeout(done, DRAIN_MS);
        child.once('close', () => {
          clearTimeout(timer);
          done();
        });
      });
    });
  }
}
