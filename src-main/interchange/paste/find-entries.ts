import type { Found } from '../import/found.js';
import { isMap, valueAt, type Plain, type PlainMap } from '../plain.js';
import { anybody } from './anybody.js';
import { readRegistryServer } from './registry-server.js';

/** `fallbackName`: for an entry that stands alone, without a name. */
type Context = { origin: string; fallbackName: string };

/** Where programs keep their servers, the more telling place first. */
const PLACES: string[][] = [
  ['mcp', 'client_configs'],
  ['mcp', 'servers'],
  ['mcp_servers'],
  ['context_servers'],
  ['mcpServers'],
  ['servers'],
  ['amp.mcpServers'],
  ['extensions'],
  ['mcp'],
  ['tools'],
];

/** The servers in a parsed text of any shape people keep or share them in. */
export function findEntries(root: Plain, context: Context): Found[] {
  const registry = registryServers(root);
  if (registry.length > 0) return registry.flatMap((entry) => readRegistryServer(entry, context.origin));
  const places = isMap(root) ? placesIn(root, context) : [];
  if (places.length > 0) return places;
  const found = entriesIn(root, context);
  return found.length > 0 || !isMap(root) ? found : entriesWithin(root, context);
}

/** A part of an editor's settings: `{ "mcp.servers": { … } }`, `{ "settings": { "mcpServers": { … } } }`. */
function entriesWithin(root: PlainMap, context: Context): Found[] {
  return Object.entries(root).flatMap(([key, inner]) => {
    if (!isMap(inner)) return [];
    const places = placesIn(inner, context);
    return places.length > 0 || !/mcp/i.test(key) ? places : entriesIn(inner, context);
  });
}

/** One `server.json`, or what the registry's API answers: `{ servers: [{ server: … }] }`. */
function registryServers(root: Plain): PlainMap[] {
  const list = valueAt(root, ['servers']);
  const candidates = Array.isArray(list) ? list : Array.isArray(root) ? root : [root];
  return candidates
    .map((candidate) => valueAt(candidate, ['server']) ?? candidate)
    .filter(isMap)
    .filter((entry) => Array.isArray(entry['packages']) || Array.isArray(entry['remotes']));
}

function placesIn(root: PlainMap, context: Context): Found[] {
  const own = PLACES.map((at) => entriesIn(valueAt(root, at) ?? null, context)).find(
    (found) => found.length > 0,
  );
  return [...(own ?? []), ...projectsIn(root, context)];
}

/** Claude Code's local scope: servers of one folder each. */
function projectsIn(root: PlainMap, context: Context): Found[] {
  const projects = valueAt(root, ['projects']) ?? null;
  if (!isMap(projects)) return [];
  return Object.entries(projects).flatMap(([folder, project]) =>
    entriesIn(valueAt(project, ['mcpServers']) ?? null, {
      ...context,
      origin: `${context.origin}, for ${folder}`,
    }),
  );
}

function entriesIn(value: Plain, { origin, fallbackName }: Context): Found[] {
  const found = (name: string, entry: PlainMap): Found => ({
    name,
    entry,
    origin,
    trusted: false,
    dialect: anybody,
  });
  const nameOf = (entry: PlainMap): string =>
    [entry['name'], entry['server_label'], entry['id'], entry['title']].find(
      (name): name is string => typeof name === 'string' && name !== '',
    ) ?? fallbackName;
  if (Array.isArray(value))
    return value.flatMap((item) => (isMap(item) && isEntry(item) ? [found(nameOf(item), item)] : []));
  if (!isMap(value)) return [];
  // An entry that stands alone says how to start; in a map of entries each of them does.
  if (isEntry(value)) return [found(nameOf(value), value)];
  return Object.entries(value).flatMap(([name, entry]) =>
    isMap(entry) && isEntry(entry) ? [found(name, entry)] : [],
  );
}

const LAUNCH_KEYS = [
  'command',
  'cmd',
  'url',
  'httpUrl',
  'serverUrl',
  'server_url',
  'uri',
  'endpoint',
  'baseUrl',
  'connection_string',
];

/** Whether a map says how to start or reach something. A server may be called "command", so its kind counts too. */
function isEntry(entry: PlainMap): boolean {
  const own = (key: string): Plain | undefined => (Object.hasOwn(entry, key) ? entry[key] : undefined);
  const nested = [own('transport'), own('stdio_config')].some((inner) => isMap(inner) && isEntry(inner));
  const command = own('command');
  const isZeds = isMap(command) && typeof command['path'] === 'string';
  return nested || isZeds || LAUNCH_KEYS.map(own).some(isLaunch);
}

function isLaunch(value: Plain | undefined): boolean {
  if (isMap(value)) return typeof value['value'] === 'string' && Object.hasOwn(value, 'env_var');
  return (
    (typeof value === 'string' && value !== '') ||
    (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'))
  );
}
