import { commonDialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import { emptyMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inHome, inVariable } from './places.js';

/**
 * An entry names its tools; `["*"]` is all. `${NAME}` and `$NAME` are put in. VS Code's agents read this file too.
 *
 * https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers
 * https://code.visualstudio.com/docs/agents/reference/mcp-configuration
 */
export const copilotCli: ClientSpec = {
  word: 'copilot-cli',
  title: 'Copilot CLI',
  source: 'https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers',
  paths: (place) => [
    place.env['COPILOT_HOME']
      ? inVariable(place, 'COPILOT_HOME', ['.copilot'], 'mcp-config.json')
      : inHome(place, '.copilot', 'mcp-config.json'),
  ],
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    fields: { type: 'type' },
    typeWords: { stdio: 'local', sse: 'sse', streamable_http: 'http' },
    references: envBraces,
    dollarNames: true,
    tools: { allow: 'tools' },
    fromCommon: (entry) =>
      Object.hasOwn(entry, 'tools') ? entry : Object.assign(emptyMap(), entry, { tools: ['*'] }),
  }),
};
