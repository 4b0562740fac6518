import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** Anything that can stand in JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * One field of a server as this computer wants it. Fields are named in the server's own words, with header names in
 * lower case (`transport.headers.authorization`), whatever a remote calls them.
 */
export type LocalCell = {
  /** Where it stands in the server: `transport.headers.Authorization`, `transport.auth.token`. */
  path: string;
  /** Header or environment variable, in the person's own spelling. */
  name?: string;
  /** Absent while a secret has not been resolved. */
  value?: Json;
  /** The keychain's id. A secret's value never changes, so an equal id means an equal value. */
  secretId?: string;
  /** A stand-in for a value that only the remote knows: left as it is there. */
  kept?: true;
};

/** One field as a remote shows it: its value, or only a redaction of it. */
export type RemoteCell = { path: string; name?: string } & ({ value: Json } | { mask: string });

export type LocalCells = Map<string, LocalCell>;
export type RemoteCells = Map<string, RemoteCell>;

/**
 * One field as it was last seen equal on both sides. Values that may be secret (headers, environment) are kept as a
 * salted hash alone; `value` is there for plain fields, so that a person can be shown what changed.
 */
export type BaseCell = {
  path: string;
  /** Of the local value. */
  hash: string;
  /** Of what the remote showed, where that is not the value itself: a redaction, or something `kept`. */
  shown?: string;
  value?: Json;
  secretId?: string;
  /** It was a secret, or looked like one. */
  secret?: true;
  /** The local side was a stand-in for what only the remote knows. */
  kept?: true;
  /** Of the name: hash of the server's own name at that time, which may be spelt differently there. */
  named?: string;
};
export type Base = Record<string, BaseCell>;

/** Keys with the same content in another order are the same; arrays keep their order. */
export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] ?? null)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

/** Whether two values have the same `canonicalText`, without writing either. */
export function isSameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((one, index) => isSameJson(one, b[index] ?? null))
    );
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key] ?? null, b[key] ?? null))
  );
}

/** Salted hashes of values: enough to see whether two are equal, useless without the catalog's salt. */
export class Hasher {
  readonly #salt: KeyObject;

  constructor(salt: string) {
    // Made a key once: to begin with the text each time costs more than the hashing.
    this.#salt = createSecretKey(salt, 'utf8');
  }

  value(value: Json): string {
    return this.#hash(`value:${canonicalText(value)}`);
  }

  /** Of what a remote shows; equal to `value` where it shows the value itself. */
  shown(cell: RemoteCell): string {
    return 'value' in cell ? this.value(cell.value) : this.#hash(`mask:${cell.mask}`);
  }

  #hash(text: string): string {
    return createHmac('sha256', this.#salt).update(text).digest('base64url');
  }
}

/** Of all that one side holds; `undefined` where not all of its values are known. */
export function contentHash(
  cells: ReadonlyMap<string, { value?: Json } | { mask: string }>,
  hasher: Hasher,
): string | undefined {
  const content: { [key: string]: Json } = {};
  for (const [key, cell] of cells) {
    if (!('value' in cell) || cell.value === undefined) return undefined;
    content[key] = cell.value;
  }
  return hasher.value(content);
}

/** Fields whose values may be secret: of these the base keeps hashes alone. */
export const mayBeSecret = (key: string): boolean =>
  key.startsWith('transport.headers.') || key.startsWith('transport.env.');

/**
 * Header names are compared without regard to case. A second spelling of one that is there already is a field of its
 * own, which no server of the person's has: such an entry is never taken for equal.
 */
export function putHeader(cells: RemoteCells, name: string, shown: { value: Json } | { mask: string }): void {
  const path = `transport.headers.${name}`;
  const key = path.toLowerCase();
  cells.set(cells.has(key) ? `${path}#` : key, { path, name, ...shown });
}

/** Reads a map of cells under one prefix: `under(cells, 'transport.env')` is name → value. */
export function under(cells: LocalCells, prefix: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, cell] of cells)
    if (key.startsWith(`${prefix}.`)) found[cell.name ?? key.slice(prefix.length + 1)] = String(cell.value);
  return found;
}
