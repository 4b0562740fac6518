import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { AppError, type Tool, type ToolResult } from '../../contract/index.js';
import type { Question, Verdict } from './result-judge-thread.js';

/** Judging takes a millisecond; the 5 MB that the largest results have, some hundred. */
const LIMIT_MS = 2_000;
/** Who has made that of the judge so often is not judged any more: each further result would wait for as long again. */
const PATIENCE = 3;
/** A thread of its own costs memory: it ends when there has been nothing to judge for this long. */
const IDLE_MS = 10_000;
/** Characters of a verdict that are told: it says everything that does not fit. */
const TOLD = 500;
const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

export type JudgePorts = {
  /** To the server's log. */
  say(text: string): void;
  redact(text: string): string;
};

/**
 * Judges the results of one server's tools. Schema and result are both the server's, and together they are a program:
 * a pattern that backtracks without end, references that branch at each level. So it runs in a thread that is ended
 * when it takes too long, and neither the app nor another server's results wait for it.
 */
export class ResultJudge {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** How often the thread had to be ended in the middle of a judgement, since the server was started. */
  #endless = 0;
  /** Aborted, with the reason, when what is being asked will not be answered. */
  #asking = new AbortController();

  /** @param file the bundled thread, `out/main/result-judge.js` */
  constructor(
    private readonly file: string,
    private readonly ports: JudgePorts,
  ) {}

  /**
   * Holds a result against what the tool said it would answer, one after the other. Where nobody can tell, it is passed
   * on and the log says so.
   * @throws AppError `remote_rejected`
   */
  async accept({ name, outputSchema }: Tool, { structuredContent, isError }: ToolResult): Promise<void> {
    if (!outputSchema || structuredContent === undefined || isError) return;
    const asked = this.#last.then(() => this.#ask({ schema: outputSchema, value: structuredContent }));
    this.#last = asked;
    const verdict = await asked;
    if ('unknown' in verdict)
      this.ports.say(`what "${name}" answered was not judged by its output schema: ${verdict.unknown}`);
    else if (!verdict.fits)
      throw new AppError(
        'remote_rejected',
        `The call of "${name}" was answered wrongly, not as its output schema says: ${this.ports.redact(verdict.why).slice(0, TOLD)}`,
        'The server is at fault: its answer or its schema has to change.',
      );
  }

  /** The server is started anew, perhaps another version of it. */
  begin(): void {
    this.#endless = 0;
  }

  /** Ends the thread, and what it is at; what is asked later starts another. */
  close(): void {
    this.#end('the server was stopped');
  }

  #end(why: string): void {
    this.#asking.abort(why);
    clearTimeout(this.#idle);
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Never fails. */
  async #ask(question: Question): Promise<Verdict> {
    if (this.#endless >= PATIENCE)
      return { unknown: `that took too long ${PATIENCE} times; the next start of the server begins anew` };
    clearTimeout(this.#idle);
    const asking = (this.#asking = new AbortController());
    const timer = setTimeout(() => {
      this.#endless += 1;
      asking.abort(`it took more than ${LIMIT_MS / 1_000} s`);
    }, LIMIT_MS);
    try {
      const worker = (this.#worker ??= await this.#start());
      worker.ref();
      worker.postMessage(question);
      const [verdict] = (await once(worker, 'message', { signal: asking.signal })) as [Verdict];
      worker.unref();
      this.#idle = setTimeout(() => this.#end('nothing to judge'), IDLE_MS).unref();
      return verdict;
    } catch (error) {
      this.#end(String(error));
      return { unknown: String(asking.signal.reason) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #start(): Promise<Worker> {
    const { Worker } = await import('node:worker_threads');
    const worker = new Worker(this.file, { resourceLimits: MEMORY, env: {}, argv: [] });
    // Whoever waits hears of it as well; without a listener it would end the app.
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#end(String(error));
    });
    return worker;
  }
}
