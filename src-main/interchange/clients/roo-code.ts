import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { envColon } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inAppData } from './places.js';

/**
 * A URL needs a type. `${env:NAME}` is put in everywhere. Roo Code is no longer developed; its files live on.
 *
 * https://github.com/RooCodeInc/Roo-Code/blob/main/src/services/mcp/McpHub.ts
 */
const dialect: Dialect = commonDialect({
  fields: { type: 'type', cwd: 'cwd' },
  typeWords: { stdio: 'stdio', sse: 'sse', streamable_http: 'streamable-http' },
  references: envColon,
  off: { key: 'disabled', value: true },
  tools: { deny: 'disabledTools', autoApprove: 'alwaysAllow' },
});

const shared = {
  source: 'https://github.com/RooCodeInc/Roo-Code/blob/main/src/services/mcp/McpHub.ts',
  seen: 'commit cb83656',
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect,
} as const satisfies Partial<ClientSpec>;

export const rooCode: ClientSpec = {
  ...shared,
  word: 'roo-code',
  title: 'Roo Code',
  paths: (place) => [
    inAppData(
      place,
      'Code',
      'User',
      'globalStorage',
      'rooveterinaryinc.roo-cline',
      'settings',
      'mcp_settings.json',
    ),
  ],
};

export const rooCodeProject: ClientSpec = {
  ...shared,
  word: 'roo-code-project',
  title: 'Roo Code (project)',
  paths: () => [],
  inProject: '.roo/mcp.json',
};
