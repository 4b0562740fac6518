import type { SecretId } from '../contract/index.js';

/** Long enough to see a mistake, short enough that a removed token does not stay for the day. */
export const KEPT_MS = 30 * 60_000;
/** All values together, in characters. */
const MOST_CHARACTERS = 8_000_000;

/** `until`: by a clock that nobody sets. */
type Kept = { value: string; until: number };

/**
 * Values of secrets that were deleted a short while ago, so that an undo can bring them back. In memory alone: the
 * keychain has let go of them, and with the end of the app they are gone.
 */
export class Trash {
  #kept = new Map<SecretId, Kept>();
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly keptMs = KEPT_MS) {}

  /** @param value nothing, where there is nothing to keep */
  put(id: SecretId, value: string | null | undefined): void {
    if (typeof value !== 'string') return;
    this.drop(id);
    this.#kept.set(id, { value, until: performance.now() + this.keptMs });
    this.#characters += value.length;
    // Oldest first: a map keeps the order of its entries.
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= MOST_CHARACTERS) break;
      this.drop(oldest);
    }
    this.#plan();
  }

  get(id: SecretId): string | undefined {
    return this.#kept.get(id)?.value;
  }

  drop(id: SecretId): void {
    this.#characters -= this.#kept.get(id)?.value.length ?? 0;
    this.#kept.delete(id);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#kept.clear();
    this.#characters = 0;
  }

  #plan(): void {
    if (this.#timer || this.#kept.size === 0) return;
    const [first] = this.#kept.values();
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        const now = performance.now();
        for (const [id, { until }] of this.#kept) if (until <= now) this.drop(id);
        this.#plan();
      },
      Math.max((first as Kept).until - performance.now(), 0),
    ).unref();
  }
}
