/** One replacement in a text: `length` characters at `at` give way to `insert`. */
export type Splice = { at: number; length: number; insert: string };

/** Applies splices, given in any order. Removals may overlap; what is inserted at one place keeps its order. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const ordered = splices
    .map((splice, order) => ({ ...splice, order }))
    .sort((a, b) => a.at - b.at || a.order - b.order);
  let result = '';
  let position = 0;
  for (const { at, length, insert } of ordered) {
    if (at > position) {
      result += text.slice(position, at);
      position = at;
    }
    result += insert;
    position = Math.max(position, at + length);
  }
  return result + text.slice(position);
}

/** The line break most of the file uses; `\n` where it has none. */
export function lineBreakOf(text: string): string {
  const crlf = text.split('\r\n').length - 1;
  const lf = text.split('\n').length - 1 - crlf;
  return crlf > lf ? '\r\n' : '\n';
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line's text ends, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

/** Where the next line begins. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** Takes out whole lines, from the start of one to the end of another. A file that ended without a break goes on so. */
export function cutLines(text: string, from: number, end: number): Splice {
  const next = nextLine(text, end);
  if (next < text.length || text.endsWith('\n')) return { at: from, length: next - from, insert: '' };
  // An empty line above may be a part of what stands above it: it stays.
  const lead = /(?<!\n|\n\r)\r?\n$/.exec(text.slice(0, from))?.[0].length ?? 0;
  return { at: from - lead, length: next - from + lead, insert: '' };
}

export const isBlank = (text: string): boolean => /^\s*$/.test(text);

/** The spaces and tabs a line begins with. */
export function indentationAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), lineEnd(text, offset)))?.[0] ?? '';
}

/** True where nothing but spaces stands before `offset` on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return isBlank(text.slice(lineStart(text, offset), offset));
}

/** `{ line, column }` of an offset, both from 1. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - lineStart(text, offset) + 1 };
}
