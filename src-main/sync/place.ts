import type { Remote } from '../contract/index.js';

/**
 * Where a remote is and who asks: an entry's id means something only there. The same address with another key or
 * project shows other entries.
 */
export const placeOf = ({ kind, baseUrl, auth, headers }: Remote): string =>
  JSON.stringify([kind, baseUrl, auth, headers]);

export const isSamePlace = (a: Remote | undefined, b: Remote | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && placeOf(a) === placeOf(b));
