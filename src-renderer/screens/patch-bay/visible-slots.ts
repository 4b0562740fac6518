/** One place in a window that is drawn: `at` is what it shows now, `slot` whose elements it has. */
export type Slot = { slot: number; at: number };

/**
 * What is drawn of a long line of equal things: those from `first` up to `last`, and always the one with the focus
 * (`kept`), so that it is not lost by scrolling. What leaves on one side gives its elements (its slot) to what comes in
 * on the other: cheaper than making them anew. The one with the focus keeps its own wherever it is. `pool` must be more
 * than can be in sight at once.
 */
export function slotsOf(first: number, last: number, kept: number, pool: number): Slot[] {
  const away = kept >= 0 && (kept < first || kept >= last);
  const taken = away ? kept % pool : undefined;
  const slots: Slot[] = [];
  for (let at = first; at < last; at += 1) slots.push({ slot: at % pool === taken ? -1 : at % pool, at });
  if (taken !== undefined) slots.push({ slot: taken, at: kept });
  return slots;
}

/**
 * The same slots in the order in which they were drawn before, new ones last, and between them, as they were, those that
 * are not asked for now. An element that changes its place in the document is styled, laid out and painted anew, and one
 * that is taken out has to be made again: so nothing comes, goes or changes places while one scrolls.
 */
export function asDrawn(slots: readonly Slot[], before: readonly Slot[]): Slot[] {
  const left = new Map(slots.map((each) => [each.slot, each]));
  const shown = new Set(slots.map(({ at }) => at));
  const again = before.flatMap((old) => {
    const same = left.get(old.slot);
    left.delete(old.slot);
    return same ?? (shown.has(old.at) ? [] : old);
  });
  return [...again, ...left.values()];
}
