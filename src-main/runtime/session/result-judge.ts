import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Question, Verdict } from './result-judge-thread.js';

/** Judging takes a millisecond; the 5 MB that the largest results have, some hundred. */
const LIMIT_MS = 2_000;
/** A thread of its own costs memory: it ends when there has been nothing to judge for this long. */
const IDLE_MS = 10_000;
const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** Whether a result is what the schema asks for, and why it is not; or why nobody can tell. */
export type Judgement = Verdict | { unknown: string };

/**
 * Judges the results of one server's tools. Schema and result are both the server's, and together they are a program:
 * a pattern that backtracks without end, references that branch at each level. So it runs in a thread that is ended
 * when it takes too long, and neither the app nor another server's results wait for it.
 */
export class ResultJudge {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Aborted, with the reason, when what is being asked will not be answered. */
  #asking = new AbortController();

  /** @param file the bundled thread, `out/main/result-judge.js` */
  constructor(private readonly file: string) {}

  /** Never fails. Results are judged one after the other. */
  judge(schema: unknown, value: unknown): Promise<Judgement> {
    const judgement = this.#last.then(() => this.#ask({ schema, value }));
    this.#last = judgement;
    return judgement;
  }

  /** Ends the thread, and what it is at; what is asked later starts another. */
  close(why = 'the server was stopped'): void {
    this.#asking.abort(why);
    clearTimeout(this.#idle);
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ask(question: Question): Promise<Judgement> {
    clearTimeout(this.#idle);
    const asking = (this.#asking = new AbortController());
    const timer = setTimeout(() => asking.abort(`it took more than ${LIMIT_MS / 1_000} s`), LIMIT_MS);
    try {
      const worker = (this.#worker ??= await this.#start());
      worker.ref();
      worker.postMessage(question);
      const [verdict] = (await once(worker, 'message', { signal: asking.signal })) as [Verdict];
      worker.unref();
      this.#idle = setTimeout(() => this.close(), IDLE_MS).unref();
      return verdict;
    } catch (error) {
      this.close(String(error));
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
      if (this.#worker === worker) this.close(String(error));
    });
    return worker;
  }
}
