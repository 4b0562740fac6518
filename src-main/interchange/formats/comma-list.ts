import { beginsLine, indentationAt, isBlank, lineEnd, lineStart, nextLine, type Splice } from './text.js';

/** Things between brackets, parted by commas: JSON's objects and arrays, and what YAML and TOML borrowed of them. */
export type CommaList = {
  /** Offset just behind the opening bracket, and that of the closing one. */
  open: number;
  close: number;
  items: readonly { start: number; end: number }[];
};

/** What the list's language calls a comment. */
export type Comments = { line: string; block?: [open: string, close: string] };

export type ListStyle = {
  lineBreak: string;
  /** One step of indentation. */
  unit: string;
  comments: Comments;
  /** Keeps everything on one line. */
  inline: boolean;
  /** No space behind commas and inside brackets. */
  compact: boolean;
};

/** Renders new items; `indent` is that of the line an item begins on, `undefined` where it must stay on one line. */
export type RenderItems = (indent: string | undefined) => string[];

function commentEnd(text: string, at: number, { line, block }: Comments): number | undefined {
  if (text.startsWith(line, at)) return lineEnd(text, at);
  if (!block || !text.startsWith(block[0], at)) return undefined;
  const end = text.indexOf(block[1], at + block[0].length);
  return end < 0 ? text.length : end + block[1].length;
}

/** The offset of the comma behind an item, passing over space and comments. */
function commaBehind(text: string, end: number, close: number, comments: Comments): number | undefined {
  let at = end;
  while (at < close) {
    if (text[at] === ',') return at;
    at = commentEnd(text, at, comments) ?? at + 1;
  }
  return undefined;
}

/** Where what belongs to an item's line ends: behind a comment, and the spaces, that share the line with it. */
function restOfLine(text: string, from: number, close: number, comments: Comments): number {
  const stop = Math.min(lineEnd(text, from), close);
  let at = from;
  let settled = from;
  while (at < stop) {
    const comment = commentEnd(text, at, comments);
    if (comment !== undefined && comment <= stop) settled = at = comment;
    else if (comment === undefined && isBlank(text[at] ?? '')) at += 1;
    else return settled;
  }
  return stop < close ? stop : settled;
}

/** True where nothing but space and comments stands before an item on its line. */
function hasOwnLine(text: string, start: number, list: CommaList, comments: Comments): boolean {
  let at = lineStart(text, start);
  if (at < list.open) return isBlank(text.slice(at, start));
  while (at < start) {
    const comment = commentEnd(text, at, comments);
    if (comment === undefined && !isBlank(text[at] ?? '')) return false;
    at = comment ?? at + 1;
  }
  return at === start;
}

/** Puts new items behind those that are there, in the manner of the list: one to a line, or all on one. */
export function appendItems(text: string, list: CommaList, render: RenderItems, style: ListStyle): Splice[] {
  const last = list.items.at(-1);
  if (!last) return fillEmpty(text, list, render, style);
  const comma = commaBehind(text, last.end, list.close, style.comments);
  if (style.inline || !hasOwnLine(text, last.start, list, style.comments)) {
    const gap = style.compact ? '' : ' ';
    const items = render(undefined).join(`,${gap}`);
    return comma === undefined
      ? [{ at: last.end, length: 0, insert: `,${gap}${items}` }]
      : [{ at: comma + 1, length: 0, insert: `${gap}${items},` }];
  }
  const indent = indentationAt(text, last.start);
  const lead = style.lineBreak + indent;
  const items = render(indent).map((item) => lead + item);
  const behind = restOfLine(text, comma === undefined ? last.end : comma + 1, list.close, style.comments);
  return comma === undefined
    ? [
        { at: last.end, length: 0, insert: ',' },
        { at: behind, length: 0, insert: items.join(',') },
      ]
    : [{ at: behind, length: 0, insert: items.map((item) => `${item},`).join('') }];
}

function fillEmpty(text: string, list: CommaList, render: RenderItems, style: ListStyle): Splice[] {
  const { open, close } = list;
  const blank = isBlank(text.slice(open, close));
  if (style.inline) {
    const gap = style.compact ? '' : ' ';
    const items = gap + render(undefined).join(`,${gap}`) + gap;
    return [{ at: blank ? open : close, length: blank ? close - open : 0, insert: items }];
  }
  const outer = indentationAt(text, blank ? open : close);
  const indent = outer + style.unit;
  const items = render(indent).map((item) => indent + item);
  const body = items.join(`,${style.lineBreak}`) + style.lineBreak;
  if (blank) return [{ at: open, length: close - open, insert: style.lineBreak + body + outer }];
  // Only comments are inside: they stay, and the items come behind them.
  if (beginsLine(text, close)) return [{ at: lineStart(text, close), length: 0, insert: body }];
  return [{ at: close, length: 0, insert: style.lineBreak + body + outer }];
}

/** Cuts items out, each with its comma; a line that held nothing else goes as a whole. Comments stay. */
export function removeItems(
  text: string,
  list: CommaList,
  gone: ReadonlySet<number>,
  comments: Comments,
): Splice[] {
  const splices: Splice[] = [];
  const cut = (from: number, to: number): number => splices.push({ at: from, length: to - from, insert: '' });
  const commas = list.items.map(({ end }, index) =>
    commaBehind(text, end, list.items[index + 1]?.start ?? list.close, comments),
  );
  for (const index of gone) {
    const item = list.items[index];
    if (!item) continue;
    const comma = commas[index];
    const joined = comma !== undefined && isBlank(text.slice(item.end, comma));
    if (comma !== undefined && !joined) cut(comma, comma + 1);
    const kept = list.items.slice(index + 1).filter((_, later) => !gone.has(index + 1 + later));
    const end = joined ? comma + 1 : item.end;
    const rest = text.slice(end, list.close);
    // A bracket that closes on the last item's line goes on closing on that of the last one left.
    if (isBlank(rest) && !rest.includes('\n') && beginsLine(text, item.start))
      cut(breakBefore(text, list.items[index - 1]?.end ?? list.open, item.start, comments), end);
    else cut(...widen(text, list, item.start, end, kept.length > 0));
  }
  const last = list.items.length - 1;
  const lastKept = list.items.findLastIndex((_, index) => !gone.has(index));
  const dangling = commas[lastKept];
  // What was the last one had no comma behind it, so the one that is last now may not have one either.
  if (gone.has(last) && commas[last] === undefined && dangling !== undefined) cut(dangling, dangling + 1);
  return splices;
}

/** Where the line break before an item begins, unless it ends a comment: then the item's own start. */
function breakBefore(text: string, from: number, start: number, comments: Comments): number {
  const lead = /\r?\n[ \t]*$/.exec(text.slice(0, start));
  if (!lead) return start;
  let at = from;
  while (at < lead.index) {
    const comment = commentEnd(text, at, comments);
    if (comment === lead.index && text.startsWith(comments.line, at)) return start;
    at = comment ?? at + 1;
  }
  return lead.index;
}

/** Takes in the space around a cut, so that neither an empty line nor a doubled space is left. */
function widen(
  text: string,
  list: CommaList,
  start: number,
  end: number,
  hasKeptBehind: boolean,
): [from: number, to: number] {
  const alone = beginsLine(text, start);
  if (alone && isBlank(text.slice(end, lineEnd(text, end))) && lineStart(text, start) >= list.open)
    return [lineStart(text, start), nextLine(text, end)];
  const spaceBehind = /^[ \t]*/.exec(text.slice(end, lineEnd(text, end)))?.[0].length ?? 0;
  const nextIsItem = hasKeptBehind && list.items.some((item) => item.start === end + spaceBehind);
  if (alone || nextIsItem) return [start, end + spaceBehind];
  let from = start;
  while (from > list.open && /[ \t]/.test(text[from - 1] ?? '')) from -= 1;
  return [from, end];
}
