import { commonDialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import { emptyMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inHome, inVariable } from './places.js';

/**
 * An entry names its tools; `["*"]` is all. `${NAME}` and `$NAME` are put in for env and headers. VS Code's agents read
 * this file too. Of a project it reads `.mcp.json`, the file of Claude Code.
 *
 * https://docs.github.com/en/copilot/reference/copilot-cli-reference/cli-command-reference
 * https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers
 * https://code.visualstudio.com/docs/agents/reference/mcp-configuration
 */
export const copilotCli: ClientSpec = {
  word: 'copilot-cli',
  title: 'Copilot CLI',
  source: 'https://docs.github.com/en/copilot/reference/copilot-cli-reference/cli-command-reference',
  seen: 'page 046d267',
  paths: (place) => [
    place.env['COPILOT_HOME']
      ? inVariable(place, 'COPILOT_HOME', ['.copilot'], 'mcp-config.json')
      : inHome(place, '.copilot', 'mcp-config.json'),
  ],
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    fields: { type: 'type', cwd: 'cwd' },
    typeWords: { stdio: 'local', sse: 'sse', streamable_http: 'http' },
    references: envBraces,
    dollarNames: true,
    tools: { allow: 'tools' },
    fromCommon: (entry) =>
      Object.hasOwn(entry, 'tools') ? entry : Object.assign(emptyMap(), entry, { tools: ['*'] }),
  }),
};
