import { isMap, type Plain, type PlainMap } from '../plain.js';

/** The first of several keys that an entry holds a value under. */
export function pick(entry: PlainMap, keys: readonly string[]): Plain | undefined {
  for (const key of keys) if (Object.hasOwn(entry, key) && entry[key] !== null) return entry[key];
  return undefined;
}

export function pickText(entry: PlainMap, keys: readonly string[]): string | undefined {
  const value = pick(entry, keys);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Config files hold numbers and switches where strings are meant; clients pass them on as text, and so do we. */
export function asText(value: Plain): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function textList(value: Plain | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map(asText).filter((item) => item !== undefined);
}

/** Name and text of each entry of a map; `KEY=value` and `Key: value` lines of a list count too. */
export function textPairs(value: Plain | undefined): [string, string][] {
  if (Array.isArray(value))
    return value.flatMap((item): [string, string][] => {
      const [, key, text] = (typeof item === 'string' && /^([^=:]+)(?:=|:\s*)([\s\S]*)$/.exec(item)) || [];
      return key === undefined || text === undefined ? [] : [[key, text]];
    });
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    const text = asText(inner);
    return text === undefined ? [] : [[key, text]];
  });
}
