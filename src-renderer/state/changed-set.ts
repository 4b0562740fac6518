/** A copy of `set` with `value` in it, or without it where it was there. */
export function toggled<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}

export const joined = <T>(set: ReadonlySet<T>, values: readonly T[]): ReadonlySet<T> =>
  new Set([...set, ...values]);
