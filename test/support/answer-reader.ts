import { redact } from '../fakes/bifrost/index.js';
import type { Plain } from './sync-worlds.js';

// What a remote's answer says of one entry, read as a second reader of the references would: strictly, without the
// app's own code. Whatever makes no sense is `undefined`.

type Row = Record<string, unknown>;

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';

const isPriceList = (value: unknown): value is Record<string, number> =>
  isRow(value) && Object.values(value).every((price) => typeof price === 'number');

function texts(value: unknown): string[] | undefined {
  if (value == null) return [];
  return Array.isArray(value) && value.every(isText) ? value : undefined;
}

function map(value: unknown): Record<string, string> | undefined {
  if (value == null) return {};
  return isRow(value) && Object.values(value).every(isText) ? (value as Record<string, string>) : undefined;
}

export function lettaSays(answer: unknown, id: string): Plain | undefined {
  if (!Array.isArray(answer)) return undefined;
  // Of two rows with one id the last one is as good as the first: neither may be believed unless they agree.
  const rows = answer.filter((row): row is Row => isRow(row) && row['id'] === id);
  const read = rows.map(lettaRow);
  const [first] = read;
  return read.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : undefined;
}

function lettaRow(row: Row): Plain | undefined {
  const type = row['mcp_server_type'] ?? row['type'];
  const name = row['server_name'];
  if (!isText(type) || !isText(name)) return undefined;
  if (type === 'stdio') {
    const [command, args, env] = [row['command'] ?? '', texts(row['args']), map(row['env'])];
    return isText(command) && args && env ? { name, type, command, args, env } : undefined;
  }
  const [url, own, token] = [row['server_url'] ?? '', map(row['custom_headers']), row['auth_token'] ?? ''];
  if (!isText(url) || !own || !isText(token)) return undefined;
  const headers = Object.keys(own).length > 0 ? own : token ? { Authorization: token } : {};
  return isTwice(Object.keys(headers)) ? undefined : lowered({ name, type, url, headers });
}

/** A value as a gateway shows it: a reference as such, a value redacted from 1.4 on. */
function shown(value: unknown): string | undefined {
  if (isText(value)) return value;
  if (!isRow(value)) return undefined;
  const reference = value['ref'] || (value['from_env'] === true ? value['env_var'] : '');
  if (isText(reference) && reference !== '') return `reference ${reference}`;
  const text = value['value'] ?? '';
  return isText(text) ? text : undefined;
}

export function bifrostSays(answer: unknown, id: string, version: string): Plain | undefined {
  const items = isRow(answer) ? answer['clients'] : answer;
  if (!Array.isArray(items)) return undefined;
  const read = items
    .filter((item): item is Row => isRow(item) && isRow(item['config']))
    .map((item) => item['config'] as Row)
    .filter((config) => (config['client_id'] ?? config['id']) === id)
    .map((config) => bifrostConfig(config, version));
  const [first] = read;
  return read.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : undefined;
}

const TYPES: Record<string, string> = { http: 'streamable_http', sse: 'sse', stdio: 'stdio' };

function bifrostConfig(config: Row, version: string): Plain | undefined {
  const name = config['name'];
  const type = isText(config['connection_type']) ? TYPES[config['connection_type']] : undefined;
  const execute = texts(config['tools_to_execute'])?.toSorted();
  const autoExecute = texts(config['tools_to_auto_execute'])?.toSorted();
  const codeMode = config['is_code_mode_client'] ?? false;
  if (!isText(name) || !type || !execute || !autoExecute || typeof codeMode !== 'boolean') return undefined;
  const prices = version === '1.3' ? undefined : (config['tool_pricing'] ?? {});
  if (prices !== undefined && !isPriceList(prices)) return undefined;
  const policy = { name, type, execute, autoExecute, codeMode, ...(prices && { pricing: prices }) };
  if (type === 'stdio') {
    const stdio = isRow(config['stdio_config']) ? config['stdio_config'] : {};
    const [command, args, envs] = [stdio['command'] ?? '', texts(stdio['args']), texts(stdio['envs'])];
    if (!isText(command) || !args || !envs) return undefined;
    const namesOnly = version === '1.3' || version === '1.4';
    const pairs = envs.map((entry): [string, string] => {
      const cut = entry.indexOf('=');
      return cut < 0 ? [entry, ''] : [entry.slice(0, cut), entry.slice(cut + 1)];
    });
    return {
      ...policy,
      command,
      args,
      env: namesOnly ? [...new Set(envs)].sort() : Object.fromEntries(pairs),
    };
  }
  const url = shown(config['connection_string']);
  const headers = isRow(config['headers'] ?? {})
    ? Object.entries((config['headers'] ?? {}) as Row)
    : undefined;
  const read = headers?.map(([header, value]) => [header, shown(value)] as const);
  if (url === undefined || !read || read.some(([, value]) => value === undefined)) return undefined;
  const all = Object.fromEntries(read) as Record<string, string>;
  if (isTwice(Object.keys(all))) return undefined;
  // `none` sends no headers; a missing kind is as good as `headers`.
  const kind = config['auth_type'] || 'headers';
  if (version !== '1.3' && kind !== 'headers' && !(kind === 'none' && headers?.length === 0))
    return undefined;
  return lowered({ ...policy, url, headers: all });
}

/** Header names count without regard to case; one that is there twice, in two spellings, is none. */
export function lowered(plain: Plain): Plain {
  if (!plain.headers) return plain;
  const entries = Object.entries(plain.headers).map(([name, text]) => [name.toLowerCase(), text] as const);
  return { ...plain, headers: Object.fromEntries(entries) };
}

const isTwice = (names: readonly string[]): boolean =>
  new Set(names.map((name) => name.toLowerCase())).size < names.length;

/** What should stand there, as a gateway would show it. */
export function asShown(plain: Plain, version: string): Plain {
  if (version === '1.3' || plain.url == null) return plain;
  const headers = Object.entries(plain.headers ?? {}).map(([name, text]) => [name, redact(text)]);
  return { ...plain, url: redact(plain.url), headers: Object.fromEntries(headers) as Record<string, string> };
}

/** As a gateway would show it that hides what it hides, and showed the rest as `said` has it: plainly. */
export function asSaid(plain: Plain, version: string, said: Plain): Plain {
  const shown = lowered(asShown(plain, version));
  const raw = lowered(plain);
  const headers = Object.entries(shown.headers ?? {}).map(([name, text]) => {
    const value = raw.headers?.[name];
    return [name, value !== undefined && said.headers?.[name] === value ? value : text] as const;
  });
  return {
    ...shown,
    ...(shown.headers && { headers: Object.fromEntries(headers) }),
    ...(raw.url !== undefined && raw.url === said.url && { url: raw.url }),
  };
}
