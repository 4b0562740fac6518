import { copyMap, emptyMap, type PlainMap } from '../plain.js';
import { pairs, readClientCommand } from './client-command.js';
import { nameOfCommand, nameOfUrl } from './names.js';
import { asTyped, commandsOf, joinedLines, PLACEHOLDER } from './shell-words.js';

export type CommandEntry = { name: string; entry: PlainMap; warnings?: string[] };

/** `refused`: why lines that look like commands are no servers: they install something, or need a shell. */
export type Commands = { entries: CommandEntry[]; refused?: 'installs' | 'shell' };

/** A first word that makes a line a command line rather than prose. */
const STARTERS =
  /^(?:[\w./\\:~-]*[/\\])?(?:npx|npm|pnpm|pnpx|yarn|bunx|bun|deno|node|uvx|uv|pipx|python[\d.]*|py|docker|podman|cmd|go|cargo|java|dotnet|ruby|php|sh|bash|env|tsx)(?:\.exe|\.cmd)?$/i;

/** Programs that get something ready, and end. */
const HELPERS =
  /^(?:brew|apt|apt-get|dnf|yum|apk|pacman|snap|port|winget|choco|scoop|git|make|poetry|conda|mkdir|ls|dir|cat|type|echo|rm|del|mv|cp|copy|touch|chmod|source|wget|curl|open)$/i;
/** The same of programs that can run a server as well. */
const PREPARES =
  /^(?:(?:npm|pnpm|yarn|bun)\s+(?:i|install|ci|add|link|init|build|global|(?:run\s+)?build)|pip3?\s+install|pipx\s+install|uv\s+(?:sync|venv|add|pip|init|lock|tool\s+install)|(?:cargo|go)\s+(?:install|build|get)|(?:npx|bunx|pnpx)\s+(?:-y\s+|--yes\s+)?@smithery\/cli(?:@\S+)?\s+(?!run\s)\S+|\/(?:mcp|plugin|extensions)|(?:docker|podman)\s+(?:build|pull|login|compose)|[\w-]+\s+mcp\s+(?:list|get|remove|login|logout|auth|enable|disable|status|import|add-from-claude-desktop|reset-project-choices))(?:\s|$)/i;
/** What a package is told that writes other programs' configuration and ends. */
const SETS_UP = /^(?:setup|install|init|login|auth|configure)$/i;

/** `$env:NAME = "value"`, alone or before a command on the same line. */
const POWERSHELL_SETS = /^\$env:([A-Za-z_]\w*)\s*=\s*("[^"]*"|'[^']*'|[^;]*)(?:;\s*|$)/i;

const TAKES_JSON = /\smcp\s+add-json\s|\s--add-mcp[\s=]/;

/** A README says no more than this before and after its commands. */
const MOST_LINES = 10_000;
const LONGEST = 100_000;

/**
 * Command lines as people copy them: prompts, line continuations, `NAME=value` and `export` before the command, `cd`,
 * and `claude mcp add …` of several clients are understood.
 * @param isProse lines stand among sentences, and only what cannot be a sentence is a command
 */
export function readCommands(text: string, isProse = /\n/.test(joinedLines(text).trim())): Commands {
  const lines = withWholeJson(joinedLines(text).split(/\r?\n/).slice(0, MOST_LINES));
  const script = new Script(isProse);
  for (const line of lines) if (line.length <= LONGEST) script.read(line);
  return script.result;
}

/** JSON in quotes, as an argument, may run over lines. */
function withWholeJson(lines: readonly string[]): string[] {
  const whole: string[] = [];
  let open = false;
  for (const line of lines) {
    if (open) whole.push(`${whole.pop() ?? ''}\n${line}`);
    else whole.push(line);
    const last = whole.at(-1) ?? '';
    // Each line is looked at once more for every line behind it, so a quote without an end is given up soon.
    open = last.length < 20_000 && TAKES_JSON.test(last) && (last.match(/'/g)?.length ?? 0) % 2 === 1;
  }
  return whole;
}

/** Reads line by line; what lines before have set up holds for the commands after them. */
class Script {
  readonly #entries: CommandEntry[] = [];
  #env = emptyMap();
  #folder: string | undefined;
  #refused: Commands['refused'];

  constructor(private readonly isProse: boolean) {}

  get result(): Commands {
    return { entries: this.#entries, ...(this.#refused && { refused: this.#refused }) };
  }

  read(line: string): void {
    const typed = asTyped(line);
    if (typed === '' || /^(?:#|\/\/|REM\s)/i.test(typed)) return;
    const [whole, name, value] = POWERSHELL_SETS.exec(typed) ?? [];
    if (whole !== undefined && name !== undefined && value !== undefined) {
      this.#env[name] = value.replace(/^(["'])(.*)\1$/s, '$2');
      return this.read(typed.slice(whole.length));
    }
    const commands = commandsOf(typed);
    if (!commands) {
      if (!this.isProse || STARTERS.test(typed.split(/\s/)[0] ?? '')) this.#refused ??= 'shell';
      return;
    }
    // A chain is one server only where all but its end gets something ready.
    const isChain = commands.length > 1;
    for (const [index, words] of commands.entries()) {
      if (this.#prepares(words)) continue;
      if (isChain && index < commands.length - 1) return void (this.#refused ??= 'shell');
      const found = readCommand(words, this.isProse);
      if (found) this.#entries.push(this.#placed(found));
    }
  }

  /** @returns whether the words are no server, but something before one */
  #prepares(words: readonly string[]): boolean {
    const [program = '', ...rest] = words;
    if (program === 'cd' || program === 'pushd') {
      this.#folder = rest[0];
      return true;
    }
    const isSetting = program === 'export' || program === 'set' || program === 'setx';
    const assigned = (isSetting ? rest : words).map((word) => /^([A-Za-z_]\w*)=(.*)$/s.exec(word));
    if (assigned.length > 0 && assigned.every((match) => match !== null)) {
      for (const match of assigned) this.#env[match[1] ?? ''] = match[2] ?? '';
      return true;
    }
    if (readCurl(words) || !(HELPERS.test(program) || PREPARES.test(words.join(' ')))) return false;
    if (!this.isProse || PREPARES.test(words.join(' '))) this.#refused ??= 'installs';
    return true;
  }

  #placed(found: CommandEntry): CommandEntry {
    const entry = copyMap(found.entry);
    const warnings = [...(found.warnings ?? [])];
    if (typeof entry['command'] === 'string') {
      if (Object.keys(this.#env).length > 0)
        entry['env'] = { ...this.#env, ...(entry['env'] as PlainMap | undefined) };
      if (this.#folder !== undefined && /^(?:[/~]|[A-Za-z]:[\\/])/.test(this.#folder))
        entry['cwd'] ??= this.#folder;
      else if (this.#folder !== undefined)
        warnings.push(
          `It runs in the folder "${this.#folder.slice(0, 100)}": enter the full path of that as its working folder.`,
        );
    }
    if (JSON.stringify(entry).includes('${PWD}'))
      warnings.push('${PWD} is the folder that a terminal stands in: put the full path in its place.');
    const placeholder = PLACEHOLDER.exec(JSON.stringify(entry))?.[0];
    if (placeholder !== undefined)
      warnings.push(`${placeholder.slice(0, 100)} stands for something of yours: put that in its place.`);
    return { ...found, entry, ...(warnings.length > 0 && { warnings }) };
  }
}

function readCommand(words: readonly string[], isProse: boolean): CommandEntry | undefined {
  return readClientCommand(words) ?? readCurl(words) ?? readPlainCommand(words, isProse);
}

function readPlainCommand(words: readonly string[], isProse: boolean): CommandEntry | undefined {
  const env = emptyMap();
  const rest = [...words];
  const warnings: string[] = [];
  if (rest[0] === 'sudo' && rest.length > 1) {
    rest.shift();
    warnings.push(
      '“sudo” is left out: Jackfield starts servers as yourself, and nobody could enter the password.',
    );
  }
  if (rest[0] === 'env') rest.shift();
  for (let word = rest[0]; word !== undefined; word = rest[0]) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) break;
    env[name] = value;
    rest.shift();
  }
  const [command, ...args] = rest;
  if (command === undefined) return undefined;
  const isCommand = isProse
    ? isCommandInProse(command, args) || (Object.keys(env).length > 0 && STARTERS.test(command))
    : isCommandAlone(command, args) || Object.keys(env).length > 0;
  if (!isCommand) return undefined;
  const setup = args.find((arg, index) => index > 0 && SETS_UP.test(arg));
  if (setup && /^(?:npx|bunx|pnpx|uvx|pipx)$/.test(command))
    warnings.push(
      `“${setup}” usually writes another program's configuration and ends. Leave it out if the server does not stay up.`,
    );
  if (/^(?:docker|podman)$/.test(command) && args[0] === 'run' && /^(?:-d|--detach)$/.test(args[1] ?? ''))
    warnings.push(
      `“${args[1] ?? ''}” sends the container away from whoever starts it, and nobody could speak with it. Leave it out, or add the address that it answers at.`,
    );
  return {
    name: nameOfCommand(command, args),
    entry: Object.assign(emptyMap(), { command, args, env }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** What only a command has in it: an option, a path, a package, an assignment. */
const isTelling = (word: string): boolean => /^-|^[.~]*[/@]|\w[/@=.]\w/.test(word);

function isCommandAlone(command: string, args: readonly string[]): boolean {
  if (STARTERS.test(command) || /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\)/.test(command)) return true;
  return args.length > 0 && /^[\w.-]+$/.test(command) && args.every(isTelling);
}

/** "Python 3.12 or newer" and "node is a runtime" are none. */
function isCommandInProse(command: string, [first = '', ...more]: readonly string[]): boolean {
  if (STARTERS.test(command) && command === command.toLowerCase())
    return /^(?:run|exec|x|dlx|tool)$/.test(first)
      ? more.length > 0
      : /^-/.test(first) || /[@/_.-]\w*[A-Za-z]/.test(first);
  return (
    /mcp/i.test(command) && /^[\w./-]+$/.test(command) && first !== '' && [first, ...more].every(isTelling)
  );
}

/** A request that a person tried, or was told to try: its address and the headers that let it in. */
function readCurl(words: readonly string[]): CommandEntry | undefined {
  if (words[0] !== 'curl') return undefined;
  const url = words.find((word) => /^https?:\/\//i.test(word));
  const isCall = words.some((word) => /^(?:-X|--request|-d|--data(?:-\w+)?|--json)$/.test(word));
  if (url === undefined || !(isCall || /\/(?:mcp|sse)\b/i.test(url))) return undefined;
  const sent = words.filter((_, index) => /^(?:-H|--header)$/.test(words[index - 1] ?? ''));
  const own = sent.filter((header) => !/^(?:content-type|accept|mcp-[\w-]+)\s*:/i.test(header));
  const headers = pairs(own, /^([^:\s]+)\s*:\s*(.*)$/s);
  return { name: nameOfUrl(url), entry: Object.assign(emptyMap(), { url, headers }) };
}
