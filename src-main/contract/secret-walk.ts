import { isNewSecret, isSecretRef, secretIdSchema, type SecretId } from './value.js';

// Where secrets stand in a server, a remote, or a patch of one. Maps hold names a person chose: an environment with
// the single variable `newSecret` looks like a secret and is none, so a map itself is never taken for a value.

const MAPS = new Set(['env', 'headers']);

export type Found = { path: string; value: { secret: SecretId } | { newSecret: string } };

/** Calls `visit` at each secret and puts what it answers in its place; everything else is copied as it is. */
export function mapSecrets(input: unknown, visit: (found: Found) => unknown): unknown {
  return walk(input, [], false, visit);
}

/** Every secret of an entity, in order. */
export function secretsIn(input: unknown): Found[] {
  const found: Found[] = [];
  mapSecrets(input, (one) => {
    found.push(one);
    return one.value;
  });
  return found;
}

/** The ids an entity refers to. */
export function secretIdsOf(entity: unknown): Set<SecretId> {
  const ids = new Set<SecretId>();
  collect(entity, false, ids);
  return ids;
}

/** Goes where `walk` goes and copies nothing: it is asked of every entity, again and again. */
function collect(input: unknown, isMap: boolean, ids: Set<SecretId>): void {
  if (typeof input !== 'object' || input === null) return;
  if (Array.isArray(input)) for (const item of input) collect(item, false, ids);
  else if (!isMap && isReference(input)) ids.add(input.secret);
  else if (isMap || !isNewSecret(input))
    for (const [key, value] of Object.entries(input)) collect(value, !isMap && MAPS.has(key), ids);
}

function walk(input: unknown, path: string[], isMap: boolean, visit: (found: Found) => unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  if (Array.isArray(input))
    return input.map((item, index) => walk(item, [...path, String(index)], false, visit));
  if (!isMap && (isNewSecret(input) || isReference(input)))
    return visit({ path: path.join('.'), value: input });
  // Built from entries, so that a key such as `__proto__` stays a key.
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [
      key,
      walk(value, [...path, key], !isMap && MAPS.has(key), visit),
    ]),
  );
}

function isReference(value: unknown): value is { secret: SecretId } {
  return isSecretRef(value) && secretIdSchema.safeParse(value.secret).success;
}
