type Waiter<Job> = { job: Job; resolve: () => void; reject: (error: unknown) => void };

/**
 * One writer. Edits that arrive while a write is under way go out together in the next one; each is answered when a
 * write that contains it is on disk. A failed write takes back everything that is not on disk: edits were made one on
 * top of the other, so the later ones fall with the earlier.
 */
export class WriteQueue<State, Job> {
  #head: State;
  #durable: State;
  #waiting: Waiter<Job>[] = [];
  #running: Promise<void> | undefined;

  constructor(
    initial: State,
    private readonly steps: {
      /** Puts a state on disk; `jobs` are the edits it contains that were not there before, oldest first. */
      write: (next: State, before: State, jobs: Job[]) => Promise<void>;
      /** Called when `durable` is the new state, before the edits are answered. Must not throw. */
      landed: (next: State, before: State, jobs: Job[]) => void;
    },
  ) {
    this.#head = initial;
    this.#durable = initial;
  }

  /** With all edits, also those still on their way to the disk: what the next edit is made on. */
  get head(): State {
    return this.#head;
  }

  /** What is on disk. */
  get durable(): State {
    return this.#durable;
  }

  /** Answers when `next` is on disk. */
  submit(next: State, job: Job): Promise<void> {
    this.#head = next;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Answers when nothing is on its way any more. Never fails: each edit has its own answer. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // One turn later, so that edits made in the same breath share one write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#flush(batch);
    }
    this.#running = undefined;
  }

  async #flush(batch: Waiter<Job>[]): Promise<void> {
    const [next, before] = [this.#head, this.#durable];
    const jobs = batch.map(({ job }) => job);
    try {
      await this.steps.write(next, before, jobs);
      this.#durable = next;
      this.steps.landed(next, before, jobs);
      for (const waiter of batch) waiter.resolve();
    } catch (error) {
      const fallen = [...batch, ...this.#waiting];
      this.#waiting = [];
      this.#head = this.#durable;
      for (const waiter of fallen) waiter.reject(error);
    }
  }
}
