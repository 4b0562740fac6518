import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { envColon } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/**
 * `type` is needed for stdio only; a URL is tried as streamable HTTP, then as SSE. `${env:NAME}` is put in for
 * command, args, env, url and headers; `envFile` for programs only.
 *
 * https://cursor.com/docs/context/mcp
 */
const dialect: Dialect = commonDialect({
  fields: { type: 'type', envFile: 'envFile' },
  typeWords: { stdio: 'stdio' },
  references: envColon,
});

const shared = {
  source: 'https://cursor.com/docs/context/mcp',
  seen: '2026-11-21',
  format: 'jsonc',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect,
} as const satisfies Partial<ClientSpec>;

export const cursor: ClientSpec = {
  ...shared,
  word: 'cursor',
  title: 'Cursor',
  paths: (place) => [inHome(place, '.cursor', 'mcp.json')],
};

export const cursorProject: ClientSpec = {
  ...shared,
  word: 'cursor-project',
  title: 'Cursor (project)',
  paths: () => [],
  inProject: '.cursor/mcp.json',
};
