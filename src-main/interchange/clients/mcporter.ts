import { commonDialect, type Dialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import type { ClientSpec } from './client-spec.js';
import { inHome } from './places.js';

/**
 * JSON with comments. `${NAME}` is put in for env and headers, and `$env:NAME` for headers.
 *
 * https://github.com/steipete/mcporter/blob/main/docs/config.md
 */
const dialect: Dialect = commonDialect({
  fields: { url: 'baseUrl', cwd: 'cwd' },
  references: envBraces,
  dollarNames: true,
});

const shared = {
  source: 'https://github.com/steipete/mcporter/blob/main/docs/config.md',
  seen: 'commit 8cc23a2',
  format: 'jsonc',
  serversAt: ['mcpServers'],
  layout: 'map',
  dialect,
} as const satisfies Partial<ClientSpec>;

export const mcporter: ClientSpec = {
  ...shared,
  word: 'mcporter',
  title: 'mcporter',
  // Of two the first counts there, too.
  paths: (place) =>
    ['mcporter.json', 'mcporter.jsonc', 'mcporter.json'].map((file) => inHome(place, '.mcporter', file)),
};

export const mcporterProject: ClientSpec = {
  ...shared,
  word: 'mcporter-project',
  title: 'mcporter (project)',
  paths: () => [],
  inProject: 'config/mcporter.json',
};
