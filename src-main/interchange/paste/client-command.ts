import { emptyMap, isMap, toPlain, type PlainMap } from '../plain.js';
import type { CommandEntry } from './command-line.js';
import { nameOfPackage, nameOfUrl } from './names.js';

/** Options with a value, of `claude mcp add`, `gemini mcp add`, `codex mcp add` and their like. */
const VALUE_OPTIONS = new Set([
  '-s',
  '--scope',
  '-t',
  '--transport',
  '--type',
  '-e',
  '--env',
  '-H',
  '--header',
  '--url',
  '--cwd',
  '--timeout',
  '--description',
  '--include-tools',
  '--exclude-tools',
  '--bearer-token-env-var',
  '--client-id',
  '--callback-port',
]);

/** Options with a value that stand before the command alone: behind its name they would be the command's own. */
const LEADING_OPTIONS = new Set([
  '--name',
  '--command',
  '--args',
  '--headers',
  '--tools',
  '--agent',
  '--oauth-client-registration',
]);

const RUNNER = /^(?:npx|bunx|pnpx)(?:\.cmd)?$/;

/**
 * `claude mcp add …` of any client, also through `npx`; `code --add-mcp '{…}'` of VS Code and what was made of it;
 * `npx add-mcp …`, which adds to several clients; and what Goose takes for one session.
 */
export function readClientCommand(typed: readonly string[]): CommandEntry | undefined {
  const words = withoutRunner(typed);
  if (words[0] === 'goose') return readGooseSession(words);
  const added = readAddMcp(words);
  if (added) return added;
  const json = words.findIndex((word) => word === '--add-mcp' || word.startsWith('--add-mcp='));
  if (json > 0) {
    const word = words[json] ?? '';
    return readJsonArgument(undefined, word.includes('=') ? word.replace(/^[^=]*=/, '') : words[json + 1]);
  }
  if (words[1] !== 'mcp' || !/^add(-json)?$/.test(words[2] ?? '')) return undefined;
  const { options, rest } = optionsOf(words.slice(3));
  // Kiro's and Amazon Q's command line names everything.
  if (rest.length === 0) rest.push(...namedParts(options));
  const [name, first, ...behind] = rest;
  if (name === undefined) return undefined;
  if (words[2] === 'add-json') return readJsonArgument(name, first);
  // Behind a whole line in quotes come the client's own options.
  const isLine = first !== undefined && /^(?![A-Za-z]:|[\\/.~]).*\s/.test(first);
  const args = isLine && behind.every((word) => word.startsWith('-')) ? [] : behind;
  return asEntry(name, first, args, options);
}

function asEntry(
  name: string,
  first: string | undefined,
  args: readonly string[],
  options: ReadonlyMap<string, string[]>,
): CommandEntry | undefined {
  const entry = emptyMap();
  const url = options.get('--url')?.[0] ?? (first && /^https?:\/\//i.test(first) ? first : undefined);
  const transport = (options.get('--transport') ?? options.get('-t') ?? options.get('--type'))?.[0];
  if (transport) entry['type'] = transport;
  if (url) {
    entry['url'] = url;
    // Amp parts a header's name from its value as variables are parted.
    entry['headers'] = pairs(
      [...(options.get('--header') ?? []), ...(options.get('-H') ?? [])],
      /^([^:=\s]+)\s*[:=]\s*(.*)$/s,
    );
    for (const text of options.get('--headers') ?? [])
      Object.assign(entry['headers'], readJsonArgument(name, text)?.entry);
    const variable = options.get('--bearer-token-env-var')?.[0];
    if (variable) Object.assign(entry['headers'], { Authorization: `Bearer \${${variable}}` });
  } else {
    if (first === undefined) return undefined;
    Object.assign(entry, { command: first, args: [...args] });
    const env = [...(options.get('--env') ?? []), ...(options.get('-e') ?? [])];
    entry['env'] = pairs(options.has('--command') ? env.flatMap(listOf) : env, /^([^=]+)=\s*(.*)$/s);
    const cwd = options.get('--cwd')?.[0];
    if (cwd) entry['cwd'] = cwd;
  }
  return { name, entry };
}

/** `npx @openai/codex mcp add …` is `codex mcp add …`. */
function withoutRunner(words: readonly string[]): readonly string[] {
  const at = words.indexOf('mcp');
  return RUNNER.test(words[0] ?? '') && at > 1 && at < 4 && /^add(-json)?$/.test(words[at + 1] ?? '')
    ? words.slice(at - 1)
    : words;
}

function namedParts(options: ReadonlyMap<string, string[]>): string[] {
  const [name] = options.get('--name') ?? [];
  const [command] = options.get('--command') ?? [];
  if (name === undefined || command === undefined) return name === undefined ? [] : [name];
  return [name, command, ...(options.get('--args') ?? []).flatMap(listOf)];
}

/** `a,b`, `A=1,B=2` or `["a","b"]`. */
function listOf(text: string): string[] {
  try {
    const value: unknown = text.startsWith('[') ? JSON.parse(text) : undefined;
    if (Array.isArray(value)) return value.map(String);
  } catch {
    // No JSON, then.
  }
  return /^[A-Za-z_]\w*\s*=/.test(text) ? text.split(/,(?=[A-Za-z_]\w*\s*=)/) : text.split(',');
}

/** https://github.com/neondatabase/add-mcp: an address, a package, or a whole command, for whatever clients there are. */
function readAddMcp(words: readonly string[]): CommandEntry | undefined {
  const at = words.findIndex((word) => /^(?:add-mcp|install-mcp)(?:@|$)/.test(word));
  if (at < 1 || at > 2 || !RUNNER.test(words[0] ?? '')) return undefined;
  const { options, rest } = optionsOf(words.slice(at + 1));
  const [target] = rest;
  if (target === undefined || !/[@/:\s]|mcp/.test(target)) return undefined;
  const isUrl = /^https?:\/\//i.test(target);
  const own = isUrl ? nameOfUrl(target) : /\s/.test(target) ? 'server' : nameOfPackage(target);
  const name = options.get('--name')?.[0] ?? own;
  if (isUrl || /\s/.test(target)) return asEntry(name, target, [], options);
  return asEntry(name, 'npx', ['-y', target], options);
}

/** https://block.github.io/goose/docs/guides/goose-cli-commands */
function readGooseSession(words: readonly string[]): CommandEntry | undefined {
  const valueOf = (option: string): string | undefined => {
    const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
    const word = words[at];
    return word === undefined || word === option ? words[at + 1] : word.slice(option.length + 1);
  };
  const has = (option: string): boolean =>
    words.some((word) => word === option || word.startsWith(`${option}=`));
  for (const option of ['--with-streamable-http-extension', '--with-remote-extension'])
    if (has(option)) {
      const url = valueOf(option) ?? '';
      return { name: nameOfUrl(url), entry: Object.assign(emptyMap(), { url }) };
    }
  const line = has('--with-extension') ? valueOf('--with-extension') : undefined;
  return line ? { name: 'server', entry: Object.assign(emptyMap(), { command: line }) } : undefined;
}

/** Splits the words of a client's command into its options and the rest; everything behind `--` is rest. */
function optionsOf(words: readonly string[]): { options: Map<string, string[]>; rest: string[] } {
  const options = new Map<string, string[]>();
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    const [, flag, joined] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    if (word === '--') return { options, rest: [...rest, ...words.slice(index + 1)] };
    const hasValue = (option: string): boolean =>
      VALUE_OPTIONS.has(option) || (rest.length < 2 && LEADING_OPTIONS.has(option));
    // Behind the command's own name, options are the command's.
    if (rest.length >= 2 && !hasValue(flag ?? word)) rest.push(word);
    else if (flag !== undefined && hasValue(flag))
      options.set(flag, [...(options.get(flag) ?? []), joined ?? '']);
    else if (hasValue(word)) {
      options.set(word, [...(options.get(word) ?? []), words[index + 1] ?? '']);
      index += 1;
    } else if (!word.startsWith('-') || rest.length >= 2) rest.push(word);
  }
  return { options, rest };
}

function readJsonArgument(name: string | undefined, text: string | undefined): CommandEntry | undefined {
  try {
    const entry = toPlain(JSON.parse(text ?? ''));
    if (!isMap(entry)) return undefined;
    const own = typeof entry['name'] === 'string' ? entry['name'] : 'server';
    return { name: name ?? own, entry };
  } catch {
    return undefined;
  }
}

export function pairs(texts: readonly string[], pattern: RegExp): PlainMap {
  const map = emptyMap();
  for (const text of texts) {
    const [, name, value] = pattern.exec(text) ?? [];
    if (name !== undefined && value !== undefined) map[name.trim()] = value;
  }
  return map;
}
