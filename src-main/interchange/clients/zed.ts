import { commonDialect } from '../dialect/dialect.js';
import { noReferences } from '../dialect/references.js';
import { copyMap, emptyMap, isMap, type PlainMap } from '../plain.js';
import type { ClientSpec, Place } from './client-spec.js';
import { inAppData, inHome, inVariable, inXdgConfig } from './places.js';

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

/** XDG's variable counts on Linux alone, and Flatpak's before it. */
function settings(place: Place): string {
  if (place.platform === 'win32') return inAppData(place, 'Zed', 'settings.json');
  if (place.platform === 'darwin') return inHome(place, '.config', 'zed', 'settings.json');
  return place.env['FLATPAK_XDG_CONFIG_HOME']
    ? inVariable(place, 'FLATPAK_XDG_CONFIG_HOME', ['.config'], 'zed', 'settings.json')
    : inXdgConfig(place, 'zed', 'settings.json');
}

/**
 * Servers stand in Zed's own settings, which are full of comments. What an entry is shows in its keys: `command`, `url`,
 * or neither, where it belongs to an extension that knows how to start the server. `source`, which said so in 2025, is no
 * longer read, nor in the way. Nothing is put in for `${NAME}`. There is no SSE, and no folder to start in.
 *
 * https://zed.dev/docs/ai/mcp
 * https://github.com/zed-industries/zed/blob/main/crates/settings_content/src/project.rs
 * https://github.com/zed-industries/zed/blob/main/crates/paths/src/paths.rs
 */
const shared = {
  source: 'https://zed.dev/docs/ai/mcp',
  seen: 'commit 006ce51',
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
  paths: (place) => [settings(place)],
};

export const zedProject: ClientSpec = {
  ...shared,
  word: 'zed-project',
  title: 'Zed (project)',
  paths: () => [],
  inProject: '.zed/settings.json',
};
