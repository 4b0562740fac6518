import { describeIssues, parse, serverInputSchema, type ServerInput } from '../../contract/index.js';
import { copyMap, isMap, mapOf, type PlainMap } from '../plain.js';
import type { Dialect, PatchableType, ReadEntry } from './dialect.js';
import {
  ALLOW_KEYS,
  APPROVE_KEYS,
  ARGS_KEYS,
  COMMAND_KEYS,
  CWD_KEYS,
  DENY_KEYS,
  ENV_FILE_KEYS,
  ENV_KEYS,
  HEADER_KEYS,
  TYPE_KEYS,
  URL_KEYS,
} from './aliases.js';
import { asText, pick, pickText, textList, textPairs } from './fields.js';
import { inputOf, toOurReference } from './references.js';
import { withoutShell } from './script-wrapper.js';

// One reader for every client: what one calls `env` another calls `envs`, and people paste entries of one into the
// file of another. A dialect adds only what would be ambiguous without it.

const TYPE_WORDS: Record<string, PatchableType> = {
  stdio: 'stdio',
  local: 'stdio',
  command: 'stdio',
  sse: 'sse',
  http: 'streamable_http',
  streamable: 'streamable_http',
  streamablehttp: 'streamable_http',
};

/** OpenCode's word, and those that the makers of models have for a server that a model may use. */
const WITH_URL = new Set(['remote', 'url', 'mcp']);

export type ReadOptions = {
  /** The client the entry is from; without it, anybody's. */
  dialect?: Dialect | undefined;
  /** The entry is the person's own, so that tools they let run without asking may go on doing so. */
  trusted?: boolean;
};

/** An entry that is no server we could hold. The message never quotes a value. */
export class NoServer extends Error {
  override readonly name = 'NoServer';
}

/** @throws NoServer */
export function readEntry(raw: PlainMap, { dialect, trusted = false }: ReadOptions = {}): ReadEntry {
  const entry = dialect?.toCommon?.(raw) ?? raw;
  const warnings: string[] = [];
  const transport = readTransport(dialect?.dollarNames ? withBraces(entry) : entry, dialect, warnings);
  const tools = readTools(entry, dialect, trusted, warnings);
  const description = pickText(entry, ['description']);
  const read: ReadEntry = { transport, off: isOff(entry), warnings };
  if (tools) read.tools = tools;
  if (description) read.description = description.slice(0, 10_000);
  assertHoldable(read);
  return read;
}

function assertHoldable({ transport, tools, description }: ReadEntry): void {
  const parsed = parse(serverInputSchema, { name: 'server', transport, tools, description });
  if (!parsed.ok) throw new NoServer(describeIssues(parsed.fault.issues));
}

function readTransport(
  entry: PlainMap,
  dialect: Dialect | undefined,
  warnings: string[],
): ServerInput['transport'] {
  const type = typeOf(entry, dialect);
  if (type === 'stdio') return readStdio(entry, warnings);
  const url = pickText(entry, URL_KEYS);
  if (!url) throw new NoServer('it has neither a command nor a URL');
  return readHttp(type, url, entry, warnings);
}

/** `$NAME` as `${NAME}` in env and headers, for clients that know both. */
function withBraces(entry: PlainMap): PlainMap {
  const copy = copyMap(entry);
  for (const key of [...ENV_KEYS, ...HEADER_KEYS]) {
    const values = Object.hasOwn(copy, key) ? copy[key] : undefined;
    if (!isMap(values)) continue;
    const pairs = Object.entries(values).map(([name, value]) => {
      const [, variable] = (typeof value === 'string' && /^\$(?:env:)?([A-Za-z_]\w*)$/.exec(value)) || [];
      return [name, variable === undefined ? value : `\${${variable}}`] as const;
    });
    copy[key] = mapOf(pairs);
  }
  return copy;
}

function typeOf(entry: PlainMap, dialect: Dialect | undefined): PatchableType {
  const word = pickText(entry, TYPE_KEYS);
  // These say no more than that there is a URL.
  if (word !== undefined && !(WITH_URL.has(word) && pickText(entry, URL_KEYS))) {
    const type = TYPE_WORDS[word.toLowerCase().replace(/[-_ ]/g, '')];
    if (type) return type;
    throw new NoServer(`its type "${word.slice(0, 40)}" is none that Jackfield can reach`);
  }
  if (pick(entry, COMMAND_KEYS) !== undefined) return 'stdio';
  // Gemini CLI tells the two apart by the key alone.
  if (pickText(entry, ['httpUrl'])) return 'streamable_http';
  const bare = dialect?.bareUrl ?? 'by_path';
  if (bare !== 'by_path') return bare;
  return /\/sse\/?(?:[?#]|$)/.test(pickText(entry, URL_KEYS) ?? '') ? 'sse' : 'streamable_http';
}

function readStdio(entry: PlainMap, warnings: string[]): ServerInput['transport'] {
  const command = pick(entry, COMMAND_KEYS);
  const line = Array.isArray(command) ? (textList(command) ?? []) : [asText(command ?? '') ?? ''];
  const [program = '', ...leading] = [...line, ...(textList(pick(entry, ARGS_KEYS)) ?? [])].map(
    toOurReference,
  );
  if (program.trim() === '') throw new NoServer('its command is empty');
  const env = new Map<string, string>();
  for (const [name, value] of textPairs(pick(entry, ENV_KEYS))) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === '__proto__')
      warnings.push(
        `The environment variable "${name.slice(0, 60)}" is left out: no program could read that name.`,
      );
    else env.set(name, readValue(name, value, warnings));
  }
  const cwd = pickText(entry, CWD_KEYS);
  const envFile = pickText(entry, ENV_FILE_KEYS);
  warnOfFolders([program, ...leading, cwd ?? '', envFile ?? ''], warnings);
  return {
    type: 'stdio',
    ...withoutShell(program, leading),
    env: Object.fromEntries(env),
    ...(cwd ? { cwd: toOurReference(cwd) } : {}),
    ...(envFile ? { envFile: toOurReference(envFile) } : {}),
  };
}

function readHttp(
  type: 'sse' | 'streamable_http',
  text: string,
  entry: PlainMap,
  warnings: string[],
): ServerInput['transport'] {
  const headers = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of textPairs(pick(entry, HEADER_KEYS))) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || seen.has(name.toLowerCase()))
      warnings.push(
        `The header "${name.slice(0, 60)}" is left out: its name cannot stand in a request, or stands twice.`,
      );
    else headers.set(name, readValue(name, value, warnings).trim());
    seen.add(name.toLowerCase());
  }
  const { url, authorization } = withoutPassword(toOurReference(text));
  if (authorization && !seen.has('authorization')) {
    headers.set('Authorization', authorization);
    warnings.push('The user name and password in its URL became an Authorization header.');
  }
  return { type, url, headers: Object.fromEntries(headers) };
}

function readValue(name: string, value: string, warnings: string[]): string {
  const input = inputOf(value);
  if (input === undefined) return toOurReference(value);
  warnings.push(
    `${name} is asked for by the client ("${input.slice(0, 60)}") and kept there: enter its value here.`,
  );
  return value.replace(/\$\{input:[^}]+\}/g, '').trim();
}

/** A password in a URL would be shown wherever the URL is; RFC 7617 says how it travels in a header. */
function withoutPassword(text: string): { url: string; authorization?: string } {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (!parsed || (!parsed.username && !parsed.password)) return { url: text };
  const pair = [parsed.username, parsed.password].map(decoded).join(':');
  parsed.username = parsed.password = '';
  return { url: parsed.href, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function warnOfFolders(texts: readonly string[], warnings: string[]): void {
  const unknown = texts
    .join(' ')
    .match(/\$\{(?:workspaceFolder|file|input:|command:|config:|__dirname)[^}]*\}/);
  if (unknown)
    warnings.push(
      `${unknown[0].slice(0, 60)} means something in its client alone: put the real value there.`,
    );
}

function readTools(
  entry: PlainMap,
  dialect: Dialect | undefined,
  trusted: boolean,
  warnings: string[],
): ServerInput['tools'] | undefined {
  const named = dialect?.tools;
  const execute = toolNames(entry, named?.allow ? [named.allow] : ALLOW_KEYS);
  const denied = toolNames(entry, named?.deny ? [named.deny] : DENY_KEYS);
  const approveKeys = named?.autoApprove ? [named.autoApprove] : APPROVE_KEYS;
  const approved = pick(entry, approveKeys) === true ? ['*'] : toolNames(entry, approveKeys);
  if (denied?.length)
    warnings.push(
      `Tools switched off there (${shortList(denied)}) stay on here: choose the allowed ones under Tools.`,
    );
  const tools: { execute?: string[]; autoExecute?: string[] } = {};
  if (execute?.length) tools.execute = execute.includes('*') ? ['*'] : execute;
  if (approved?.length && !trusted)
    warnings.push(
      `Tools that would run without asking (${shortList(approved)}) are not taken over from a pasted text.`,
    );
  else if (approved?.length) {
    const allowed = tools.execute ?? ['*'];
    const lawful = approved.includes('*') ? ['*'] : approved;
    tools.autoExecute = allowed.includes('*') ? lawful : lawful.filter((name) => allowed.includes(name));
  }
  return Object.keys(tools).length > 0 ? tools : undefined;
}

function toolNames(entry: PlainMap, keys: readonly string[]): string[] | undefined {
  const value = pick(entry, keys);
  if (isMap(value)) return undefined;
  const names = textList(value)?.filter((name) => name.length > 0 && name.length <= 512);
  return names && [...new Set(names)].slice(0, 10_000);
}

const shortList = (names: readonly string[]): string =>
  names
    .slice(0, 3)
    .map((name) => name.slice(0, 60))
    .join(', ') + (names.length > 3 ? `, and ${names.length - 3} more` : '');

function isOff(entry: PlainMap): boolean {
  return entry['disabled'] === true || entry['enabled'] === false || entry['isActive'] === false;
}
