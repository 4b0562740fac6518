import { emptyMap, isMap, toPlain, type PlainMap } from '../plain.js';
import type { CommandEntry } from './command-line.js';

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

/** `claude mcp add …` of any client, `code --add-mcp '{…}'` of VS Code and what was made of it. */
export function readClientCommand(words: readonly string[]): CommandEntry | undefined {
  const json = words.findIndex((word) => word === '--add-mcp' || word.startsWith('--add-mcp='));
  if (json > 0) {
    const word = words[json] ?? '';
    return readJsonArgument(undefined, word.includes('=') ? word.replace(/^[^=]*=/, '') : words[json + 1]);
  }
  if (words[1] !== 'mcp' || !/^add(-json)?$/.test(words[2] ?? '')) return undefined;
  const { options, rest } = optionsOf(words.slice(3));
  const [name, first, ...args] = rest;
  if (name === undefined) return undefined;
  if (words[2] === 'add-json') return readJsonArgument(name, first);
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
