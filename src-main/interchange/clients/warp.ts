import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/**
 * The file beside Warp's own list, which lives in its database. `${NAME}` is put in everywhere, and one that is not set
 * keeps the server from starting. The file is found in the home folder on every system.
 *
 * https://docs.warp.dev/agents/capabilities/mcp
 * https://github.com/warpdotdev/warp/blob/master/app/src/ai/mcp/parsing.rs
 */
const dialect: Dialect = commonDialect({ fields: { cwd: 'working_directory' }, references: envBraces });

const shared = {
  source: 'https://docs.warp.dev/agents/capabilities/mcp',
  seen: 'page 2582eb6, code 08a1670',
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect,
} as const satisfies Partial<ClientSpec>;

export const warp: ClientSpec = {
  ...shared,
  word: 'warp',
  title: 'Warp',
  paths: (place) => [inHome(place, '.warp', '.mcp.json')],
};

export const warpProject: ClientSpec = {
  ...shared,
  word: 'warp-project',
  title: 'Warp (project)',
  paths: () => [],
  inProject: '.warp/.mcp.json',
};
