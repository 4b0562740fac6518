/** A part of a longer text that may hold a server by itself. `fileName` says its format, where the text did. */
export type Piece = { text: string; fileName?: string };

const MOST_PIECES = 200;
const MOST_LINES = 100_000;

/** The code blocks of a Markdown text, also those within lists and HTML. */
export function fencedPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let open: { mark: string; indent: number; language: string; lines: string[] } | undefined;
  for (const line of text.split(/\r?\n/, MOST_LINES)) {
    const [, space = '', mark, language = ''] = /^([ \t>]*)(```+|~~~+)\s*([\w+-]*)/.exec(line) ?? [];
    if (!open) {
      if (mark !== undefined) open = { mark, indent: space.length, language, lines: [] };
    } else if (mark?.startsWith(open.mark)) {
      pieces.push(pieceOf(open.lines, open.language));
      open = undefined;
    } else open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
    if (pieces.length === MOST_PIECES) break;
  }
  return pieces;
}

function pieceOf(lines: readonly string[], language: string): Piece {
  const text = lines.join('\n').trim();
  return /^(?:toml|ya?ml)$/i.test(language)
    ? { text, fileName: `block.${language.toLowerCase()}` }
    : { text };
}

/** JSON between paragraphs, without a fence around it. */
export function bracedPiece(text: string): Piece | undefined {
  const lines = text.split(/\r?\n/, MOST_LINES);
  const first = lines.findIndex((line) => /^\s*(?:[{[]|"[^"]*"\s*:\s*\{)/.test(line));
  const last = lines.findLastIndex((line) => /[}\]],?$/.test(line.trimEnd().slice(-2)));
  if (first < 0 || last < first || (first === 0 && last === lines.length - 1)) return undefined;
  return {
    text: lines
      .slice(first, last + 1)
      .join('\n')
      .trim(),
  };
}

/** What stands in backticks within a sentence. */
export function codeInSentences(text: string): Piece[] {
  const found = text.slice(0, 1_000_000).matchAll(/`([^`\n]{3,2000})`/g);
  return [...found].slice(0, MOST_PIECES).map(([, inside = '']) => ({ text: inside.trim() }));
}
