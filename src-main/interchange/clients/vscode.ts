import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { envColon } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inAppData } from './places.js';

/**
 * Servers stand under `servers`; `inputs` beside them are asked for once and kept in VS Code's secret storage.
 * `${env:NAME}` is put in too. Keys of its own (`dev`, `sandbox`, `sandboxEnabled`, `oauth`) stay as they are. A URL is tried as streamable HTTP, then as SSE, where the type is `http`.
 *
 * https://code.visualstudio.com/docs/agents/reference/mcp-configuration
 */
const dialect: Dialect = commonDialect({
  fields: { type: 'type', cwd: 'cwd', envFile: 'envFile' },
  typeWords: { stdio: 'stdio', sse: 'sse', streamable_http: 'http' },
  references: { ...envColon, inputs: true },
});

const shared = {
  source: 'https://code.visualstudio.com/docs/agents/reference/mcp-configuration',
  seen: '2026-11-25',
  format: 'jsonc',
  serversAt: ['servers'],
  layout: 'map',
  dialect,
} as const satisfies Partial<ClientSpec>;

export const vscode: ClientSpec = {
  ...shared,
  word: 'vscode',
  title: 'VS Code',
  paths: (place) => [inAppData(place, 'Code', 'User', 'mcp.json')],
};

export const vscodeInsiders: ClientSpec = {
  ...shared,
  word: 'vscode-insiders',
  title: 'VS Code Insiders',
  paths: (place) => [inAppData(place, 'Code - Insiders', 'User', 'mcp.json')],
};

export const vscodeWorkspace: ClientSpec = {
  ...shared,
  word: 'vscode-workspace',
  title: 'VS Code (workspace)',
  paths: () => [],
  inProject: '.vscode/mcp.json',
};
