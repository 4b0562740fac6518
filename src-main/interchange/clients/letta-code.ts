import { commonDialect } from '../dialect/dialect.js';
import { envBraces, noReferences } from '../dialect/references.js';
import { isMap, valueAt, type PlainMap } from '../plain.js';
import type { Branch, ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/** Each agent has a list of its own; the agents' names are not in the file, so their ids have to do. */
function agentsIn(root: PlainMap): Branch[] {
  const agents = valueAt(root, ['agents']);
  if (!Array.isArray(agents)) return [];
  return agents.flatMap((agent, index): Branch[] => {
    const id = isMap(agent) ? agent['agentId'] : undefined;
    if (typeof id !== 'string' || !isMap(agent)) return [];
    const server = typeof agent['baseUrl'] === 'string' ? agent['baseUrl'] : '';
    const at = ['agents', index, 'mcpServers'];
    return [{ id: `${id} ${server}`, title: `Letta Code: ${id.slice(0, 20)}`, at }];
  });
}

/**
 * Servers that Letta Code itself connects to, one list to an agent. `${NAME}`, in capitals, is put in for headers
 * alone; a variable that is not set is an error there.
 *
 * https://github.com/letta-ai/letta-code/blob/main/src/mcp-client.ts
 * https://github.com/letta-ai/letta-code/blob/main/src/settings-manager.ts
 */
export const lettaCode: ClientSpec = {
  word: 'letta-code',
  title: 'Letta Code',
  source: 'https://github.com/letta-ai/letta-code/blob/main/src/mcp-client.ts',
  seen: 'commit 1f4d3e3',
  paths: (place) => [inHome(place, '.letta', 'settings.json')],
  format: 'json',
  serversAt: [],
  branches: agentsIn,
  layout: 'list',
  dialect: commonDialect({
    fields: { type: 'transport', cwd: 'cwd' },
    typeWords: { stdio: 'stdio', sse: 'sse', streamable_http: 'http' },
    references: noReferences,
    headerReferences: envBraces,
  }),
};
