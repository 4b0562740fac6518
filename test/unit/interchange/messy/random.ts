/** Chance that can be had again: the same seed, the same file. (mulberry32) */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** True so often of a hundred times. */
  often(percent: number): boolean {
    return this.next() * 100 < percent;
  }

  upTo(most: number): number {
    return Math.floor(this.next() * (most + 1));
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.upTo(choices.length - 1)] as T;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const list = [...items];
    for (let at = list.length - 1; at > 0; at -= 1) {
      const other = this.upTo(at);
      [list[at], list[other]] = [list[other] as T, list[at] as T];
    }
    return list;
  }
}
