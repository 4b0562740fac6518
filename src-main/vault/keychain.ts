import { failureOf, KeychainFailure, type FailureCause } from './keychain-failure.js';
import type { HelperAnswer, HelperRequest, KeychainOp } from './helper-protocol.js';

/** The process in which keytar lives, however the host starts it. */
export interface HelperProcess {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: () => void): void;
  kill(): void;
}

export type KeychainLimits = {
  /** A caller waits no longer than this for its call, once it is its turn. */
  answerMs: number;
  /** The helper may work on one call for this long, so that a person has time to answer a prompt. Then it is ended. */
  hangMs: number;
  /** A helper without work is ended after this. */
  idleMs: number;
};

export const KEYCHAIN_LIMITS: KeychainLimits = { answerMs: 10_000, hangMs: 60_000, idleMs: 30_000 };

/** Failures that a fresh helper would meet again. */
const FINAL = new Set<FailureCause>(['addon', 'locked', 'denied']);

type Result = string | boolean | null;
type Call = {
  op: KeychainOp;
  attempt: number;
  resolve: (result: Result) => void;
  reject: (failure: KeychainFailure) => void;
};
type Working = { call: Call; id: number; answerTimer: NodeJS.Timeout; hangTimer: NodeJS.Timeout };

/**
 * One call at a time to the helper. A call that hangs fails, and with it all that wait behind it; until the helper
 * answers or is ended, further calls fail at once, so that nothing in the app waits for a prompt nobody sees. A helper
 * that dies is started again and the call tried once more: every call may be made twice without harm.
 */
export class Keychain {
  #helper: HelperProcess | undefined;
  #working: Working | undefined;
  #isStuck = false;
  #waiting: Call[] = [];
  #lastId = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Whether the helper that runs now has answered a call well. */
  #hasServed = false;
  #ended = false;
  #drained: (() => void) | undefined;

  constructor(
    private readonly launch: () => HelperProcess,
    private readonly limits: KeychainLimits = KEYCHAIN_LIMITS,
  ) {}

  /** @throws KeychainFailure */
  get(account: string): Promise<string | null> {
    return this.#call({ op: 'get', account }) as Promise<string | null>;
  }

  /** @throws KeychainFailure */
  async set(account: string, password: string): Promise<void> {
    await this.#call({ op: 'set', account, password });
  }

  /**
   * @returns whether it was there; a locked keyring answers false too
   * @throws KeychainFailure
   */
  delete(account: string): Promise<boolean> {
    return this.#call({ op: 'delete', account }) as Promise<boolean>;
  }

  /** Lets the calls that were made come to their end, within `graceMs`, and ends the helper. */
  async dispose(graceMs: number): Promise<void> {
    if ((this.#working && !this.#isStuck) || this.#waiting.length > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
        timer = setTimeout(resolve, graceMs);
      });
      clearTimeout(timer);
    }
    this.#ended = true;
    this.#failAll(new KeychainFailure('vanished', 'Jackfield is ending'));
    this.#end();
  }

  #call(op: KeychainOp): Promise<Result> {
    if (this.#ended) return Promise.reject(new KeychainFailure('vanished', 'Jackfield is ending'));
    if (this.#isStuck) return Promise.reject(new KeychainFailure('unanswered'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ op, attempt: 1, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#working) return;
    const call = this.#waiting.shift();
    if (call) return this.#start(call);
    this.#drained?.();
    if (this.#helper && !this.#ended)
      this.#idleTimer = setTimeout(() => this.#end(), this.limits.idleMs).unref();
  }

  #start(call: Call): void {
    clearTimeout(this.#idleTimer);
    const id = (this.#lastId += 1);
    const { answerMs, hangMs } = this.limits;
    this.#working = {
      call,
      id,
      answerTimer: setTimeout(() => this.#giveUp(), answerMs).unref(),
      hangTimer: setTimeout(() => this.#end(), hangMs).unref(),
    };
    const request: HelperRequest = { ...call.op, id };
    try {
      (this.#helper ??= this.#launch()).send(request);
    } catch (error) {
      this.#finish();
      call.reject(new KeychainFailure('crashed', error instanceof Error ? error.message : String(error)));
      this.#next();
    }
  }

  #launch(): HelperProcess {
    const helper = this.launch();
    this.#hasServed = false;
    helper.onMessage((message) => {
      if (helper === this.#helper) this.#onAnswer(message as HelperAnswer);
    });
    helper.onExit(() => {
      if (helper === this.#helper) this.#onExit();
    });
    return helper;
  }

  #onAnswer(answer: HelperAnswer): void {
    if (this.#working?.id !== answer.id) return;
    const wasStuck = this.#isStuck;
    const { call } = this.#finish() as Working;
    if (answer.ok) {
      this.#hasServed = true;
      call.resolve(answer.result);
    } else this.#onFailure(call, answer, wasStuck);
    this.#next();
  }

  #onFailure(call: Call, answer: Extract<HelperAnswer, { ok: false }>, wasStuck: boolean): void {
    const failure = answer.addonMissing
      ? new KeychainFailure('addon', answer.message)
      : failureOf(answer.message);
    // libsecret stays with the keyring it met first; a fresh process finds one that was restarted since.
    const mayBeStale = this.#hasServed && !FINAL.has(failure.why) && call.attempt === 1 && !wasStuck;
    if (mayBeStale) this.#waiting.unshift({ ...call, attempt: 2 });
    else call.reject(failure);
    this.#end();
  }

  #onExit(): void {
    this.#helper = undefined;
    const wasStuck = this.#isStuck;
    const working = this.#finish();
    if (working && !wasStuck) {
      if (working.call.attempt === 1) this.#waiting.unshift({ ...working.call, attempt: 2 });
      else working.call.reject(new KeychainFailure('crashed'));
    }
    this.#next();
  }

  /** The call may still come to its end, but nobody waits for it any more. */
  #giveUp(): void {
    this.#isStuck = true;
    this.#working?.call.reject(new KeychainFailure('unanswered'));
    this.#failAll(new KeychainFailure('unanswered'));
    this.#drained?.();
  }

  #failAll(failure: KeychainFailure): void {
    const calls = this.#waiting;
    this.#waiting = [];
    for (const call of calls) call.reject(failure);
  }

  #finish(): Working | undefined {
    const working = this.#working;
    if (working) {
      clearTimeout(working.answerTimer);
      clearTimeout(working.hangTimer);
    }
    this.#working = undefined;
    this.#isStuck = false;
    return working;
  }

  /** Ends the helper. What it worked on is over; the next call starts another one. */
  #end(): void {
    clearTimeout(this.#idleTimer);
    const helper = this.#helper;
    this.#helper = undefined;
    helper?.kill();
    this.#finish()?.call.reject(new KeychainFailure('unanswered'));
    if (!this.#ended) this.#next();
  }
}
