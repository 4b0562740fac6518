import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';
import type { CommandError } from './command-error.js';

export type Style = Parameters<typeof styleText>[0];
type Cell = string | { text: string; style: Style };

// eslint-disable-next-line no-control-regex -- control characters are the very thing this looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text of servers and remotes: it must not move a cursor, set a colour or write to a clipboard. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL, '\ufffd');
}

/** One line of such a text. */
export const line = (text: string): string => harmless(text).replace(/\s*[\r\n]+\s*/g, ' ⏎ ');

const GAP = 2;
/** No column is cut to less than what still says something. */
const NARROWEST = 8;

/** Takes from the widest columns what is too much for the terminal. */
function fitting(wanted: readonly number[], columns: number): number[] {
  const widths = [...wanted];
  let over = widths.reduce((sum, width) => sum + width + GAP, -GAP) - columns;
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const next = Math.max(NARROWEST, ...widths.filter((_, at) => at !== widest));
    const width = widths[widest] ?? 0;
    const less = Math.max(next, width - over);
    if (less >= width && width <= NARROWEST) break;
    widths[widest] = less < width ? less : width - 1;
    over -= width - (widths[widest] ?? 0);
  }
  return widths;
}

/** The beginning of a text, as wide as there is room for; letters and signs are not cut in two. */
function cutTo(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(cut + segment) > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** What a command says: to a person, or with `--json` to a program. */
export class Output {
  readonly #colours: boolean;
  /** Of the terminal; without one, lines are as long as they are. */
  readonly #columns = process.stdout.isTTY ? process.stdout.columns : Infinity;

  constructor(
    readonly isJson: boolean,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    const forced = env['FORCE_COLOR'];
    this.#colours =
      forced !== undefined
        ? forced !== '0'
        : process.stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  }

  /** The result, once: as JSON for a program, else by `tell`. */
  result(value: unknown, tell: () => void): void {
    if (this.isJson) this.json(value);
    else tell();
  }

  json(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A line for a person; nothing with `--json`. Its own words may be styled, what came from elsewhere is harmless. */
  say(text = ''): void {
    if (!this.isJson) process.stdout.write(`${text}\n`);
  }

  /** Beside the result: progress, advice. */
  note(text: string): void {
    if (!this.isJson) process.stderr.write(`${text}\n`);
  }

  style(style: Style, text: string): string {
    return this.#colours ? styleText(style, text, { validateStream: false }) : text;
  }

  table(head: string[], rows: Cell[][]): void {
    const textOf = (cell: Cell | undefined): string =>
      line(typeof cell === 'string' ? cell : (cell?.text ?? ''));
    const wanted = head.map((title, column) =>
      Math.max(...[title, ...rows.map((row) => textOf(row[column]))].map((text) => stringWidth(text))),
    );
    const widths = fitting(wanted, this.#columns);
    const padded = (text: string, column: number): string => {
      const width = widths[column] ?? 0;
      const cut = cutTo(text, width);
      return column === head.length - 1 ? cut : cut + ' '.repeat(width - stringWidth(cut));
    };
    this.say(this.style('dim', head.map(padded).join('  ').trimEnd()));
    for (const row of rows) {
      const cells = row.map((cell, column) => {
        const text = padded(textOf(cell), column);
        return typeof cell === 'string' ? text : this.style(cell.style, text);
      });
      this.say(cells.join('  ').trimEnd());
    }
  }

  /** What went wrong, on stderr. */
  error({ code, message, hint, issues }: CommandError): void {
    if (this.isJson) {
      const error = { code, message, hint, ...(issues.length > 0 && { issues }) };
      return void process.stderr.write(`${JSON.stringify({ error })}\n`);
    }
    process.stderr.write(`jackfield: ${harmless(message)}\n`);
    if (hint) process.stderr.write(`${harmless(hint)}\n`);
  }
}
