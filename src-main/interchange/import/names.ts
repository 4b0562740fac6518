const LONGEST = 200;

// eslint-disable-next-line no-control-regex -- control characters are what has to go
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

/** A name the catalog takes: one line, trimmed, of lawful length. */
export function lawfulName(text: string): string {
  const name = text.replace(CONTROL, ' ').trim().slice(0, LONGEST).trim();
  return name || 'server';
}

/** Names that are taken, without regard to case. */
export class NameBook {
  readonly #taken: Set<string>;
  /** Where the search for a free name of this stem may go on: thousands of namesakes are told apart in one pass. */
  readonly #next = new Map<string, number>();

  constructor(names: Iterable<string>) {
    this.#taken = new Set([...names].map((name) => name.toLowerCase()));
  }

  isTaken(name: string): boolean {
    return this.#taken.has(name.toLowerCase());
  }

  take(name: string): void {
    this.#taken.add(name.toLowerCase());
  }

  /** `name`, or `name 2`, `name 3`, … : the first that nobody has. */
  free(name: string): string {
    const stem = name.toLowerCase();
    for (let count = this.#next.get(stem) ?? 1; ; count += 1) {
      this.#next.set(stem, count);
      const suffix = count === 1 ? '' : ` ${count}`;
      const candidate = name.slice(0, LONGEST - suffix.length) + suffix;
      if (!this.isTaken(candidate)) return candidate;
    }
  }
}
