import { SCHEMA_VERSION } from '../../contract/index.js';
import { from0 } from './from-0.js';
import type { Migration, RawCatalog } from './migration.js';

export type { RawCatalog } from './migration.js';

/** `CHAIN[n]` takes version n to n + 1. */
const CHAIN: readonly Migration[] = [from0];

/** The version a file says it has; before the schema had a number there was none. */
export function versionOf(file: RawCatalog): unknown {
  return file['schemaVersion'] ?? 0;
}

/** Takes a file of any earlier version to this one's. */
export function migrate(file: RawCatalog, from: number): RawCatalog {
  return CHAIN.slice(from, SCHEMA_VERSION).reduce((current, step) => step(current), file);
}
