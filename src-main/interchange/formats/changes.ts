import { isMap, samePlain, type Plain, type PlainMap } from '../plain.js';

/** What is to become of one value of a file. Whatever no change names stays as it is, byte for byte. */
export type Change =
  | { kind: 'set'; value: Plain }
  | { kind: 'remove' }
  | { kind: 'map'; changes: MapChanges }
  | { kind: 'list'; changes: ListChanges };
export type MapChanges = Map<string, Change>;
/** `at`: changes of items that are there (by their index before the edit); `append`: items put behind them. */
export type ListChanges = { at: Map<number, Change>; append: Plain[] };

/** The fewest changes that make `after` out of `before`. */
export function changesBetween(before: PlainMap, after: PlainMap): MapChanges {
  const changes: MapChanges = new Map();
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) changes.set(key, { kind: 'remove' });
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    const change = old === undefined ? ({ kind: 'set', value } as const) : changeOf(old, value);
    if (change) changes.set(key, change);
  }
  return changes;
}

function changeOf(before: Plain, after: Plain): Change | undefined {
  if (before === after || samePlain(before, after)) return undefined;
  if (isMap(before) && isMap(after)) return { kind: 'map', changes: changesBetween(before, after) };
  if (Array.isArray(before) && Array.isArray(after)) return changeOfList(before, after);
  return { kind: 'set', value: after };
}

function changeOfList(before: Plain[], after: Plain[]): Change {
  const at = new Map<number, Change>();
  if (after.length < before.length) {
    const kept = keptIndices(before, after);
    if (!kept) return { kind: 'set', value: after };
    before.forEach((_, index) => !kept.has(index) && at.set(index, { kind: 'remove' }));
    return { kind: 'list', changes: { at, append: [] } };
  }
  before.forEach((item, index) => {
    const change = changeOf(item, after[index] as Plain);
    if (change) at.set(index, change);
  });
  return { kind: 'list', changes: { at, append: after.slice(before.length) } };
}

/** Which items of `before` make up `after`, where `after` is `before` with some left out. */
function keptIndices(before: Plain[], after: Plain[]): Set<number> | undefined {
  const kept = new Set<number>();
  let wanted = 0;
  before.forEach((item, index) => {
    if (wanted >= after.length || !samePlain(item, after[wanted])) return;
    kept.add(index);
    wanted += 1;
  });
  return wanted === after.length ? kept : undefined;
}
