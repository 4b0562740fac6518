import { commonDialect } from '../dialect/dialect.js';
import { envColon } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/**
 * Remote servers stand under `serverUrl`, or `url`. `${env:NAME}` is put in for command, args, env, the URL and headers.
 * `disabledTools` is documented; `disabled`, which people's files have, is not.
 *
 * https://docs.windsurf.com/windsurf/cascade/mcp
 */
export const windsurf: ClientSpec = {
  word: 'windsurf',
  title: 'Windsurf',
  source: 'https://docs.windsurf.com/windsurf/cascade/mcp',
  seen: '2026-11-25',
  paths: (place) => [inHome(place, '.codeium', 'windsurf', 'mcp_config.json')],
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    fields: { url: 'serverUrl' },
    references: envColon,
    off: { key: 'disabled', value: true },
    tools: { deny: 'disabledTools' },
  }),
  afterwards: 'Press the refresh button of the MCP servers in Windsurf.',
};
