import { commonDialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inXdgConfig } from './places.js';

/**
 * JSON5. `${NAME}` and `${env:NAME}` are put in everywhere; `${cmd: …}` runs a program.
 * The place is that of its Neovim plug-in; mcp-hub itself is told one.
 *
 * https://github.com/ravitemer/mcp-hub#configuration
 */
export const mcpHub: ClientSpec = {
  word: 'mcp-hub',
  title: 'mcp-hub',
  source: 'https://github.com/ravitemer/mcp-hub#configuration',
  paths: (place) => [inXdgConfig(place, 'mcphub', 'servers.json')],
  format: 'json5',
  serversAt: (root) =>
    Object.hasOwn(root, 'servers') && !Object.hasOwn(root, 'mcpServers') ? ['servers'] : ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    fields: { cwd: 'cwd' },
    references: envBraces,
    off: { key: 'disabled', value: true },
    tools: { autoApprove: 'autoApprove', deny: 'disabled_tools' },
  }),
};
