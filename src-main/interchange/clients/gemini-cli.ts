import { commonDialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome, inVariable } from './places.js';

/**
 * `url` with a type; `httpUrl`, which says the same, is still read first. `$NAME` and `${NAME}` are put in everywhere in the
 * settings; variables whose names sound secret reach a server only where its `env` names them.
 *
 * https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md
 * https://github.com/google-gemini/gemini-cli/blob/main/packages/core/src/tools/mcp-client.ts
 */
const shared = {
  source: 'https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md',
  seen: 'commit 5411f11',
  format: 'jsonc',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({
    fields: { type: 'type', cwd: 'cwd' },
    typeWords: { sse: 'sse', streamable_http: 'http' },
    references: envBraces,
    dollarNames: true,
    tools: { allow: 'includeTools', deny: 'excludeTools' },
  }),
} as const satisfies Partial<ClientSpec>;

export const geminiCli: ClientSpec = {
  ...shared,
  word: 'gemini-cli',
  title: 'Gemini CLI',
  paths: (place) => [
    place.env['GEMINI_CLI_HOME']
      ? inVariable(place, 'GEMINI_CLI_HOME', [], '.gemini', 'settings.json')
      : inHome(place, '.gemini', 'settings.json'),
  ],
};

export const geminiCliProject: ClientSpec = {
  ...shared,
  word: 'gemini-cli-project',
  title: 'Gemini CLI (project)',
  paths: () => [],
  inProject: '.gemini/settings.json',
};
