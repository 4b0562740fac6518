import { Unreadable } from '../formats/format.js';
import { copyMap, emptyMap, isMap, valueAt, type Plain, type PlainMap, type PlainPath } from '../plain.js';
import type { ClientSpec } from './client-spec.js';

/** Where the servers are in one file's content. */
export type ServersPlace = { at: PlainPath; layout: ClientSpec['layout'] };

/** @throws Unreadable for a branch that is no longer in the file */
export function placeOf(
  { serversAt, layout, branches }: ClientSpec,
  root: PlainMap,
  branch: string | undefined,
): ServersPlace {
  if (branch === undefined)
    return { at: typeof serversAt === 'function' ? serversAt(root) : serversAt, layout };
  const found = branches?.(root).find(({ id }) => id === branch);
  if (!found) throw new Unreadable('the part of it that these servers belong to is gone');
  return { at: found.at, layout };
}

const nameOf = (entry: Plain): string | undefined =>
  isMap(entry) ? String((Object.hasOwn(entry, 'name') && entry['name']) || '') : undefined;

/** The entries by name. @throws Unreadable where something else stands in their place */
export function entriesOf(root: PlainMap, { at, layout }: ServersPlace): Map<string, Plain> {
  const wrong = (kind: string, path: PlainPath = at): Unreadable =>
    new Unreadable(`"${path.join('.')}" is no ${kind}, so there is no place for servers in it`);
  for (let step = 1; step < at.length; step += 1) {
    const outer = valueAt(root, at.slice(0, step)) ?? null;
    if (outer !== null && typeof outer !== 'object') throw wrong('object', at.slice(0, step));
  }
  const value = valueAt(root, at) ?? null;
  if (value === null) return new Map();
  if (layout === 'map') {
    if (!isMap(value)) throw wrong('object');
    return new Map(Object.entries(value));
  }
  if (!Array.isArray(value)) throw wrong('list');
  return new Map(value.filter(isMap).map((entry) => [nameOf(entry) ?? '', entry]));
}

/** What stands at the place once `changed` entries took that of their namesakes; `null` takes one out. */
export function withEntries(
  root: PlainMap,
  { at, layout }: ServersPlace,
  changed: ReadonlyMap<string, PlainMap | null>,
): Plain {
  const value = valueAt(root, at) ?? null;
  if (layout === 'map') return withMapEntries(isMap(value) ? value : emptyMap(), changed);
  const list = Array.isArray(value) ? value : [];
  const fresh = new Map(changed);
  const next = list.flatMap((item, index): Plain[] => {
    const name = nameOf(item);
    const entry = name === undefined ? undefined : changed.get(name);
    if (name === undefined || entry === undefined) return [item];
    fresh.delete(name);
    if (entry === null) return [];
    // Of two with one name the last one counts, here as where they are read.
    return [list.findLastIndex((other) => nameOf(other) === name) === index ? entry : item];
  });
  return [...next, ...[...fresh.values()].filter((entry) => entry !== null)];
}

function withMapEntries(map: PlainMap, changed: ReadonlyMap<string, PlainMap | null>): PlainMap {
  const next = copyMap(map);
  for (const [name, entry] of changed) {
    if (entry === null) delete next[name];
    else next[name] = entry;
  }
  return next;
}
