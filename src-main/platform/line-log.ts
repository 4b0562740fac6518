import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PRIVATE_FILE, removeTemporaries, replaceFile, syncFolder } from './durable-file.js';

const NEWLINE = 10;

/**
 * A file that grows by whole lines. A line that a crash cut off stays alone on its line: whoever reads passes over
 * what does not parse. Appends are made one after the other by the caller.
 */
export class LineLog {
  #handle: FileHandle | undefined;
  #endsCleanly = true;
  #size = 0;

  private constructor(readonly path: string) {}

  /** @returns the log and what it holds; a file that is not there is an empty log */
  static async open(path: string): Promise<{ log: LineLog; bytes: Buffer }> {
    const log = new LineLog(path);
    await removeTemporaries(path);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    log.#size = bytes.length;
    log.#endsCleanly = bytes.length === 0 || bytes[bytes.length - 1] === NEWLINE;
    return { log, bytes };
  }

  /** Bytes of the file, including a torn end. */
  get size(): number {
    return this.#size;
  }

  /**
   * Answers when the lines are on disk.
   * @returns where each line begins, in bytes
   * @throws the system's error; what was written of the lines is then cut off again where that is possible
   */
  async append(lines: readonly string[]): Promise<number[]> {
    const handle = await this.#opened();
    const lead = this.#endsCleanly ? '' : '\n';
    const start = this.#size;
    const offsets: number[] = [];
    let at = start + lead.length;
    for (const line of lines) {
      offsets.push(at);
      at += Buffer.byteLength(line) + 1;
    }
    try {
      await handle.appendFile(`${lead}${lines.join('\n')}\n`);
      await handle.datasync();
    } catch (error) {
      // Without this a full disk would leave half a line, and the next line would be glued to it.
      this.#endsCleanly = await handle.truncate(start).then(
        () => lead === '',
        () => false,
      );
      this.#size = (await handle.stat().catch(() => undefined))?.size ?? start;
      throw error;
    }
    this.#size = at;
    this.#endsCleanly = true;
    return offsets;
  }

  /** Puts other lines in the place of all that is there, in one step. */
  async rewrite(lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${line}\n`).join('');
    await this.close();
    await replaceFile(this.path, text);
    this.#size = Buffer.byteLength(text);
    this.#endsCleanly = true;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** Somebody may have removed the file, or put another in its place: lines for the old one would be lost. */
  async #opened(): Promise<FileHandle> {
    const old = this.#handle;
    const links = await old
      ?.stat()
      .then(({ nlink }) => nlink)
      .catch(() => 0);
    if (old && links !== 0) return old;
    if (old) await this.close().catch(() => undefined);
    const handle = (this.#handle = await this.#create());
    if (!old) return handle;
    this.#size = (await handle.stat()).size;
    const last = this.#size === 0 ? undefined : await handle.read(Buffer.alloc(1), 0, 1, this.#size - 1);
    this.#endsCleanly = last === undefined || last.buffer[0] === NEWLINE;
    return handle;
  }

  async #create(): Promise<FileHandle> {
    const flags = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR;
    const handle = await open(this.path, flags, PRIVATE_FILE);
    if (this.#size === 0) await syncFolder(dirname(this.path));
    return handle;
  }
}

/** The lines of a log as text, without a torn one at its end. */
export function wholeLines(bytes: Buffer): string[] {
  const end = bytes.lastIndexOf(NEWLINE);
  return end < 0 ? [] : bytes.toString('utf8', 0, end).split('\n');
}
