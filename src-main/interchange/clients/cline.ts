import { commonDialect } from '../dialect/dialect.js';
import { envColon } from '../dialect/references.js';
import { copyMap, emptyMap, isMap, type PlainMap } from '../plain.js';
import type { ClientSpec, Place } from './client-spec.js';
import { inAppData, inHome, inVariable, isAbsolute } from './places.js';

const FILE = 'cline_mcp_settings.json';
const NESTED = ['type', 'command', 'args', 'env', 'cwd', 'url', 'headers'];

/** Where Cline's extension and command line keep it since they share one file; before, inside VS Code's storage. */
function paths(place: Place): string[] {
  const explicit = place.env['CLINE_MCP_SETTINGS_PATH'];
  if (explicit && isAbsolute(place, explicit)) return [explicit];
  const shared = place.env['CLINE_DATA_DIR']
    ? inVariable(place, 'CLINE_DATA_DIR', [], 'settings', FILE)
    : place.env['CLINE_DIR']
      ? inVariable(place, 'CLINE_DIR', [], 'data', 'settings', FILE)
      : inHome(place, '.cline', 'data', 'settings', FILE);
  const storage = ['User', 'globalStorage', 'saoudrizwan.claude-dev', 'settings', FILE];
  return [shared, inAppData(place, 'Code', ...storage), inAppData(place, 'Cursor', ...storage), shared];
}

/** Cline's command line nests: `{ "transport": { "type": "stdio", "command": … } }`. */
function flat(entry: PlainMap): PlainMap {
  const { transport } = entry;
  if (!isMap(transport)) return entry;
  const copy = copyMap(entry);
  delete copy['transport'];
  return Object.assign(emptyMap(), transport, copy);
}

function nested(entry: PlainMap, before: PlainMap | undefined): PlainMap {
  if (!isMap(before?.['transport'])) return entry;
  const outer = emptyMap();
  const transport = emptyMap();
  for (const [key, value] of Object.entries(entry)) (NESTED.includes(key) ? transport : outer)[key] = value;
  return Object.assign(emptyMap(), { transport }, outer);
}

/**
 * A URL without a type is SSE. `${env:NAME}` is put in everywhere.
 *
 * https://github.com/cline/cline/blob/main/apps/vscode/src/services/mcp/schemas.ts
 */
export const cline: ClientSpec = {
  word: 'cline',
  title: 'Cline',
  source: 'https://github.com/cline/cline/blob/main/apps/vscode/src/services/mcp/schemas.ts',
  seen: 'commit 21cb8d2',
  paths,
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    fields: { type: 'type', cwd: 'cwd' },
    typeWords: { stdio: 'stdio', sse: 'sse', streamable_http: 'streamableHttp' },
    bareUrl: 'sse',
    references: envColon,
    off: { key: 'disabled', value: true },
    tools: { autoApprove: 'autoApprove' },
    toCommon: flat,
    fromCommon: (entry, { before }) => nested(entry, before),
  }),
};
