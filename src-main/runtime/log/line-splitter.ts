import { StringDecoder } from 'node:string_decoder';

/** Longest line kept of a server's output, in characters; the rest of a longer one is cut off visibly. */
export const LINE_LIMIT = 1_048_576;

const CUT_MARK = ' … [cut: the line was longer than 1 MB]';

/** A whole line, cut as visibly as one of a stream is. */
export function cutLine(line: string): string {
  return line.length > LINE_LIMIT ? line.slice(0, LINE_LIMIT) + CUT_MARK : line;
}

/**
 * Cuts a stream of bytes into lines without ever holding more than one line of the longest length. Characters that
 * are torn between two chunks are put together again.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  /** How much of the current line was thrown away. */
  #cut = 0;

  constructor(
    private readonly limit = LINE_LIMIT,
    private readonly cutMark = CUT_MARK,
  ) {}

  push(chunk: Buffer): string[] {
    return this.#take(this.#decoder.write(chunk));
  }

  /** The last line, when the stream ends without a line break. */
  end(): string[] {
    const lines = this.#take(this.#decoder.end());
    if (this.#rest !== '' || this.#cut > 0) lines.push(this.#finish(''));
    return lines;
  }

  #take(text: string): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      lines.push(this.#finish(text.slice(from, at)));
      from = at + 1;
    }
    this.#keep(text.slice(from));
    return lines;
  }

  #keep(text: string): void {
    const room = this.limit - this.#rest.length;
    if (text.length > room) this.#cut += text.length - room;
    this.#rest += text.length > room ? text.slice(0, Math.max(0, room)) : text;
  }

  #finish(tail: string): string {
    this.#keep(tail);
    const line = this.#cut > 0 ? this.#rest + this.cutMark : this.#rest.replace(/\r$/, '');
    this.#rest = '';
    this.#cut = 0;
    return line;
  }
}
