import { commonDialect } from '../dialect/dialect.js';
import { copyMap, emptyMap, isMap, valueAt, type PlainMap, type PlainPath } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inHome, inXdgConfig, isAbsolute } from './places.js';

/**
 * Version 1 has servers directly under `mcp`, version 2 under `mcp.servers`; a file stays what it is, a new one is of
 * version 2.
 */
function serversAt(root: PlainMap): PlainPath {
  const mcp = valueAt(root, ['mcp']) ?? null;
  if (!isMap(mcp) || Object.keys(mcp).length === 0 || isMap(mcp['servers'])) return ['mcp', 'servers'];
  return ['mcp'];
}

/** The command is one list with its arguments. */
function toCommon(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  const { command } = copy;
  if (!Array.isArray(command)) return copy;
  const [program = '', ...args] = command;
  return Object.assign(copy, { command: program, args });
}

function fromCommon(entry: PlainMap): PlainMap {
  const { command, args, ...rest } = entry;
  if (command === undefined) return copyMap(entry);
  const line = [command, ...(Array.isArray(args) ? args : [])];
  const { type, ...others } = rest;
  return Object.assign(emptyMap(), type === undefined ? {} : { type }, { command: line }, others);
}

/**
 * `{env:NAME}` and `{file:path}` are put in everywhere. A remote server is tried as streamable HTTP, then as SSE.
 * A folder to start in (`cwd`) is known to version 2 alone, and version 1 may refuse a file with it: none is written.
 *
 * https://opencode.ai/docs/mcp-servers/ (version 2), https://opencode.ai/v1/docs/mcp-servers/ (version 1)
 */
const shared = {
  source: 'https://opencode.ai/docs/mcp-servers/',
  seen: '2026-11-25',
  format: 'jsonc',
  serversAt,
  layout: 'map',
  dialect: commonDialect({
    fields: { type: 'type', env: 'environment' },
    typeWords: { stdio: 'local', sse: 'remote', streamable_http: 'remote' },
    references: { env: (name) => `{env:${name}}` },
    off: { key: 'disabled', value: true },
    toCommon,
    fromCommon,
  }),
} as const satisfies Partial<ClientSpec>;

export const openCode: ClientSpec = {
  ...shared,
  word: 'opencode',
  title: 'OpenCode',
  paths: (place) => {
    const explicit = place.env['OPENCODE_CONFIG'];
    if (explicit && isAbsolute(place, explicit)) return [explicit];
    const folder = (file: string): string =>
      place.platform === 'win32'
        ? inHome(place, '.config', 'opencode', file)
        : inXdgConfig(place, 'opencode', file);
    return [folder('opencode.jsonc'), folder('opencode.json')];
  },
};

export const openCodeProject: ClientSpec = {
  ...shared,
  word: 'opencode-project',
  title: 'OpenCode (project)',
  paths: () => [],
  inProject: 'opencode.json',
};
