import type { LogEntry, LogStream } from '../../contract/index.js';

/** Lines kept in memory of each server. */
export const RING_LINES = 10_000;
/** And not more than this many characters, or a few lines of a megabyte each would fill the memory. */
const RING_CHARACTERS = 8 * 1_024 * 1_024;
/** Longest time a line waits before whoever watches hears of it. */
const BATCH_MS = 50;
/** Most lines, and characters, told in one batch: a flood is shown by its newest lines and a count of the rest. */
const BATCH_LINES = 500;
const BATCH_CHARACTERS = 512 * 1_024;

export type LogPorts = {
  redact(text: string): string;
  appended(entries: LogEntry[], dropped: number): void;
  /** Where older lines go. */
  keep(entries: LogEntry[]): void;
};

/** The newest lines of one server, redacted, and the batches told to whoever watches. */
export class LogBook {
  #ring: LogEntry[] = [];
  #characters = 0;
  #untold: LogEntry[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly ports: LogPorts,
    /** The number of the next line. */
    private nextSeq: number,
  ) {}

  /** Adds lines of one stream. They are redacted together: a secret may itself hold line breaks. */
  add(stream: LogStream, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const at = new Date().toISOString();
    const entries = this.ports
      .redact(lines.join('\n'))
      .split('\n')
      .map((text) => ({ seq: this.nextSeq++, at, stream, text }));
    for (const entry of entries) {
      this.#ring.push(entry);
      this.#characters += entry.text.length;
    }
    this.#trim();
    this.ports.keep(entries);
    this.#tellSoon(entries);
  }

  /** Redacts every line anew, by what is a secret by now. */
  strike(): void {
    const struck = (entry: LogEntry): LogEntry => {
      const text = this.ports.redact(entry.text);
      return text === entry.text ? entry : { ...entry, text };
    };
    this.#ring = this.#ring.map(struck);
    this.#untold = this.#untold.map(struck);
    this.#characters = this.#ring.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** The newest `limit` lines before `before`, oldest first, and whether older ones may be on file. */
  read(o: { before?: number; limit: number; search?: string }): LogEntry[] {
    const wanted = o.search?.toLowerCase();
    const found: LogEntry[] = [];
    for (let index = this.#ring.length - 1; index >= 0 && found.length < o.limit; index -= 1) {
      const entry = this.#ring[index]!;
      if (o.before !== undefined && entry.seq >= o.before) continue;
      if (wanted === undefined || entry.text.toLowerCase().includes(wanted)) found.push(entry);
    }
    return found.reverse();
  }

  /** The oldest line that is still in memory. */
  get firstSeq(): number {
    return this.#ring[0]?.seq ?? this.nextSeq;
  }

  /** The last lines of one stream, for an error message. */
  tail(stream: LogStream, count: number, fromSeq = 0): string[] {
    return this.#ring
      .filter((entry) => entry.stream === stream && entry.seq >= fromSeq)
      .slice(-count)
      .map((entry) => entry.text);
  }

  get seq(): number {
    return this.nextSeq;
  }

  /** Tells what is still untold, at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#untold.length === 0) return;
    const entries = this.#untold;
    const dropped = this.#dropped;
    this.#untold = [];
    this.#dropped = 0;
    this.ports.appended(entries, dropped);
  }

  #trim(): void {
    let excess = 0;
    while (
      this.#ring.length - excess > RING_LINES ||
      (this.#characters > RING_CHARACTERS && this.#ring.length - excess > 1)
    ) {
      this.#characters -= this.#ring[excess]!.text.length;
      excess += 1;
    }
    if (excess > 0) this.#ring.splice(0, excess);
  }

  #tellSoon(entries: readonly LogEntry[]): void {
    this.#untold = this.#untold.concat(entries);
    this.#limitBatch();
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  #limitBatch(): void {
    let keep = 0;
    let characters = 0;
    for (let index = this.#untold.length - 1; index >= 0 && keep < BATCH_LINES; index -= 1) {
      characters += this.#untold[index]!.text.length;
      if (characters > BATCH_CHARACTERS && keep > 0) break;
      keep += 1;
    }
    const dropped = this.#untold.length - keep;
    if (dropped === 0) return;
    this.#dropped += dropped;
    this.#untold = this.#untold.slice(-keep);
  }
}
