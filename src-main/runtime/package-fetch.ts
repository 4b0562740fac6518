import spawn from 'cross-spawn';
import { AppError } from '../contract/index.js';
import type { LaunchPlan } from './launch/launch-plan.js';
import { LineSplitter } from './log/line-splitter.js';
import { TREE_MARK } from './process/process-marks.js';
import { ProcessTree } from './process/process-tree.js';
import { spawnFailed } from './start-failures.js';

/** Some packages bring a browser or a model with them. */
export const FETCH_LIMIT_MS = 600_000;
/** Lines of a failed fetch that are quoted. */
const QUOTED_LINES = 3;

export type FetchPorts = {
  /** Unique to this fetch. */
  mark: string;
  limitMs: number;
  plan(): Promise<LaunchPlan & { spec: string }>;
  onSpawn(tree: ProcessTree, plan: LaunchPlan): void;
  onGone(tree: ProcessTree): void;
  /** A line for the server's log. */
  say(text: string): void;
};

/** Has npx or uvx fetch a server's package before its first start, in a process tree that can be ended at any time. */
export class PackageFetch {
  /** Rejects with an AppError: `timeout` when it was cancelled or took too long, `start_failed` when it failed. */
  readonly done: Promise<void>;
  readonly #stop = new AbortController();

  constructor(private readonly ports: FetchPorts) {
    this.done = this.#run();
  }

  /** Resolves when nothing of it runs any more. */
  async cancel(): Promise<void> {
    this.#stop.abort();
    await this.done.catch(() => {});
  }

  async #run(): Promise<void> {
    const { limitMs, say } = this.ports;
    const plan = await this.ports.plan();
    say(`fetching ${plan.spec}: ${[plan.file, ...plan.args].join(' ')}`);
    try {
      await this.#fetch(plan);
    } catch (error) {
      const failure = this.#explain(error, plan.spec, limitMs);
      say(failure.message);
      throw failure;
    }
    say(`${plan.spec} is fetched`);
  }

  async #fetch(plan: LaunchPlan): Promise<void> {
    const { mark, limitMs, onSpawn, onGone } = this.ports;
    const stopped = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(limitMs)]);
    stopped.throwIfAborted();
    const child = spawn(plan.file, plan.args, {
      cwd: plan.cwd,
      env: { ...plan.env, [TREE_MARK]: mark },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      shell: false,
    });
    const said = this.#listen(child.stdout, child.stderr);
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => void spawnFailed(error, plan).then(({ error }) => reject(error)));
      child.once('exit', resolve);
    });
    if (child.pid === undefined) return void (await exit);
    const tree = new ProcessTree(child.pid, mark);
    onSpawn(tree, plan);
    try {
      const code = await Promise.race([exit, aborted(stopped)]);
      if (code !== 0) throw new FetchFailed(code, said.slice(-QUOTED_LINES));
    } finally {
      await tree.end({ force: new AbortController().signal, say: this.ports.say });
      onGone(tree);
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
  }

  /** What it says goes to the log as it comes; the last of it explains a failure. */
  #listen(...streams: (NodeJS.ReadableStream | null)[]): string[] {
    const said: string[] = [];
    for (const stream of streams) {
      const lines = new LineSplitter();
      stream?.on('data', (chunk: Buffer) => {
        for (const line of lines.push(chunk).filter((text) => text.trim() !== '')) {
          said.push(line);
          if (said.length > QUOTED_LINES) said.shift();
          this.ports.say(line);
        }
      });
      stream?.on('error', () => {});
    }
    return said;
  }

  #explain(error: unknown, spec: string, limitMs: number): AppError {
    if (error instanceof AppError) return error;
    if (this.#stop.signal.aborted)
      return new AppError('timeout', `Fetching ${spec} was cancelled.`, 'Nothing of it runs any more.');
    if (error instanceof FetchFailed)
      return new AppError(
        'start_failed',
        `${spec} could not be fetched: it ended with ${error.code === null ? 'a signal' : `exit code ${error.code}`}.` +
          (error.said.length > 0 ? ` It last said: ${error.said.join(' ⏎ ')}` : ''),
        'Check the package’s name and version, the network, and the proxy; the whole output is in the server’s log.',
      );
    return new AppError(
      'timeout',
      `${spec} was not fetched within ${Math.round(limitMs / 1_000)} s, and was given up.`,
      'Check the network, then try again: what has arrived is kept.',
    );
  }
}

class FetchFailed extends Error {
  constructor(
    readonly code: number | null,
    readonly said: string[],
  ) {
    super('the fetch failed');
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(new Error('stopped'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
