type Json = Record<string, unknown>;

const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A secret is one value: it is replaced, never merged into. */
const isLeaf = (value: unknown): boolean => !isMap(value) || 'secret' in value || 'newSecret' in value;

const HTTP = new Set(['sse', 'streamable_http']);

/** Where the host starts afresh when `type` changes (INTERFACE §4, `server.update`): then all of it must be sent. */
function isAnotherKind(before: Json, after: Json): boolean {
  if (before.type === after.type || before.type === undefined) return false;
  return !(HTTP.has(String(before.type)) && HTTP.has(String(after.type)));
}

export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameValue(a[key], b[key]));
}

/**
 * What `server.update` or `remote.update` must be told to make `before` into `after`: only what changed, `null` for
 * what was taken away.
 */
export function entityPatch(before: Json, after: Json): Json {
  const patch: Json = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [before[key], after[key]];
    if (sameValue(old, next)) continue;
    if (next === undefined) patch[key] = null;
    else if (isLeaf(old) || isLeaf(next)) patch[key] = next;
    else if (isAnotherKind(old as Json, next as Json)) patch[key] = next;
    else patch[key] = entityPatch(old as Json, next as Json);
  }
  return patch;
}
