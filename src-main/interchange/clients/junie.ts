import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { noReferences } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/**
 * Programs, and streamable HTTP with headers; no SSE and no variables are documented.
 *
 * https://junie.jetbrains.com/docs/junie-cli-mcp-configuration.html
 */
const dialect: Dialect = commonDialect({
  transports: ['stdio', 'streamable_http'],
  references: noReferences,
  bridge: true,
});

const shared = {
  source: 'https://junie.jetbrains.com/docs/junie-cli-mcp-configuration.html',
  seen: '2026-11-21',
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect,
} as const satisfies Partial<ClientSpec>;

export const junie: ClientSpec = {
  ...shared,
  word: 'junie',
  title: 'JetBrains Junie',
  paths: (place) => [inHome(place, '.junie', 'mcp', 'mcp.json')],
};

export const junieProject: ClientSpec = {
  ...shared,
  word: 'junie-project',
  title: 'JetBrains Junie (project)',
  paths: () => [],
  inProject: '.junie/mcp/mcp.json',
};
