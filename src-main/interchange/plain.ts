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

/** The value under a path of keys; `undefined` where one of them is missing or no map. */
export function valueAt(root: Plain, path: readonly string[]): Plain | undefined {
  let value: Plain | undefined = root;
  for (const key of path) value = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** A copy of `root` with `value` under `path`; maps on the way are copied or made. */
export function withValueAt(root: PlainMap, path: readonly string[], value: Plain): PlainMap {
  const [key, ...rest] = path;
  if (key === undefined) return isMap(value) ? value : root;
  const copy = copyMap(root);
  const inner = copy[key];
  copy[key] = rest.length === 0 ? value : withValueAt(isMap(inner) ? inner : emptyMap(), rest, value);
  return copy;
}
