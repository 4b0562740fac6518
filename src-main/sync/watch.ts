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
  #isAttended = true;
  #begun = false;

  constructor(private readonly options: Options) {}

  begin(): void {
    this.#begun = true;
    this.#arm();
  }

  setAttended(isAttended: boolean): void {
    if (this.#isAttended === isAttended) return;
    this.#isAttended = isAttended;
    if (this.#begun) this.#arm();
  }

  dispose(): void {
    this.#begun = false;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#round(), this.#isAttended ? ATTENDED_MS : UNATTENDED_MS);
    this.#timer.unref();
  }

  async #round(): Promise<void> {
    if (this.options.isOn())
      await Promise.allSettled(this.options.remotes().map((remoteId) => this.options.look(remoteId)));
    if (this.#begun) this.#arm();
  }
}
