import type { SecretId } from '../contract/index.js';

/**
 * A text that went to the keychain and stood in the open before, somewhere in one record: also inside a longer text,
 * such as `--token=…` of an argument. Held in memory alone, until it is out of the history and the backups; on disk is
 * only that there is one.
 */
export type Exposed = { kind: 'servers' | 'remotes'; id: string; value: string; secret: SecretId };

/** Shorter ones stand by chance in names, keys and paths: blanking those would damage what it should protect. */
export const SHORTEST_EXPOSED = 8;
/** Of a value that the end of a torn file cuts off, this much is looked for. */
const SHORTEST_TORN = 4;
const MASK = '••••';

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Whether a value stands anywhere in a record. */
export const isExposedIn = (record: unknown, value: string): boolean =>
  value.length >= SHORTEST_EXPOSED && (JSON.stringify(record) ?? '').includes(inJson(value));

/** Parts of a record that may hold a token; a name or a description that holds the same text by chance stays. */
const MAY_HOLD = new Set(['transport', 'auth', 'headers', 'baseUrl']);

/** The record with a mask for each; the record itself where none is in it. */
export function withoutExposed<T>(record: T, exposed: readonly Exposed[]): T {
  if (typeof record !== 'object' || record === null) return record;
  const parts = Object.entries(record).filter(
    ([key, part]) => MAY_HOLD.has(key) && exposed.some(({ value }) => isExposedIn(part, value)),
  );
  if (parts.length === 0) return record;
  return { ...record, ...Object.fromEntries(parts.map(([key, part]) => [key, masked(part, exposed)])) };
}

function masked(value: unknown, exposed: readonly Exposed[]): unknown {
  if (typeof value === 'string')
    return exposed.reduce((text, { value: secret }) => text.replaceAll(secret, MASK), value);
  if (Array.isArray(value)) return value.map((item) => masked(item, exposed));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, exposed)]));
}

/**
 * A text that is no JSON any more, without them. Where one stands as a value the reference takes its place, so that a
 * file which somebody repairs by hand is right; at a torn end also what is left of one goes.
 */
export function textWithoutExposed(text: string, exposed: readonly Exposed[]): string {
  return exposed.reduce((current, { value, secret }) => {
    const escaped = inJson(value);
    const asValue = new RegExp(`"${escaped.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"(?!\\s*:)`, 'g');
    const whole = current.replace(asValue, () => JSON.stringify({ secret })).replaceAll(escaped, () => MASK);
    for (let length = escaped.length - 1; length >= SHORTEST_TORN; length -= 1)
      if (whole.endsWith(`"${escaped.slice(0, length)}`)) return whole.slice(0, -length);
    return whole;
  }, text);
}
