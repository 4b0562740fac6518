import { isMap, type Plain, type PlainMap } from '../plain.js';

export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

export const tomlPath = (path: readonly string[]): string => path.map(tomlKey).join('.');

/** JSON's escapes are TOML's, but for DEL, which TOML does not allow as it is. */
const tomlString = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f');

/** A value on one line. TOML has no null: a null in a list or a table is left out. */
export function tomlValue(value: Plain): string {
  if (Array.isArray(value))
    return `[${value
      .filter((item) => item !== null)
      .map(tomlValue)
      .join(', ')}]`;
  if (isMap(value)) {
    const pairs = pairsOf(value).map(([key, inner]) => `${tomlKey(key)} = ${tomlValue(inner)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  if (typeof value === 'string') return tomlString(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return String(value);
}

/** `[path]` and its keys; maps inside become tables of their own behind it. A table of tables alone needs no header. */
export function tomlTable(path: readonly string[], map: PlainMap): string[] {
  const pairs = pairsOf(map);
  const lines = pairs.flatMap(([key, value]) =>
    isMap(value) ? [] : [`${tomlKey(key)} = ${tomlValue(value)}`],
  );
  const blocks = pairs.flatMap(([key, value]) => (isMap(value) ? [tomlTable([...path, key], value)] : []));
  if (lines.length > 0 || blocks.length === 0) blocks.unshift([`[${tomlPath(path)}]`, ...lines]);
  return blocks.flatMap((block, index) => (index > 0 ? ['', ...block] : block));
}

const pairsOf = (map: PlainMap): [string, Plain][] =>
  Object.entries(map).filter(([, value]) => value !== null);
