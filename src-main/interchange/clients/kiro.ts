import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/**
 * `${NAME}` is put in for env and headers, after the person has approved the variable in Kiro's settings.
 *
 * https://kiro.dev/docs/mcp/configuration
 */
const dialect: Dialect = commonDialect({
  references: envBraces,
  off: { key: 'disabled', value: true },
  tools: { autoApprove: 'autoApprove', deny: 'disabledTools' },
});

const shared = {
  source: 'https://kiro.dev/docs/mcp/configuration',
  seen: '2026-11-25',
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect,
} as const satisfies Partial<ClientSpec>;

export const kiro: ClientSpec = {
  ...shared,
  word: 'kiro',
  title: 'Kiro',
  paths: (place) => [inHome(place, '.kiro', 'settings', 'mcp.json')],
};

export const kiroProject: ClientSpec = {
  ...shared,
  word: 'kiro-project',
  title: 'Kiro (project)',
  paths: () => [],
  inProject: '.kiro/settings/mcp.json',
};
