import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { appendFile, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { LogEntry, LogStream } from '../../contract/index.js';
import { LOG_FILES, strikeFiles } from './strike-files.js';

const FLUSH_MS = 100;
const FLUSH_CHARACTERS = 256 * 1_024;
/** Lines that wait for a slow disk; more are left out of the file, visibly. */
const PENDING_CHARACTERS = 16 * 1_024 * 1_024;
const BLOCK_BYTES = 256 * 1_024;
const STREAMS = new Set<string>(['stderr', 'stdout', 'protocol', 'supervisor'] satisfies LogStream[]);

/**
 * One server's lines on disk: `seq ⇥ time ⇥ stream ⇥ text`, a line each, rotated by size. Writing never makes the
 * writer wait; reading goes backwards from the newest.
 */
export class LogFile {
  #pending: string[] = [];
  #pendingSize = 0;
  #left = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #size = 0;
  #isAtFault = false;
  /** The last number on file when it was opened; 0 for none. */
  readonly lastSeq: number;

  constructor(
    private readonly file: string,
    private readonly limitBytes: () => number,
    private readonly onProblem: (error: unknown) => void = () => {},
  ) {
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    } catch (error) {
      this.#tell(error);
    }
    const own = readEnd(file);
    this.lastSeq = own?.lastSeq || readEnd(`${file}.1`)?.lastSeq || 0;
    this.#size = own?.size ?? 0;
    // A line torn by a power cut must not swallow the first new one.
    if (own?.torn) this.#pending.push('\n');
  }

  add(entries: readonly LogEntry[]): void {
    for (const { seq, at, stream, text } of entries) {
      if (this.#pendingSize > PENDING_CHARACTERS) {
        this.#left += 1;
        continue;
      }
      const left = this.#left > 0 ? ` [${this.#left} lines before this one were too many for the disk]` : '';
      this.#left = 0;
      const line = `${seq}\t${at}\t${stream}\t${text}${left}\n`;
      this.#pending.push(line);
      this.#pendingSize += line.length;
    }
    if (this.#pendingSize > FLUSH_CHARACTERS) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Resolves when every line added so far is written. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write()).catch((error: unknown) => this.#tell(error));
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#pendingSize = 0;
    if (this.#size > 0 && this.#size + text.length > this.limitBytes()) await this.#rotate();
    await appendFile(this.file, text, { mode: 0o600 });
    this.#size += Buffer.byteLength(text);
    this.#isAtFault = false;
  }

  /** Once for a row of failures: a full disk fails ten times a second. */
  #tell(error: unknown): void {
    if (!this.#isAtFault) this.onProblem(error);
    this.#isAtFault = true;
  }

  async #rotate(): Promise<void> {
    for (let age = LOG_FILES - 1; age > 0; age -= 1) {
      const from = age === 1 ? this.file : `${this.file}.${age - 1}`;
      await rename(from, `${this.file}.${age}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    this.#size = 0;
  }

  /**
   * The newest `limit` entries before `before` that hold `search` (without regard to case), newest first.
   */
  async readBackwards(o: { before: number; limit: number; search?: string }): Promise<LogEntry[]> {
    await this.flush();
    const wanted = o.search?.toLowerCase();
    const found: LogEntry[] = [];
    for (let age = 0; age < LOG_FILES && found.length < o.limit; age += 1) {
      const file = age === 0 ? this.file : `${this.file}.${age}`;
      for await (const line of linesBackwards(file)) {
        const entry = parseLogLine(line);
        if (!entry || entry.seq >= o.before) continue;
        if (wanted !== undefined && !entry.text.toLowerCase().includes(wanted)) continue;
        found.push(entry);
        if (found.length >= o.limit) break;
      }
    }
    return found;
  }

  /** Redacts every line on disk anew, in turn with the writing. */
  strike(redact: (text: string) => string): Promise<void> {
    void this.flush();
    this.#writing = this.#writing
      .then(async () => {
        this.#size = await strikeFiles(this.file, redact);
      })
      .catch((error: unknown) => this.#tell(error));
    return this.#writing;
  }

  /** Deletes the lines on disk. */
  async remove(): Promise<void> {
    this.#pending = [];
    await this.flush();
    for (let age = 0; age < LOG_FILES; age += 1)
      await rm(age === 0 ? this.file : `${this.file}.${age}`, { force: true });
    this.#size = 0;
  }
}

export function parseLogLine(line: string): LogEntry | undefined {
  const first = line.indexOf('\t');
  const second = line.indexOf('\t', first + 1);
  const third = line.indexOf('\t', second + 1);
  if (first <= 0 || second < 0 || third < 0) return undefined;
  const seq = Number(line.slice(0, first));
  const stream = line.slice(second + 1, third);
  if (!Number.isSafeInteger(seq) || !STREAMS.has(stream)) return undefined;
  return { seq, at: line.slice(first + 1, second), stream: stream as LogStream, text: line.slice(third + 1) };
}

/** The lines of a file, last one first; none when there is no such file. */
async function* linesBackwards(file: string): AsyncGenerator<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return;
  try {
    let at = (await handle.stat()).size;
    /** The front part of a line whose end was read already. */
    let rest = Buffer.alloc(0);
    while (at > 0) {
      const length = Math.min(BLOCK_BYTES, at);
      at -= length;
      const block = Buffer.alloc(length);
      await handle.read(block, 0, length, at);
      const joined = rest.length > 0 ? Buffer.concat([block, rest]) : block;
      const firstBreak = at > 0 ? joined.indexOf(10) : -1;
      // What stands before the first line break may begin in an earlier block.
      if (at > 0 && firstBreak < 0) {
        rest = joined;
        continue;
      }
      rest = joined.subarray(0, at > 0 ? firstBreak : 0);
      const whole = joined.subarray(at > 0 ? firstBreak + 1 : 0).toString('utf8');
      yield* whole.split('\n').reverse().filter(Boolean);
    }
  } finally {
    await handle.close();
  }
}

/** Size, last number, and whether the last line lacks its end. Read at once: the next line needs its number now. */
function readEnd(file: string): { size: number; lastSeq: number; torn: boolean } | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(handle);
    if (size === 0) return undefined;
    for (let length = Math.min(64 * 1_024, size); ; length = Math.min(length * 8, size)) {
      const block = Buffer.alloc(length);
      readSync(handle, block, 0, length, size - length);
      const lines = block.toString('utf8').split('\n');
      const last = lines
        .slice(length < size ? 1 : 0)
        .map(parseLogLine)
        .findLast((entry) => entry !== undefined);
      if (last || length === size) return { size, lastSeq: last?.seq ?? 0, torn: block.at(-1) !== 10 };
    }
  } finally {
    closeSync(handle);
  }
}
