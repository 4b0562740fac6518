import { StringDecoder } from 'node:string_decoder';

/** The bytes of a stream as texts without line breaks: one JSON-RPC object a line. */
export class JsonLines {
  readonly #decoder = new StringDecoder('utf8');
  #parts: string[] = [];
  #length = 0;

  constructor(private readonly longest: number) {}

  /** The lines that this chunk ends. @throws RangeError for one that is longer than allowed */
  push(chunk: Buffer): string[] {
    const pieces = this.#decoder.write(chunk).split('\n');
    const lines: string[] = [];
    pieces.forEach((piece, index) => {
      this.#length += piece.length;
      if (this.#length > this.longest) throw new RangeError('The line is too long.');
      this.#parts.push(piece);
      if (index === pieces.length - 1) return;
      lines.push(this.#parts.join(''));
      this.#parts = [];
      this.#length = 0;
    });
    return lines.filter((line) => line.trim() !== '');
  }
}
