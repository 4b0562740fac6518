import type { Dialect } from '../dialect/dialect.js';
import { CLIENTS } from '../clients/index.js';
import type { Found } from '../import/found.js';
import { isMap, valueAt, type Plain, type PlainMap } from '../plain.js';

type Context = { origin: string; trusted: boolean; fallbackName: string };

/** Where programs keep their servers, the more telling place first; the dialect is that of whoever uses the place. */
const PLACES: { at: string[]; client?: string }[] = [
  { at: ['mcp', 'client_configs'], client: 'bifrost' },
  { at: ['mcp', 'servers'], client: 'vscode' },
  { at: ['mcp_servers'], client: 'codex' },
  { at: ['context_servers'], client: 'zed' },
  { at: ['extensions'], client: 'goose' },
  { at: ['mcpServers'] },
  { at: ['servers'] },
  { at: ['amp.mcpServers'] },
  { at: ['mcp'], client: 'opencode' },
];

/** The servers in a parsed text of any shape people keep or share them in. */
export function findEntries(root: Plain, context: Context): Found[] {
  const nested = Array.isArray(root) ? [] : placesIn(root, context);
  if (nested.length > 0) return nested;
  return entriesIn(root, context);
}

function placesIn(root: Plain, context: Context): Found[] {
  for (const { at, client } of PLACES) {
    const value = valueAt(root, at);
    const dialect = CLIENTS.find(({ word }) => word === client)?.dialect;
    const found = value === undefined ? [] : entriesIn(value, context, dialect);
    if (found.length > 0) return [...found, ...projectsIn(root, context)];
  }
  return projectsIn(root, context);
}

/** Claude Code's local scope: servers of one folder each, in the person's own file. */
export function projectsIn(root: Plain, context: Context): Found[] {
  const projects = valueAt(root, ['projects']);
  if (!isMap(projects)) return [];
  return Object.entries(projects).flatMap(([folder, project]) => {
    const servers = valueAt(project, ['mcpServers']) ?? null;
    return entriesIn(servers, { ...context, origin: `${context.origin}, for ${folder}` });
  });
}

function entriesIn(value: Plain, context: Context, dialect?: Dialect): Found[] {
  const found = (name: string, entry: PlainMap): Found => ({
    name,
    entry,
    origin: context.origin,
    trusted: context.trusted,
    dialect,
  });
  const nameOf = (entry: PlainMap): string =>
    [entry['name'], entry['id'], entry['title']].find(
      (name) => typeof name === 'string' && name !== '',
    ) as string;
  if (Array.isArray(value))
    return value
      .filter((item) => isMap(item) && isEntry(item))
      .map((item) => found(nameOf(item as PlainMap) ?? context.fallbackName, item as PlainMap));
  if (!isMap(value)) return [];
  // A single entry, bare: `{ "command": … }`. Its fields are texts and lists, those of a map of servers are maps.
  if (isEntry(value)) return [found(nameOf(value) ?? context.fallbackName, value)];
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
  'uri',
  'endpoint',
  'baseUrl',
  'connection_string',
  'stdio_config',
];

/** Whether a map says how to start or reach something. */
export function isEntry(entry: PlainMap): boolean {
  return LAUNCH_KEYS.some((key) => {
    const value = Object.hasOwn(entry, key) ? entry[key] : undefined;
    // Zed's first shape and Bifrost's have a map there; a server that is called "command" has one too.
    if (isMap(value)) return key === 'stdio_config' || (key === 'command' && Object.hasOwn(value, 'path'));
    return (
      typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    );
  });
}
