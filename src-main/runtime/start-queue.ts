import { availableParallelism, cpus } from 'node:os';
import PQueue from 'p-queue';

/** One more than there are cores: while one start waits for the disk, the others compute. */
const FEW = availableParallelism() + 1;
/** Starts that only wait, for a network say, cost nothing; this many of them are still no flood. */
const MANY = availableParallelism() * 8;
/** A start that takes longer than this gives up its place: it must not hold up the others. */
const PLACE_MS = 3_000;
const LOOK_EVERY_MS = 250;
/** Of a core. Less is what any machine leaves idle between two things. */
const WORTH_A_START = 0.5;
const ALL_BUSY = 0.1;

/** @returns how many cores had nothing to do since the last call, as a fraction; all of them where nobody knows */
function idleCores(): () => number {
  let before = { idle: 0, all: 0 };
  return () => {
    const times = cpus().map((core) => core.times);
    const idle = times.reduce((sum, one) => sum + one.idle, 0);
    const all = times.reduce(
      (sum, { user, nice, sys, idle: own, irq }) => sum + user + nice + sys + own + irq,
      0,
    );
    const share = all > before.all ? (idle - before.idle) / (all - before.all) : 1;
    before = { idle, all };
    return share * Math.max(1, times.length);
  };
}

/**
 * Starts that nobody waits for. All at once they would share the processors, and the last would be ready as late as the
 * first, and the window with them: a few at a time, the first is ready after a moment, and all of them no later. More go
 * ahead only while processors are idle.
 */
export class StartQueue {
  readonly #queue = new PQueue({ concurrency: FEW });
  #timer: NodeJS.Timeout | undefined;

  /** @param idle answers how many cores were idle since it was asked last */
  constructor(private readonly idle: () => number = idleCores()) {}

  add(start: () => Promise<unknown>): void {
    void this.#queue.add(async () => {
      const place = new Promise((resolve) => setTimeout(resolve, PLACE_MS).unref());
      await Promise.race([start().catch(() => undefined), place]);
    });
    if (this.#queue.size === 0 || this.#timer) return;
    // What was idle before is of no interest.
    this.idle();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Drops what has not begun. */
  clear(): void {
    this.#queue.clear();
    this.#rest();
  }

  /** Everything has had its place. */
  settled(): Promise<void> {
    return this.#queue.onIdle();
  }

  #look(): void {
    const idle = this.idle();
    const now = this.#queue.concurrency;
    if (idle >= WORTH_A_START) this.#queue.concurrency = Math.min(MANY, now + Math.ceil(idle));
    else if (idle < ALL_BUSY) this.#queue.concurrency = Math.max(FEW, now - 1);
    if (this.#queue.size === 0) this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#queue.concurrency = FEW;
  }
}
