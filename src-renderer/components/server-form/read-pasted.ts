import type { ServerInput, ValueInput } from '../../../src-main/contract/index.js';
import { splitCommand } from '../command-words.js';
import { looksLikeSecret } from '../../../src-main/contract/looks-like-secret.js';

/** What pasted text was understood as. `several`: more than one server, which is the import screen's work. */
export type Pasted =
  | { kind: 'server'; as: string; server: Partial<ServerInput> & Pick<ServerInput, 'transport'> }
  | { kind: 'several'; count: number }
  | { kind: 'unclear' };

type Json = Record<string, unknown>;
const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Folders and files that every project has: the name stands further up. */
const GENERIC =
  /^(index|main|cli|server|app|run|start|mod|__main__|dist|build|out|src|lib|bin|stdio)(\.\w+)?$/i;

/** Names of packages carry words that say nothing about the server. */
function nameFromWord(word: string): string {
  const parts = word
    .replace(/@[\d^~.x*]+$|@latest$/, '')
    .split(/[\\/]/)
    .filter(Boolean);
  const last = parts.findLast((part) => !GENERIC.test(part)) ?? parts.at(-1) ?? word;
  const bare = last
    .replace(/\.(m?js|ts|py|exe|sh)$/, '')
    .replace(/^(mcp[-_]server|server|mcp)[-_]/i, '')
    .replace(/[-_](mcp[-_]server|server[-_]mcp|mcp|server)$/i, '');
  return bare || last;
}

const RUNNERS =
  /^(npx|bunx|pnpx|uvx|pipx|uv|npm|pnpm|yarn|bun|node|deno|python3?|docker|podman|cmd|sh|bash)(\.exe|\.cmd)?$/i;
const VERBS = new Set(['run', 'exec', 'dlx', 'x', 'tool', '-c', '/c']);

/** A name for a command: the package or script it runs, not the program that runs it. */
export function nameFromCommand(words: readonly string[]): string {
  const [command = '', ...args] = words;
  const program = command.split(/[\\/]/).at(-1) ?? command;
  if (!RUNNERS.test(program)) return nameFromWord(program);
  const isContainer = /^(docker|podman)/i.test(program);
  const candidates = args.filter(
    (arg) => !arg.startsWith('-') && !VERBS.has(arg) && !/^[A-Z_]+(=|$)/.test(arg),
  );
  const word = isContainer ? candidates.at(-1)?.replace(/:[\w.-]+$/, '') : candidates[0];
  return word ? nameFromWord(word) : program;
}

export function nameFromUrl(url: string): string {
  try {
    const { hostname } = new URL(url);
    const parts = hostname
      .split('.')
      .filter((part) => !['www', 'mcp', 'api', 'com', 'dev', 'io', 'org', 'net', 'ai', 'app'].includes(part));
    return parts.at(-1) ?? hostname;
  } catch {
    return '';
  }
}

/** Values that look like secrets go to the keychain; the rest stays plain. */
function values(map: unknown): Record<string, ValueInput> {
  if (!isMap(map)) return {};
  const entries = Object.entries(map).map(([name, content]): [string, ValueInput] => {
    const text = String(content ?? '');
    return [name, looksLikeSecret(name, text) ? { newSecret: text } : text];
  });
  return Object.fromEntries(entries);
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function fromEntry(
  name: string | undefined,
  entry: Json,
): Partial<ServerInput> & Pick<ServerInput, 'transport'> {
  const url = entry.url ?? entry.serverUrl ?? entry.httpUrl;
  if (typeof url === 'string') {
    const isSse =
      /sse/i.test(String(entry.type ?? entry.transport ?? '')) || (!entry.type && /\/sse\/?$/.test(url));
    const type = isSse ? 'sse' : 'streamable_http';
    return { name: name ?? nameFromUrl(url), transport: { type, url, headers: values(entry.headers) } };
  }
  const whole = Array.isArray(entry.command)
    ? strings(entry.command)
    : [String(entry.command), ...strings(entry.args)];
  const words = whole.length === 1 ? splitCommand(whole[0] ?? '') : whole;
  const [command = '', ...args] = words;
  const cwd = typeof entry.cwd === 'string' ? { cwd: entry.cwd } : {};
  return {
    name: name ?? nameFromCommand(words),
    transport: { type: 'stdio', command, args, env: values(entry.env ?? entry.environment), ...cwd },
  };
}

const isEntry = (value: unknown): value is Json =>
  isMap(value) && ['command', 'url', 'serverUrl', 'httpUrl'].some((key) => key in value);

function readJson(text: string): Pasted | undefined {
  let json: unknown;
  try {
    // READMEs often show the inside of the object alone: "github": { … }
    json = JSON.parse(/^\s*"/.test(text) ? `{${text.trim().replace(/,$/, '')}}` : text);
  } catch {
    // Comments and trailing commas are the host's to read.
    return /^\s*[{["]/.test(text) ? { kind: 'several', count: 0 } : undefined;
  }
  if (!isMap(json)) return undefined;
  if (isEntry(json as unknown)) {
    const name = typeof json.name === 'string' ? json.name : undefined;
    return { kind: 'server', as: 'one server as JSON', server: fromEntry(name, json) };
  }
  const map = [json.mcpServers, json.servers, json.context_servers, json.mcp, json].find(
    (candidate) => isMap(candidate) && Object.values(candidate).some(isEntry),
  ) as Json | undefined;
  const entries = Object.entries(map ?? {}).filter((pair): pair is [string, Json] => isEntry(pair[1]));
  const [first] = entries;
  if (!first) return undefined;
  if (entries.length > 1) return { kind: 'several', count: entries.length };
  return { kind: 'server', as: 'a client’s configuration', server: fromEntry(first[0], first[1]) };
}

function readInstallLink(text: string): Pasted | undefined {
  if (!/^(cursor:\/\/|vscode:mcp|vscode-insiders:mcp|https:\/\/(www\.)?cursor\.com\/)/i.test(text))
    return undefined;
  try {
    const raw = /^vscode[^:]*:mcp\/install\?(.*)$/i.exec(text)?.[1];
    if (raw) return readJson(decodeURIComponent(raw));
    const query = new URL(text).searchParams;
    const config = query.get('config');
    if (!config) return undefined;
    const entry: unknown = JSON.parse(config.trimStart().startsWith('{') ? config : atob(config));
    if (!isEntry(entry)) return undefined;
    return {
      kind: 'server',
      as: 'an install link',
      server: fromEntry(query.get('name') ?? undefined, entry),
    };
  } catch {
    return undefined;
  }
}

/** `claude mcp add [options] name [--] command…`, as many READMEs give it. */
function readClaudeAdd(words: string[]): Pasted | undefined {
  if (words[0] !== 'claude' || words[1] !== 'mcp' || words[2] !== 'add') return undefined;
  const env: Record<string, string> = {};
  const headers: Record<string, string> = {};
  const rest: string[] = [];
  let transport = '';
  for (let index = 3; index < words.length; index += 1) {
    const word = words[index] as string;
    if (word === '--') {
      rest.push(...words.slice(index + 1));
      break;
    }
    if (rest.length < 2 && /^(-e|--env)$/.test(word)) assign(env, words[++index] ?? '', '=');
    else if (rest.length < 2 && /^(-H|--header)$/.test(word)) assign(headers, words[++index] ?? '', ':');
    else if (rest.length < 2 && /^(-t|--transport)$/.test(word)) transport = words[++index] ?? '';
    else if (rest.length < 2 && /^(-s|--scope)$/.test(word)) index += 1;
    else rest.push(word);
  }
  const [name, target, ...args] = rest;
  if (!name || !target) return undefined;
  const entry = /^https?:/.test(target)
    ? { url: target, type: transport, headers }
    : { command: target, args, env };
  return { kind: 'server', as: 'a claude mcp add command', server: fromEntry(name, entry) };
}

function assign(map: Record<string, string>, pair: string, separator: '=' | ':'): void {
  const at = pair.indexOf(separator);
  if (at > 0) map[pair.slice(0, at).trim()] = pair.slice(at + 1).trim();
}

function readCommandLine(text: string): Pasted {
  const words = splitCommand(text.replace(/^\s*[$>]\s+/, ''));
  const claude = readClaudeAdd(words);
  if (claude) return claude;
  const env: Record<string, string> = {};
  while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) assign(env, words.shift() ?? '', '=');
  const [only] = words;
  if (only === undefined) return { kind: 'unclear' };
  if (words.length === 1 && /^@[\w.-]+\/[\w.-]+(@[\w.^~-]+)?$/.test(only)) {
    return {
      kind: 'server',
      as: 'an npm package',
      server: fromEntry(undefined, { command: 'npx', args: ['-y', only], env }),
    };
  }
  return {
    kind: 'server',
    as: 'a command line',
    server: fromEntry(undefined, { command: only, args: words.slice(1), env }),
  };
}

/** Understands what people copy out of READMEs: a command line, a URL, JSON of some client, an install link. */
export function readPasted(input: string): Pasted {
  const text = input
    .trim()
    .replace(/^```\w*\n?|```$/g, '')
    .trim();
  if (text === '') return { kind: 'unclear' };
  const link = readInstallLink(text);
  if (link) return link;
  if (/^https?:\/\/\S+$/i.test(text))
    return { kind: 'server', as: 'an address', server: fromEntry(undefined, { url: text }) };
  return readJson(text) ?? readCommandLine(text);
}
