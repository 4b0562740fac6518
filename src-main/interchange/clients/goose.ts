import { commonDialect, type EntryContext } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import { copyMap, emptyMap, isMap, type PlainMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inAppData, inVariable, inXdgConfig, isAbsolute } from './places.js';

const OWN_KINDS = ['builtin', 'platform', 'frontend', 'inline_python'];
const VARIABLES = /\$\{([A-Za-z_]\w*)\}/g;

/** Names under `env_keys` are looked up in the environment, then in Goose's own keyring. */
function toCommon(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  const { env_keys: keys, uri } = copy;
  delete copy['env_keys'];
  // An HTTP extension's keys are what its headers refer to; they are no environment of a program.
  if (!Array.isArray(keys) || keys.length === 0 || uri !== undefined) return copy;
  const env = emptyMap();
  for (const name of keys) if (typeof name === 'string') env[name] = `\${${name}}`;
  copy['envs'] = Object.assign(emptyMap(), copy['envs'], env);
  return copy;
}

function fromCommon(entry: PlainMap, { name, description, before }: EntryContext): PlainMap {
  const fresh = { name, description, enabled: true, timeout: 300 };
  const copy = before ? copyMap(entry) : Object.assign(emptyMap(), fresh, entry);
  const keys = new Set<string>();
  if (isMap(copy['envs'])) {
    const rest = emptyMap();
    for (const [key, value] of Object.entries(copy['envs']))
      if (value === `\${${key}}`) keys.add(key);
      else rest[key] = value;
    copy['envs'] = rest;
    if (Object.keys(rest).length === 0 && !isMap(before?.['envs'])) delete copy['envs'];
  }
  if (isMap(copy['headers']))
    for (const value of Object.values(copy['headers']))
      for (const [, variable] of String(value).matchAll(VARIABLES)) if (variable) keys.add(variable);
  if (keys.size > 0) copy['env_keys'] = [...keys];
  else if (Array.isArray(before?.['env_keys'])) copy['env_keys'] = [];
  return copy;
}

/** Goose looks an extension up under what it makes of its name, so a new entry has that for its key. */
const spelt = (name: string): string => name.replace(/\s/g, '').toLowerCase();

/**
 * YAML; what others call servers are `extensions`, among Goose's own. SSE is read no more. A folder to start in (`cwd`)
 * is known since 2026, and passed over before. Some variables, PATH among them, are never taken from an entry.
 *
 * https://block.github.io/goose/docs/guides/config-files
 * https://github.com/aaif-goose/goose/blob/main/crates/goose/src/agents/extension.rs
 * https://github.com/aaif-goose/goose/blob/main/crates/goose/src/config/extensions.rs
 */
export const goose: ClientSpec = {
  word: 'goose',
  title: 'Goose',
  source: 'https://block.github.io/goose/docs/guides/config-files',
  seen: 'page 1c220d7, code 05a3515',
  paths: (place) => {
    const usual =
      place.platform === 'win32'
        ? inAppData(place, 'Block', 'goose', 'config', 'config.yaml')
        : inXdgConfig(place, 'goose', 'config.yaml');
    const root = place.env['GOOSE_PATH_ROOT'];
    return root && isAbsolute(place, root)
      ? [inVariable(place, 'GOOSE_PATH_ROOT', [], 'config', 'config.yaml')]
      : [usual];
  },
  format: 'yaml',
  serversAt: ['extensions'],
  layout: 'map',
  dialect: commonDialect({
    transports: ['stdio', 'streamable_http'],
    fields: { type: 'type', command: 'cmd', env: 'envs', cwd: 'cwd', url: 'uri' },
    typeWords: { stdio: 'stdio', streamable_http: 'streamable_http' },
    references: envBraces,
    bridge: true,
    off: { key: 'enabled', value: false },
    tools: { allow: 'available_tools' },
    toCommon,
    fromCommon,
    ignores: (entry) => OWN_KINDS.includes(String(entry['type'])),
  }),
  secretsAs: 'a name under `env_keys`: a variable, or an entry of its keyring',
  names: { allowed: /[a-z0-9_-]/, filler: '_', spelt },
};
