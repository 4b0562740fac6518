import { commonDialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import { isMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inXdgConfig } from './places.js';

/**
 * JSON5. `${NAME}` and `${env:NAME}` are put in everywhere, and one that is not set is an error there; `${cmd: …}` runs
 * a program. Of `servers` and `mcpServers` in one file the first is read. `disabled_tools`, and `autoApprove`, which
 * may be `true` for all, are known to its Neovim plug-in alone; the place, too, is the plug-in's: mcp-hub is told one.
 *
 * https://github.com/ravitemer/mcp-hub/blob/main/src/utils/config.js
 * https://github.com/ravitemer/mcphub.nvim/blob/main/doc/mcp/servers_json.md
 */
export const mcpHub: ClientSpec = {
  word: 'mcp-hub',
  title: 'mcp-hub',
  source: 'https://github.com/ravitemer/mcphub.nvim/blob/main/doc/mcp/servers_json.md',
  seen: 'mcp-hub 4.2.0, page 0aff3ec',
  paths: (place) => [inXdgConfig(place, 'mcphub', 'servers.json')],
  format: 'json5',
  serversAt: (root) =>
    Object.hasOwn(root, 'servers') && isMap(root['servers'] ?? null) ? ['servers'] : ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    fields: { cwd: 'cwd' },
    references: envBraces,
    off: { key: 'disabled', value: true },
    tools: { autoApprove: 'autoApprove', deny: 'disabled_tools' },
  }),
};
