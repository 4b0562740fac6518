import { Unreadable } from '../formats/format.js';
import { emptyMap, isMap, valueAt, type Plain, type PlainMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';

/** The entries of a client's file by name. @throws Unreadable where something else stands in their place */
export function entriesOf(
  root: PlainMap,
  spec: Pick<ClientSpec, 'serversAt' | 'layout'>,
): Map<string, Plain> {
  const place = spec.serversAt.join('.');
  const value = valueAt(root, spec.serversAt) ?? null;
  if (value === null) return new Map();
  if (spec.layout === 'map') {
    if (!isMap(value))
      throw new Unreadable(`"${place}" is no object, so there is no place for servers in it`);
    return new Map(Object.entries(value));
  }
  if (!Array.isArray(value))
    throw new Unreadable(`"${place}" is no list, so there is no place for servers in it`);
  return new Map(value.filter(isMap).map((entry) => [String(entry['name'] ?? ''), entry]));
}

/** What stands under `serversAt` once `changed` entries took the place of their namesakes; `null` takes one out. */
export function withEntries(
  root: PlainMap,
  spec: Pick<ClientSpec, 'serversAt' | 'layout'>,
  changed: ReadonlyMap<string, PlainMap | null>,
): Plain {
  const value = valueAt(root, spec.serversAt) ?? null;
  if (spec.layout === 'map') {
    const map = Object.assign(emptyMap(), isMap(value) ? value : {});
    for (const [name, entry] of changed) {
      if (entry === null) delete map[name];
      else map[name] = entry;
    }
    return map;
  }
  const list = Array.isArray(value) ? value : [];
  const rest = new Map(changed);
  const kept = list.flatMap((item): Plain[] => {
    const name = isMap(item) ? String(item['name'] ?? '') : undefined;
    if (name === undefined || !rest.has(name)) return [item];
    const entry = rest.get(name) ?? null;
    rest.delete(name);
    return entry === null ? [] : [entry];
  });
  return [...kept, ...[...rest.values()].filter((entry) => entry !== null)];
}
