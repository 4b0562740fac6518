import { looksLikeSecret } from './looks-like-secret.js';

// Where a plain text may stand for a secret: any entry of these maps, and these fields of an `auth`.
const MAPS = new Set(['env', 'headers']);
const FIELDS = new Set(['token', 'password', 'clientSecret']);

/**
 * Dotted paths of the plain values of a server or remote that look like secrets, so that the app can offer to move
 * them to the keychain: `transport.env.GITHUB_TOKEN`.
 */
export function plainSecretPaths(entity: unknown): string[] {
  return find(entity, [], false);
}

function find(input: unknown, path: string[], isMap: boolean): string[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    const here = [...path, key];
    if (typeof value !== 'string') return find(value, here, !isMap && MAPS.has(key));
    // What stands in a field for secrets is one, however it looks, unless it only names one.
    const isSecret = isMap ? looksLikeSecret(key, value) : FIELDS.has(key) && looksLikeSecret('token', value);
    return isSecret ? [here.join('.')] : [];
  });
}
