import { parse } from 'shell-quote';
import { withoutShell } from '../dialect/script-wrapper.js';
import { emptyMap, type PlainMap } from '../plain.js';

export type CommandEntry = { name: string; entry: PlainMap };

/** A first word that makes a line a command line rather than prose. */
const STARTERS =
  /^(?:[\w./\\:~-]*[/\\])?(?:npx|npm|pnpm|pnpx|yarn|bunx|bun|deno|node|uvx|uv|pipx|python[\d.]*|py|docker|podman|cmd|go|cargo|java|dotnet|ruby|php|sh|bash|env|tsx)(?:\.exe|\.cmd)?$/i;

/**
 * A command line as people copy it from a README: prompts, line continuations, `NAME=value` before the command, and
 * `claude mcp add …` of several clients are understood. `undefined`: it is none.
 */
export function readCommandLine(text: string): CommandEntry | undefined {
  const line = text
    .replace(/\\\r?\n|`\r?\n|\^\r?\n/g, ' ')
    .trim()
    .replace(/^(?:\$|>|PS [^>]*>|C:\\[^>]*>)\s+/, '');
  if (line === '' || /[\r\n]/.test(line) || line.length > 100_000) return undefined;
  const words = wordsOf(line);
  if (!words || words.length === 0) return undefined;
  return readClientCommand(words) ?? readPlainCommand(words);
}

/** The line's words as a shell would part them; `undefined` where it asks the shell for more than that. */
function wordsOf(line: string): string[] | undefined {
  // Windows paths would lose their backslashes to a POSIX shell's rules.
  const escaped = /^[A-Za-z]:\\|\s[A-Za-z]:\\/.test(line) ? line.replaceAll('\\', '\\\\') : line;
  const words: string[] = [];
  for (const part of parse(escaped, (name) => `\${${name}}`)) {
    if (typeof part === 'string') words.push(part);
    else if ('op' in part && part.op === 'glob' && 'pattern' in part) words.push(part.pattern);
    else if ('comment' in part) break;
    else return undefined;
  }
  return words;
}

function readPlainCommand(words: readonly string[]): CommandEntry | undefined {
  const env = emptyMap();
  const rest = [...words];
  if (rest[0] === 'env') rest.shift();
  for (let word = rest[0]; word !== undefined; word = rest[0]) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) break;
    env[name] = value;
    rest.shift();
  }
  const [command, ...args] = rest;
  if (command === undefined) return undefined;
  const isCommand =
    STARTERS.test(command) || /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\)/.test(command) || Object.keys(env).length > 0;
  if (
    !isCommand &&
    !(args.length > 0 && /^[\w.-]+$/.test(command) && args.every((arg) => /^-|[/.@=]/.test(arg)))
  )
    return undefined;
  return { name: nameOfCommand(command, args), entry: Object.assign(emptyMap(), { command, args, env }) };
}

/** Options with a value, of `claude mcp add`, `gemini mcp add`, `codex mcp add` and their like. */
const VALUE_OPTIONS = new Set([
  '-s',
  '--scope',
  '-t',
  '--transport',
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

function readClientCommand(words: readonly string[]): CommandEntry | undefined {
  if (words[1] !== 'mcp' || !/^add(-json)?$/.test(words[2] ?? '')) return undefined;
  const { options, rest } = optionsOf(words.slice(3));
  const [name, first, ...args] = rest;
  if (name === undefined) return undefined;
  if (words[2] === 'add-json') return readJsonArgument(name, first);
  const entry = emptyMap();
  const url = options.get('--url')?.[0] ?? (first && /^https?:\/\//i.test(first) ? first : undefined);
  const transport = (options.get('--transport') ?? options.get('-t'))?.[0];
  if (transport) entry['type'] = transport;
  if (url) {
    entry['url'] = url;
    entry['headers'] = pairs(
      [...(options.get('--header') ?? []), ...(options.get('-H') ?? [])],
      /^([^:]+):\s*(.*)$/s,
    );
    const variable = options.get('--bearer-token-env-var')?.[0];
    if (variable) Object.assign(entry['headers'], { Authorization: `Bearer \${${variable}}` });
  } else {
    if (first === undefined) return undefined;
    Object.assign(entry, { command: first, args });
    entry['env'] = pairs([...(options.get('--env') ?? []), ...(options.get('-e') ?? [])], /^([^=]+)=(.*)$/s);
    const cwd = options.get('--cwd')?.[0];
    if (cwd) entry['cwd'] = cwd;
  }
  return { name, entry };
}

/** Splits the words of a client's command into its options and the rest; everything behind `--` is rest. */
function optionsOf(words: readonly string[]): { options: Map<string, string[]>; rest: string[] } {
  const options = new Map<string, string[]>();
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    const [, flag, joined] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    if (word === '--') return { options, rest: [...rest, ...words.slice(index + 1)] };
    // Behind the command's own name, options are the command's.
    if (rest.length >= 2 && !VALUE_OPTIONS.has(flag ?? word)) rest.push(word);
    else if (flag !== undefined && VALUE_OPTIONS.has(flag))
      options.set(flag, [...(options.get(flag) ?? []), joined ?? '']);
    else if (VALUE_OPTIONS.has(word)) {
      options.set(word, [...(options.get(word) ?? []), words[index + 1] ?? '']);
      index += 1;
    } else if (!word.startsWith('-') || rest.length >= 2) rest.push(word);
  }
  return { options, rest };
}

function readJsonArgument(name: string, text: string | undefined): CommandEntry | undefined {
  try {
    const entry: unknown = JSON.parse(text ?? '');
    return typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? { name, entry: Object.assign(emptyMap(), entry) }
      : undefined;
  } catch {
    return undefined;
  }
}

function pairs(texts: readonly string[], pattern: RegExp): PlainMap {
  const map = emptyMap();
  for (const text of texts) {
    const [, name, value] = pattern.exec(text) ?? [];
    if (name !== undefined && value !== undefined) map[name.trim()] = value;
  }
  return map;
}

/** Programs that are named for what they run. */
const RUNNERS =
  /^(?:cmd|docker|podman|npm|pnpm|yarn|bun|deno|node|uv|python[\d.]*|py|go|cargo|java|dotnet|ruby|php|sh|bash|tsx)$/;

/** A short name for what a command line runs: the package, the image or the script. */
export function nameOfCommand(line: string, words: readonly string[]): string {
  const { command, args } = withoutShell(line, words);
  const program = command
    .replace(/^.*[/\\]/, '')
    .replace(/\.(exe|cmd|bat)$/i, '')
    .toLowerCase();
  const plain = args.filter((arg) => !arg.startsWith('-') && !/^\/c$/i.test(arg));
  if (/^(npx|bunx|pnpx|uvx|pipx)$/.test(program))
    return nameOfPackage(plain.find((arg) => arg !== 'run') ?? program);
  if (/^(docker|podman)$/.test(program)) {
    const image = args.findLast((arg) =>
      /^[a-z0-9.-]+(?::\d+)?(?:\/[\w.-]+)+(?::[\w.-]+)?(?:@.*)?$/i.test(arg),
    );
    if (image) return nameOfPackage(image.replace(/[:@][^/]*$/, ''));
  }
  if (!RUNNERS.test(program)) return nameOfPackage(program);
  const script = plain.find((arg) => /\.(?:[cm]?[jt]s|py|rb|jar|dll|sh)$/i.test(arg));
  const file = (script ?? plain[0] ?? program).replace(/^.*[/\\](?:(?:dist|build|src|lib|out)[/\\])?/, '');
  const stem = file.replace(/\.\w+$/, '');
  if (script && /^(index|main|server|cli)$/i.test(stem)) {
    const folders = script.split(/[/\\]/).filter((part) => !/^(dist|build|src|lib|out|\.{1,2}|)$/.test(part));
    return folders.length > 1 ? nameOfPackage(folders.at(-2) as string) : stem;
  }
  return stem || program;
}

/** `@scope/mcp-server-foo@1.2` → `foo`. */
export function nameOfPackage(text: string): string {
  const bare = text
    .replace(/(?<=.)@[^@/]*$/, '')
    .replace(/[=<>~!].*$/, '')
    .replace(/^.*\//, '');
  const short = bare
    .replace(/^(?:mcp[-_]server[-_]|server[-_]|mcp[-_])/, '')
    .replace(/(?:[-_]mcp[-_]server|[-_]server|[-_]mcp)$/, '');
  const scope = /^@([^/]+)\//.exec(text)?.[1];
  if (/^(mcp|server|mcp-server)?$/.test(short) && scope) return scope;
  return short || bare || text;
}
