const folded = (text: string): string => text.normalize('NFC').toLowerCase();

/** How many letters must be put in, taken out, changed or swapped with their neighbour to make one word of another. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row += 1) {
    const now = [row];
    for (let at = 1; at <= to.length; at += 1) {
      const same = from[row - 1] === to[at - 1];
      let least = Math.min((last[at] ?? 0) + 1, (now[at - 1] ?? 0) + 1, (last[at - 1] ?? 0) + (same ? 0 : 1));
      const isSwapped = from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1];
      if (row > 1 && at > 1 && isSwapped) least = Math.min(least, (before[at - 2] ?? 0) + 1);
      now.push(least);
    }
    [before, last] = [last, now];
  }
  return last[to.length] ?? 0;
}

const LONGEST = 60;

/** The names that somebody may have meant who typed `word`: those it begins, and those that are a slip or two away. */
export function similarTo(word: string, names: readonly string[]): string[] {
  const typed = folded(word).slice(0, LONGEST);
  if (typed === '') return [];
  const slips = Math.max(1, Math.floor(typed.length / 4));
  return names
    .flatMap((name) => {
      const known = folded(name).slice(0, LONGEST);
      const far = typed.length > 2 && known.startsWith(typed) ? 0.5 : distance(typed, known);
      return far <= slips ? [{ name, far }] : [];
    })
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `Did you mean "x"?`, or what there is, some of it by name. */
export function meantOrThere(word: string, names: readonly string[], none: string, most = 12): string {
  const similar = similarTo(word, names).map((name) => `"${name}"`);
  if (similar.length > 0) return `Did you mean ${similar.join(' or ')}?`;
  if (names.length === 0) return none;
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  if (names.length > most) shown.push(`${names.length - most} more`);
  return `There ${names.length === 1 ? 'is' : 'are'}: ${shown.join(', ')}.`;
}
