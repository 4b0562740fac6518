/**
 * What a config file holds once it is parsed. Maps have no prototype, so that a key such as `__proto__` or
 * `constructor` in somebody's file is a key like any other and reaches nothing of ours.
 */
export type Plain = string | number | boolean | null | Plain[] | PlainMap;
export type PlainMap = { [key: string]: Plain };

export const emptyMap = (): PlainMap => Object.create(null) as PlainMap;

export const isMap = (value: unknown): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Copies what a parser answered. Dates become ISO text, `undefined` is left out, whole bigints become numbers. */
export function toPlain(value: unknown): Plain {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value === 'object') return mapOf(value instanceof Map ? value : Object.entries(value));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : String(value);
}

export function mapOf(entries: Iterable<readonly [unknown, unknown]>): PlainMap {
  const map = emptyMap();
  for (const [key, value] of entries) if (value !== undefined) map[String(key)] = toPlain(value);
  return map;
}

/** A shallow copy that is safe to change. */
export function copyMap(map: PlainMap): PlainMap {
  return Object.assign(emptyMap(), map);
}

/** Deep equality; the order of keys does not count. */
export function samePlain(a: Plain | undefined, b: Plain | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => samePlain(item, b[index]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && samePlain(a[key], b[key]))
  );
}

/** Where a value is: keys of maps, and indices of lists. */
export type PlainPath = readonly (string | number)[];

/** The value under a path; `undefined` where a step of it is missing. */
export function valueAt(root: Plain, path: PlainPath): Plain | undefined {
  let value: Plain | undefined = root;
  for (const key of path) {
    if (typeof key === 'number') value = Array.isArray(value) ? value[key] : undefined;
    else value = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

/** A copy of `root` with `value` under `path`. Maps on the way are copied or made; lists must be there. */
export function withValueAt(root: PlainMap, path: PlainPath, value: Plain): PlainMap {
  const next = withValue(root, path, value);
  return isMap(next) ? next : root;
}

function withValue(at: Plain | undefined, [key, ...rest]: PlainPath, value: Plain): Plain {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const list = Array.isArray(at) ? [...at] : [];
    list[key] = withValue(list[key], rest, value);
    return list;
  }
  const copy = isMap(at) ? copyMap(at) : emptyMap();
  copy[key] = withValue(Object.hasOwn(copy, key) ? copy[key] : undefined, rest, value);
  return copy;
}
