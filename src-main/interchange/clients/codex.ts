import { commonDialect, type EntryContext } from '../dialect/dialect.js';
import { envBraces } from '../dialect/references.js';
import { copyMap, emptyMap, isMap, type Plain, type PlainMap } from '../plain.js';
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
    for (const name of envVars.map(nameOfVariable)) if (name !== undefined) env[name] = `\${${name}}`;
    copy['env'] = Object.assign(emptyMap(), copy['env'], env);
  }
  return copy;
}

/** `"NAME"`, or `{ name = "NAME", source = "remote" }`. */
function nameOfVariable(variable: Plain): string | undefined {
  const name = isMap(variable) ? variable['name'] : variable;
  return typeof name === 'string' ? name : undefined;
}

function fromCommon(entry: PlainMap, { before, transport }: EntryContext): PlainMap {
  const copy = copyMap(entry);
  // Codex reads none of its file any more where a program's entry has what only an address may have.
  if (transport === 'stdio') for (const key of ['oauth', 'oauth_resource']) delete copy[key];
  moveHeaders(copy);
  if (!isMap(copy['env'])) return copy;
  const passed = Object.entries(copy['env']).filter(([name, value]) => value === `\${${name}}`);
  if (passed.length === 0) return copy;
  const rest = Object.entries(copy['env']).filter(([name, value]) => value !== `\${${name}}`);
  copy['env'] = Object.assign(emptyMap(), Object.fromEntries(rest));
  if (rest.length === 0) delete copy['env'];
  const written = Array.isArray(before?.['env_vars']) ? before['env_vars'] : [];
  copy['env_vars'] = passed.map(([name]) => written.find((one) => nameOfVariable(one) === name) ?? name);
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
 * `env_vars`, `env_http_headers`, `bearer_token_env_var`. A project's file counts once the project is trusted.
 *
 * https://developers.openai.com/codex/mcp
 * https://github.com/openai/codex/blob/main/codex-rs/config/src/mcp_types.rs
 */
const shared = {
  source: 'https://developers.openai.com/codex/mcp',
  seen: '2026-11-25',
  format: 'toml',
  serversAt: ['mcp_servers'],
  layout: 'map',
  dialect: commonDialect({
    transports: ['stdio', 'streamable_http'],
    fields: { cwd: 'cwd', headers: 'http_headers' },
    references: envBraces,
    bridge: true,
    off: { key: 'enabled', value: false },
    tools: { allow: 'enabled_tools', deny: 'disabled_tools' },
    toCommon,
    fromCommon,
  }),
  secretsAs: 'a variable by name: `env_vars`, `env_http_headers`, `bearer_token_env_var`',
  names: { allowed: /[A-Za-z0-9_-]/, filler: '-' },
} as const satisfies Partial<ClientSpec>;

export const codex: ClientSpec = {
  ...shared,
  word: 'codex',
  title: 'Codex',
  paths: (place) => [
    place.env['CODEX_HOME']
      ? inVariable(place, 'CODEX_HOME', ['.codex'], 'config.toml')
      : inHome(place, '.codex', 'config.toml'),
  ],
};

export const codexProject: ClientSpec = {
  ...shared,
  word: 'codex-project',
  title: 'Codex (project)',
  paths: () => [],
  inProject: '.codex/config.toml',
};
