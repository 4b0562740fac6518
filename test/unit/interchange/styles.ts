import type { FormatName } from '../../../src-main/interchange/formats/format.js';

// Ways people write one and the same config file. Each is a change of form alone.

export const STYLES = ['comments', 'windows', 'blank lines', 'wide'] as const;
export const JSON_STYLES = ['tabs', 'trailing commas', 'block comments', 'one line'] as const;
export type Style = (typeof STYLES)[number] | (typeof JSON_STYLES)[number];

/** The text in another style. Styles go together in any order. */
export function restyled(text: string, format: FormatName, style: Style): string {
  const isJson = format.startsWith('json');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(eol);
  const byLine = (change: (line: string, index: number) => string): string => lines.map(change).join(eol);
  switch (style) {
    case 'comments':
      return byLine((line) => withComment(line, isJson ? '//' : '#', eol));
    case 'windows':
      return lines.join('\r\n');
    case 'blank lines':
      return lines.join(eol + eol);
    case 'wide':
      return isJson ? byLine((line) => line.replace(/^( +)/, '$1$1')) : text;
    case 'tabs':
      return byLine((line) => line.replace(/^ +/, (spaces) => '\t'.repeat(Math.ceil(spaces.length / 2))));
    case 'trailing commas':
      return byLine((line, index) => (isLastItem(line, lines[index + 1]) ? `${line},` : line));
    case 'one line':
      // A note to the end of its line would swallow the rest.
      return /(?:^|\s)\/\//m.test(text) ? text : lines.map((line) => line.trim()).join(' ');
    case 'block comments':
      return byLine((line) => line.replace(/^(\s*)"/, '$1/* note, { */ "'));
  }
}

/** A line that an item of a list or map ends, where it is the last one. */
function isLastItem(line: string, next: string | undefined): boolean {
  return /[\w"\]}]\s*$/.test(line) && next !== undefined && /^\s*[\]}]/.test(next);
}

/** A note on the line above. Not in the middle of a value that runs over several lines. */
function withComment(line: string, mark: string, eol: string): string {
  const [, indentation, key] = /^(\s*)((?:"[^"]*"|[\w.-]+)\s*[:=]|\[[\w.]+\])/.exec(line) ?? [];
  return key === undefined ? line : `${indentation}${mark} note: { "x" }${eol}${line}`;
}
