import type { Remote, Server, Settings, StoredLink } from '../contract/index.js';
import { KINDS, type Kind, type RecordOf } from './records.js';
import type { State } from './state.js';
import type { Touched } from './transaction.js';

/** What one write changed, as `catalog.changed` carries it. */
export type CatalogChange = {
  servers?: Server[];
  remotes?: Remote[];
  links?: StoredLink[];
  settings?: Settings;
  removed?: { servers?: string[]; remotes?: string[]; links?: string[] };
};

/** What differs between two states, looking only at what was touched. `undefined`: nothing does. */
export function changeOf(
  before: State,
  after: State,
  touched: readonly Touched[],
): CatalogChange | undefined {
  const change: CatalogChange = {};
  const removed: NonNullable<CatalogChange['removed']> = {};
  for (const kind of KINDS) {
    const ids = new Set(touched.flatMap((one) => [...one[kind]]));
    const { put, gone } = compare(before, after, kind, ids);
    if (put.length > 0) Object.assign(change, { [kind]: put });
    if (gone.length > 0) removed[kind] = gone;
  }
  if (before.settings !== after.settings) change.settings = after.settings;
  if (Object.keys(removed).length > 0) change.removed = removed;
  return Object.keys(change).length > 0 ? change : undefined;
}

function compare<K extends Kind>(
  before: State,
  after: State,
  kind: K,
  ids: ReadonlySet<string>,
): { put: RecordOf[K][]; gone: string[] } {
  const put: RecordOf[K][] = [];
  const gone: string[] = [];
  for (const id of ids) {
    const [old, now] = [before[kind].get(id), after[kind].get(id)] as (RecordOf[K] | undefined)[];
    if (now && now !== old) put.push(now);
    if (!now && old) gone.push(id);
  }
  return { put, gone };
}
