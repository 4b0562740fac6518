import { commonDialect, type EntryContext } from '../dialect/dialect.js';
import { copyMap, emptyMap, isMap, type Plain, type PlainMap } from '../plain.js';
import type { ClientSpec } from './client-spec.js';
import { inAppData, inHome } from './places.js';

/** A text, or `{ value, env_var, … }` / `{ value, ref, type }` as the gateway writes it back. */
function textOf(value: Plain | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (!isMap(value)) return undefined;
  const reference = value['ref'] ?? value['env_var'];
  if (typeof reference === 'string' && reference !== '')
    return reference.startsWith('env.') ? reference : `env.${reference}`;
  return typeof value['value'] === 'string' ? value['value'] : undefined;
}

function toCommon(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  const { stdio_config: stdio, connection_string: url, headers } = copy;
  delete copy['stdio_config'];
  delete copy['connection_string'];
  if (textOf(url) !== undefined) copy['url'] = textOf(url) as string;
  if (isMap(headers)) {
    const texts = emptyMap();
    for (const [name, value] of Object.entries(headers)) texts[name] = textOf(value) ?? '';
    copy['headers'] = texts;
  }
  if (!isMap(stdio)) return copy;
  const env = emptyMap();
  for (const item of Array.isArray(stdio['envs']) ? stdio['envs'] : []) {
    const [name = '', ...value] = String(item).split('=');
    // A name alone is passed on from the gateway's own environment.
    env[name] = value.length > 0 ? value.join('=') : `env.${name}`;
  }
  return Object.assign(copy, { command: stdio['command'] ?? '', args: stdio['args'] ?? [], env });
}

function fromCommon(entry: PlainMap, { before }: EntryContext): PlainMap {
  const { command, args, env, url, ...rest } = entry;
  const copy = copyMap(rest);
  // A gateway of version 1.4 takes a missing list for an empty one.
  if (!before && !Object.hasOwn(copy, 'tools_to_execute')) copy['tools_to_execute'] = ['*'];
  // Headers of an entry that says "none" of its authentication are not sent.
  const { headers, auth_type: auth = before ? undefined : 'none' } = copy;
  if (isMap(headers) && Object.keys(headers).length > 0 && auth === 'none') copy['auth_type'] = 'headers';
  if (url !== undefined) copy['connection_string'] = url;
  if (command === undefined) return copy;
  const envs = isMap(env)
    ? Object.entries(env).map(([name, value]) =>
        value === `env.${name}` ? name : `${name}=${String(value)}`,
      )
    : [];
  copy['stdio_config'] = Object.assign(emptyMap(), { command, args: args ?? [], envs });
  return copy;
}

/**
 * The gateway's own file, read when it starts; where it keeps its settings in a database, that has the last word.
 * `env.NAME` points at the gateway's environment. Names are letters, digits and `_`. `disabled` is known since 1.5.
 *
 * https://docs.getbifrost.ai/deployment-guides/config-json/schema-reference
 * https://docs.getbifrost.ai/quickstart/gateway/setting-up
 * https://github.com/maximhq/bifrost/blob/main/core/schemas/mcp.go
 */
export const bifrostFile: ClientSpec = {
  word: 'bifrost',
  title: 'Bifrost (config.json)',
  source: 'https://docs.getbifrost.ai/deployment-guides/config-json/schema-reference',
  seen: 'pages 0c311a0 and 73e6bfe, code 0120756',
  paths: (place) => [
    place.platform === 'win32'
      ? inAppData(place, 'bifrost', 'config.json')
      : inHome(place, '.config', 'bifrost', 'config.json'),
  ],
  format: 'json',
  serversAt: ['mcp', 'client_configs'],
  layout: 'list',
  dialect: commonDialect({
    fields: { type: 'connection_type' },
    typeWords: { stdio: 'stdio', sse: 'sse', streamable_http: 'http' },
    references: { env: (name) => `env.${name}` },
    off: { key: 'disabled', value: true },
    tools: { allow: 'tools_to_execute', autoApprove: 'tools_to_auto_execute' },
    toCommon,
    fromCommon,
  }),
  names: { allowed: /[A-Za-z0-9_]/, filler: '_' },
  afterwards: 'Restart the gateway.',
};
