import { isSecretRef, type SecretId } from '../contract/index.js';
import type { Exposed } from './exposed.js';

// A value that went to the keychain stands in plain text in everything that was written before: the history, the
// backups. A strike says where; carrying it out puts the reference in the place of each plain value.

/** A field of one server or remote whose plain value became a secret. Holds no value. */
export type Strike = {
  kind: 'servers' | 'remotes';
  id: string;
  /** Keys from the record down; names of variables may hold dots. */
  path: string[];
  secret: SecretId;
};

/**
 * That the value of a secret stood elsewhere in the open in one server or remote, in an argument say, before it became
 * one. Holds no value: without the keychain nobody can tell where to look.
 */
export type Trace = Omit<Strike, 'path'>;

/** What is to be taken out of the files: fields by their places, and texts wherever they stand in a record. */
export type Strikes = { fields: readonly Strike[]; exposed: readonly Exposed[] };

type Json = Record<string, unknown>;
const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields that were plain before and are secrets after. */
export function strikesOf(kind: Strike['kind'], id: string, before: unknown, after: unknown): Strike[] {
  const found: Strike[] = [];
  compare(before, after, [], (path, secret) => found.push({ kind, id, path, secret }));
  return found;
}

function compare(
  before: unknown,
  after: unknown,
  path: string[],
  found: (path: string[], secret: SecretId) => void,
): void {
  if (isSecretRef(after)) {
    if (typeof before === 'string' && before !== '') found(path, after.secret);
    return;
  }
  if (!isMap(before) || !isMap(after)) return;
  for (const [key, value] of Object.entries(after))
    if (Object.hasOwn(before, key)) compare(before[key], value, [...path, key], found);
}

/** The record with a reference wherever a strike names a plain value; the record itself where there is none. */
export function struck<T>(record: T, strikes: readonly Strike[]): T {
  return strikes.reduce((current, { path, secret }) => strikeAt(current, path, secret) as T, record);
}

function strikeAt(value: unknown, path: readonly string[], secret: SecretId): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === 'string' && value !== '' ? { secret } : value;
  if (!isMap(value) || !Object.hasOwn(value, key)) return value;
  const next = strikeAt(value[key], rest, secret);
  if (next === value[key]) return value;
  // Built from entries, so that a key such as `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([name, old]) => [name, name === key ? next : old]));
}

/** What a record has at a strike's place. */
export function valueAt(record: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    record,
  );
}
