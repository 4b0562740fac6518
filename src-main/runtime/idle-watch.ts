import type { Lifecycle } from '../contract/index.js';

const LOOK_EVERY_MS = 15_000;

export type IdlePorts = {
  /** Servers that run now. */
  running(): string[];
  lifecycle(serverId: string): Lifecycle | undefined;
  stop(serverId: string, idleMinutes: number): void;
  now?(): number;
};

/** Stops servers that are started by their first call and were not used for their `idleMinutes`. */
export class IdleWatch {
  readonly #used = new Map<string, number>();
  readonly #busy = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly ports: IdlePorts) {}

  start(): void {
    this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Counts as use from now until the work is done. */
  async during<T>(serverId: string, work: () => Promise<T>): Promise<T> {
    this.#busy.set(serverId, (this.#busy.get(serverId) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.#busy.set(serverId, (this.#busy.get(serverId) ?? 1) - 1);
      this.#used.set(serverId, this.#now());
    }
  }

  forget(serverId: string): void {
    this.#used.delete(serverId);
    this.#busy.delete(serverId);
  }

  /** The time that the computer slept is no time in which somebody could have used a server. */
  woke(): void {
    for (const serverId of this.#used.keys()) this.#used.set(serverId, this.#now());
  }

  look(): void {
    const running = new Set(this.ports.running());
    for (const serverId of this.#used.keys()) if (!running.has(serverId)) this.#used.delete(serverId);
    for (const serverId of running) {
      const lifecycle = this.ports.lifecycle(serverId);
      if (!lifecycle?.onDemand || (this.#busy.get(serverId) ?? 0) > 0) continue;
      const since = this.#used.get(serverId);
      // First seen running: it has just been started, by whomever. Or the clock was set back since it was used.
      if (since === undefined || since > this.#now()) this.#used.set(serverId, this.#now());
      else if (this.#now() - since >= lifecycle.idleMinutes * 60_000)
        this.ports.stop(serverId, lifecycle.idleMinutes);
    }
  }

  #now(): number {
    return this.ports.now?.() ?? Date.now();
  }
}
