import { CLIENTS } from '../clients/index.js';
import { commonDialect, type Dialect } from '../dialect/dialect.js';
import type { PlainMap } from '../plain.js';

/** The forms of all clients; each leaves an entry that is not of its form as it is. */
function toCommon(entry: PlainMap): PlainMap {
  let common = entry;
  for (const form of new Set(CLIENTS.map(({ dialect }) => dialect.toCommon)))
    common = form?.(common) ?? common;
  return common;
}

/** How an entry is read that does not say whose it is. */
export const anybody: Dialect = commonDialect({ toCommon, dollarNames: true });
