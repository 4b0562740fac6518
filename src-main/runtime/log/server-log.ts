import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { LogEntry, LogStream } from '../../contract/index.js';
import { LogBook } from './log-book.js';
import { LogFile } from './log-file.js';
import { LOG_FILES, strikeFiles } from './strike-files.js';

export type ServerLogPorts = {
  dataDir: string;
  limitMb(): number;
  redact(text: string): string;
  appended(entries: LogEntry[], dropped: number): void;
};

/** One server's log: the newest lines in memory, all of them on file, numbered on across restarts of the app. */
export class ServerLog {
  readonly #book: LogBook;
  readonly #file: LogFile;

  constructor(
    serverId: string,
    private readonly ports: ServerLogPorts,
  ) {
    this.#file = new LogFile(
      logPath(ports.dataDir, serverId),
      () => ports.limitMb() * 1_024 * 1_024,
      (error) => setImmediate(() => this.say(`the log file cannot be written: ${String(error)}`)),
    );
    const keep = (entries: LogEntry[]): void => this.#file.add(entries);
    this.#book = new LogBook(
      { redact: ports.redact, appended: ports.appended, keep },
      this.#file.lastSeq + 1,
    );
  }

  add(stream: LogStream, lines: readonly string[]): void {
    this.#book.add(stream, lines);
  }

  say(text: string): void {
    this.#book.add('supervisor', [text]);
  }

  /** The number the next line will get. */
  get seq(): number {
    return this.#book.seq;
  }

  /** The last lines of one stream since `fromSeq`. */
  tail(stream: LogStream, count: number, fromSeq: number): string[] {
    return this.#book.tail(stream, count, fromSeq);
  }

  /** The newest `limit` entries before `before`, oldest first; from memory, then from file. */
  async read(o: { before?: number; limit: number; search?: string }): Promise<LogEntry[]> {
    const oldest = this.#book.firstSeq;
    const recent = this.#book.read(o);
    if (recent.length >= o.limit) return recent;
    const older = await this.#file.readBackwards({
      ...o,
      before: Math.min(o.before ?? Number.POSITIVE_INFINITY, oldest),
      limit: o.limit - recent.length,
    });
    return [...older.reverse(), ...recent];
  }

  /** Blanks what has become a secret by now, in memory and on file. Never fails: the log tells where it could not. */
  async strike(): Promise<void> {
    this.#book.strike();
    await this.#file.strike(this.ports.redact);
  }

  async close(): Promise<void> {
    this.#book.flush();
    await this.#file.flush();
  }

  async remove(): Promise<void> {
    this.#book.flush();
    await this.#file.remove();
  }
}

/** Drops the log of a server that was not used since the app started. */
export async function removeLog(dataDir: string, serverId: string): Promise<void> {
  const file = logPath(dataDir, serverId);
  for (let age = 0; age < LOG_FILES; age += 1) await rm(age === 0 ? file : `${file}.${age}`, { force: true });
}

/** The same as `ServerLog.strike` of a server that was not used since the app started. */
export async function strikeLog(
  dataDir: string,
  serverId: string,
  redact: (text: string) => string,
): Promise<void> {
  await strikeFiles(logPath(dataDir, serverId), redact).catch(() => undefined);
}

/** Ids are the host's own, but they become file names here. */
function logPath(dataDir: string, serverId: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(serverId)) throw new Error(`not an id: ${serverId}`);
  return path.join(dataDir, 'logs', `${serverId}.log`);
}
