import { commonDialect } from '../dialect/dialect.js';
import { noReferences } from '../dialect/references.js';
import { copyMap, emptyMap, isMap, type PlainMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inAppData, inXdgConfig } from './places.js';

/** Zed once had `command: { path, args, env }`; it still reads that, and so do we. */
function flat(entry: PlainMap): PlainMap {
  const { command } = entry;
  if (!isMap(command)) return entry;
  const copy = copyMap(entry);
  delete copy['command'];
  return Object.assign(emptyMap(), { command: command['path'] ?? '', args: command['args'] ?? [] }, copy, {
    env: command['env'] ?? emptyMap(),
  });
}

/**
 * Servers stand in Zed's own settings, which are full of comments. Entries with `settings` alone belong to an
 * extension, which knows how to start the server. Nothing is put in for `${NAME}`. There is no SSE.
 *
 * https://zed.dev/docs/ai/mcp
 */
const shared = {
  source: 'https://zed.dev/docs/ai/mcp',
  format: 'jsonc',
  serversAt: ['context_servers'],
  layout: 'map',
  dialect: commonDialect({
    transports: ['stdio', 'streamable_http'],
    references: noReferences,
    bridge: true,
    off: { key: 'enabled', value: false },
    toCommon: flat,
    ignores: (entry) =>
      entry['source'] === 'extension' || (!Object.hasOwn(entry, 'command') && !Object.hasOwn(entry, 'url')),
  }),
} as const satisfies Partial<ClientSpec>;

export const zed: ClientSpec = {
  ...shared,
  word: 'zed',
  title: 'Zed',
  paths: (place) => [
    place.platform === 'win32'
      ? inAppData(place, 'Zed', 'settings.json')
      : inXdgConfig(place, 'zed', 'settings.json'),
  ],
};

export const zedProject: ClientSpec = {
  ...shared,
  word: 'zed-project',
  title: 'Zed (project)',
  paths: () => [],
  inProject: '.zed/settings.json',
};
