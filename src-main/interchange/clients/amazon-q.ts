import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { envColon } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/**
 * The file that the default agent reads besides its own. A type is needed for HTTP alone; there is no SSE.
 * `${env:NAME}` is put in for env and headers.
 *
 * https://github.com/aws/amazon-q-developer-cli/blob/main/docs/default-agent-behavior.md
 * https://github.com/aws/amazon-q-developer-cli/blob/main/crates/chat-cli/src/cli/chat/tools/custom_tool.rs
 */
const dialect: Dialect = commonDialect({
  transports: ['stdio', 'streamable_http'],
  fields: { type: 'type' },
  typeWords: { streamable_http: 'http' },
  references: envColon,
  bridge: true,
  off: { key: 'disabled', value: true },
});

const shared = {
  source: 'https://github.com/aws/amazon-q-developer-cli/blob/main/docs/default-agent-behavior.md',
  seen: 'commit 15cc8f3',
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect,
} as const satisfies Partial<ClientSpec>;

export const amazonQ: ClientSpec = {
  ...shared,
  word: 'amazon-q',
  title: 'Amazon Q',
  paths: (place) => [inHome(place, '.aws', 'amazonq', 'mcp.json')],
};

export const amazonQProject: ClientSpec = {
  ...shared,
  word: 'amazon-q-project',
  title: 'Amazon Q (project)',
  paths: () => [],
  inProject: '.amazonq/mcp.json',
};
