import { commonDialect } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import { copyMap, emptyMap, isMap, type PlainMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inHome, inVariable } from './places.js';

const VARIABLE = /^\$\{([A-Za-z_]\w*)\}$/;

// Codex puts nothing in for `${NAME}`; it has keys of their own for values that stand in the environment. In the common
// shape those are `${NAME}`, so that everything else need not know.

function toCommon(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  const { bearer_token_env_var: bearer, env_http_headers: envHeaders, env_vars: envVars } = copy;
  for (const key of ['bearer_token_env_var', 'env_http_headers', 'env_vars']) delete copy[key];
  const headers = emptyMap();
  if (isMap(envHeaders))
    for (const [name, variable] of Object.entries(envHeaders)) headers[name] = `\${${String(variable)}}`;
  if (typeof bearer === 'string') headers['Authorization'] = `Bearer \${${bearer}}`;
  if (Object.keys(headers).length > 0)
    copy['http_headers'] = Object.assign(emptyMap(), copy['http_headers'], headers);
  if (Array.isArray(envVars)) {
    const env = emptyMap();
    for (const name of envVars) if (typeof name === 'string') env[name] = `\${${name}}`;
    copy['env'] = Object.assign(emptyMap(), copy['env'], env);
  }
  return copy;
}

function fromCommon(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  moveHeaders(copy);
  if (!isMap(copy['env'])) return copy;
  const passed = Object.entries(copy['env']).filter(([name, value]) => value === `\${${name}}`);
  if (passed.length === 0) return copy;
  const rest = Object.entries(copy['env']).filter(([name, value]) => value !== `\${${name}}`);
  copy['env'] = Object.assign(emptyMap(), Object.fromEntries(rest));
  if (rest.length === 0) delete copy['env'];
  copy['env_vars'] = passed.map(([name]) => name);
  return copy;
}

function moveHeaders(copy: PlainMap): void {
  const { http_headers: headers } = copy;
  if (!isMap(headers)) return;
  const plain = emptyMap();
  const fromEnv = emptyMap();
  for (const [name, value] of Object.entries(headers)) {
    const text = typeof value === 'string' ? value : '';
    const bearer = /^authorization$/i.test(name)
      ? VARIABLE.exec(text.replace(/^Bearer /, ''))?.[1]
      : undefined;
    const variable = VARIABLE.exec(text)?.[1];
    if (bearer !== undefined && text.startsWith('Bearer ')) copy['bearer_token_env_var'] = bearer;
    else if (variable !== undefined) fromEnv[name] = variable;
    else plain[name] = value;
  }
  delete copy['http_headers'];
  if (Object.keys(plain).length > 0) copy['http_headers'] = plain;
  if (Object.keys(fromEnv).length > 0) copy['env_http_headers'] = fromEnv;
}

/**
 * TOML, a table to a server. Names are letters, digits, `-` and `_`. There is no SSE. Variables are passed on by name:
 * `env_vars`, `env_http_headers`, `bearer_token_env_var`.
 *
 * https://developers.openai.com/codex/mcp
 */
export const codex: ClientSpec = {
  word: 'codex',
  title: 'Codex',
  source: 'https://developers.openai.com/codex/mcp',
  paths: (place) => [
    place.env['CODEX_HOME']
      ? inVariable(place, 'CODEX_HOME', ['.codex'], 'config.toml')
      : inHome(place, '.codex', 'config.toml'),
  ],
  format: 'toml',
  serversAt: ['mcp_servers'],
  layout: 'map',
  dialect: commonDialect({
    transports: ['stdio', 'streamable_http'],
    fields: { cwd: 'cwd', headers: 'http_headers' },
    references: envBraces,
    bridge: true,
    off: { key: 'enabled', value: false },
    tools: { allow: 'enabled_tools' },
    toCommon,
    fromCommon,
  }),
  secretsAs: 'a variable by name: `env_vars`, `env_http_headers`, `bearer_token_env_var`',
  names: { allowed: /[A-Za-z0-9_-]/, filler: '-' },
};
