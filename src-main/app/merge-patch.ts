import { isNewSecret, isSecretRef } from '../contract/index.js';

type Json = Record<string, unknown>;

/** Where an object is one of several kinds told apart by `type`: a change of kind starts it afresh. */
const KINDS = new Set(['transport', 'transport.auth', 'auth']);
const HTTP = new Set(['sse', 'streamable_http']);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isLeaf = (value: unknown): boolean => !isObject(value) || isSecretRef(value) || isNewSecret(value);

/** The two HTTP transports have the same fields, so moving between them keeps what was filled in. */
function startsAfresh(path: string, target: Json, patch: Json): boolean {
  if (!KINDS.has(path) || patch['type'] === undefined || patch['type'] === target['type']) return false;
  return !(HTTP.has(String(patch['type'])) && HTTP.has(String(target['type'])));
}

/**
 * JSON Merge Patch (RFC 7396): objects merge deeply, arrays and plain values replace, `null` removes. Two things are
 * ours: a secret is one value, never merged into, and a transport or auth of another `type` keeps nothing of the old.
 * Neither argument is changed.
 */
export function mergePatch(target: unknown, patch: Json, path = ''): Json {
  const kept = isLeaf(target) || startsAfresh(path, target as Json, patch) ? {} : (target as Json);
  const merged = new Map(Object.entries(kept));
  for (const [key, change] of Object.entries(patch)) {
    const at = path ? `${path}.${key}` : key;
    if (change === null) merged.delete(key);
    else if (isLeaf(change)) merged.set(key, change);
    else merged.set(key, mergePatch(merged.get(key), change as Json, at));
  }
  // A Map and fromEntries make `__proto__` an ordinary key, which the schema then refuses.
  return Object.fromEntries(merged);
}
