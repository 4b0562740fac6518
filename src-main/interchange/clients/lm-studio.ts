import { commonDialect } from '../dialect/dialect.js';
import { noReferences } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/**
 * Cursor's notation; its variables are not documented. The page says how to open the file, not where it is: that the
 * folder is `~/.lmstudio` on every system is what people who write it say.
 *
 * https://lmstudio.ai/docs/app/mcp
 */
export const lmStudio: ClientSpec = {
  word: 'lm-studio',
  title: 'LM Studio',
  source: 'https://lmstudio.ai/docs/app/mcp',
  seen: 'page 6fc6a66',
  // Installations from before the folder moved keep the old one.
  paths: (place) => {
    const now = inHome(place, '.lmstudio', 'mcp.json');
    return [now, inHome(place, '.cache', 'lm-studio', 'mcp.json'), now];
  },
  format: 'json',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect: commonDialect({ references: noReferences }),
};
