import { commonDialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome, inVariable } from './places.js';

/**
 * `url` with a type, where `httpUrl` was before and is still read. `$NAME` and `${NAME}` are put in everywhere in the
 * settings; variables whose names sound secret reach a server only where its `env` names them.
 *
 * https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md
 */
export const geminiCli: ClientSpec = {
  word: 'gemini-cli',
  title: 'Gemini CLI',
  source: 'https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md',
  paths: (place) => [
    place.env['GEMINI_CLI_HOME']
      ? inVariable(place, 'GEMINI_CLI_HOME', [], '.gemini', 'settings.json')
      : inHome(place, '.gemini', 'settings.json'),
  ],
  format: 'jsonc',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    fields: { type: 'type', cwd: 'cwd' },
    typeWords: { sse: 'sse', streamable_http: 'http' },
    references: envBraces,
    dollarNames: true,
    tools: { allow: 'includeTools' },
  }),
};
