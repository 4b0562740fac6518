const ATTENDED_MS = 60_000;
const UNATTENDED_MS = 15 * 60_000;

type Options = {
  isOn(): boolean;
  /** Those that have links. */
  remotes(): string[];
  /** Reads one remote and notes what it finds. */
  look(remoteId: string): Promise<void>;
};

/** Asks each remote now and then whether something changed there. One that cannot be asked is asked again next time. */
export class Watch {
  #timer: NodeJS.Timeout | undefined;
  #isAttended = false;
  #begun = false;
  #isLooking = false;
  #lookedAt = 0;

  constructor(private readonly options: Options) {}

  begin(): void {
    this.#begun = true;
    this.#lookedAt = Date.now();
    this.#arm();
  }

  /** A window that opens after a while is shown what is so now: the last look counts, not the last change of this. */
  setAttended(isAttended: boolean): void {
    if (this.#isAttended === isAttended) return;
    this.#isAttended = isAttended;
    this.#arm();
  }

  dispose(): void {
    this.#begun = false;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (!this.#begun || this.#isLooking) return;
    clearTimeout(this.#timer);
    const every = this.#isAttended ? ATTENDED_MS : UNATTENDED_MS;
    // Of a clock that was set back meanwhile nothing can be told: then it is one interval from now.
    const passed = Math.max(0, Date.now() - this.#lookedAt);
    this.#timer = setTimeout(() => void this.#round(), Math.max(0, every - passed));
    this.#timer.unref();
  }

  async #round(): Promise<void> {
    this.#isLooking = true;
    this.#lookedAt = Date.now();
    if (this.options.isOn())
      await Promise.allSettled(this.options.remotes().map((remoteId) => this.options.look(remoteId)));
    this.#isLooking = false;
    this.#arm();
  }
}
