import type { Span } from './messy-file.js';

/** Where two texts begin to differ, and from where on they are the same again. */
function common(before: string, after: string): { head: number; tail: number } {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { head, tail };
}

/** What is no comment, no space and no comma. */
const withoutTrivia = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n]*/g, '').replace(/[\s,]/g, '');

/** Says what is wrong where anything of `before` is gone from `after`, or `undefined`. */
export function lostByAdding(before: string, after: string): string | undefined {
  const { head, tail } = common(before, after);
  if (head + tail >= before.length) return undefined;
  // A comma behind what was the last one, and the new one behind its comment.
  const between = before.slice(head, before.length - tail);
  const inserted = after.slice(head, after.length - tail);
  if (withoutTrivia(between) === '' && inserted.startsWith(`,${between}`)) return undefined;
  return `given way: ${JSON.stringify(between.slice(0, 200))} to ${JSON.stringify(inserted.slice(0, 200))}`;
}

/** The same for a change within `value`. */
export function lostByChanging(before: string, after: string, value: Span): string | undefined {
  const [head, tail] = [before.slice(0, value.start), before.slice(value.end)];
  if (!after.startsWith(head)) return `changed before it, at ${common(before, after).head} of ${value.start}`;
  if (after.endsWith(tail)) return undefined;
  // What is put behind its last line comes behind the note on that line.
  const rest = /^[^\n]*/.exec(tail)?.[0] ?? '';
  const behind = tail.slice(rest.length);
  const fresh = after.slice(head.length, after.length - behind.length);
  if (withoutTrivia(rest) === '' && after.endsWith(behind) && fresh.includes(rest.trim())) return undefined;
  return `changed behind it, ${common(before, after).tail} of ${tail.length}`;
}

/** The same for taking `entry` out: what goes with it is the space around it and one comma. */
export function lostByRemoving(before: string, after: string, entry: Span): string | undefined {
  const gone = before.length - after.length;
  const { head } = common(before, after);
  const start = Math.min(head, entry.start);
  const end = start + gone;
  const around = before.slice(start, entry.start) + before.slice(entry.end, Math.max(end, entry.end));
  if (end >= entry.end && before.slice(0, start) + before.slice(end) === after)
    return /^[\s,]*$/.test(around) && around.split(',').length <= 2
      ? undefined
      : `gone with it: ${JSON.stringify(around)}`;
  // The comma of the one before it goes by itself, where a comment stands between.
  if (before[head] === ',' && head < entry.start) {
    const shifted = before.slice(0, head) + before.slice(head + 1);
    const between = before.slice(head + 1, entry.start);
    if (withoutTrivia(between) === '')
      return lostByRemoving(shifted, after, { start: entry.start - 1, end: entry.end - 1 });
  }
  // Or that behind it.
  const behind = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n]*)*,/.exec(before.slice(entry.end))?.[0];
  if (behind !== undefined && behind !== ',') {
    const comma = entry.end + behind.length - 1;
    return lostByRemoving(before.slice(0, comma) + before.slice(comma + 1), after, entry);
  }
  return `not one cut: ${JSON.stringify(before.slice(start, start + 300))} became ${JSON.stringify(after.slice(start, start + 200))}`;
}

/**
 * Says which of the stretches outside an entry is not in `after` as it was, in its place. `rest`: what may stand between
 * them now. Space and a comma beside the entry are nobody's, and comments right below it may be taken for its own: they
 * stay before the next stretch.
 */
export function lostOutside(
  outside: readonly string[],
  after: string,
  rest: (between: string) => boolean = () => true,
): string | undefined {
  let from = 0;
  let notes: string[] = [];
  for (const [index, stretch] of outside.entries()) {
    const [isFirst, isLast] = [index === 0, index === outside.length - 1];
    let kept = stretch;
    const lead = isFirst ? '' : (/^(?:[\s,]|#[^\n]*)*/.exec(kept)?.[0] ?? '');
    kept = kept.slice(lead.length);
    if (!isLast) kept = kept.replace(/[\s,]+$/, '');
    notes.push(...(lead.match(/#[^\n]*/g) ?? []));
    if (kept === '' && !isLast) continue;
    const at = isFirst ? 0 : isLast ? after.length - kept.length : after.indexOf(kept, from);
    if (at < from || !after.startsWith(kept, at))
      return `not as it was: ${JSON.stringify(kept.slice(0, 300))}`;
    const between = after.slice(from, at);
    const gone = notes.find((note) => !between.includes(note.trimEnd()));
    notes = [];
    if (gone !== undefined) return `a comment is gone: ${JSON.stringify(gone)}`;
    if (!rest(between)) return `left behind: ${JSON.stringify(between)}`;
    from = at + kept.length;
  }
  return undefined;
}

/** Only comments, space and commas. */
export const isTrivia = (text: string): boolean => withoutTrivia(text) === '';
