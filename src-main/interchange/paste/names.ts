import { withoutShell } from '../dialect/script-wrapper.js';

/** Programs that are named for what they run. */
const RUNNERS =
  /^(?:cmd|docker|podman|npm|pnpm|yarn|bun|deno|node|uv|python[\d.]*|py|go|cargo|java|dotnet|ruby|php|sh|bash|tsx)$/;
/** Options of package runners that have a value behind them, which is no package's name. */
const WITH_VALUE =
  /^(?:-p|--package|--python|--from|--with|--with-editable|--with-requirements|--index|--index-url|--default-index|--extra-index-url|--directory|--project|--env-file|--spec|-c|--config|--registry|--cache)$/;
/** Words between a package manager and the package it runs. */
const RUN_WORDS = /^(?:run|exec|dlx|x|tool)$/;

/** A short name for what a command line runs: the package, the image or the script. */
export function nameOfCommand(line: string, words: readonly string[]): string {
  const { command, args } = withoutShell(line, words);
  const program = command
    .replace(/^.*[/\\]/, '')
    .replace(/\.(exe|cmd|bat)$/i, '')
    .toLowerCase();
  const plain = withoutOptions(args);
  if (/^(?:npx|bunx|pnpx|uvx|pipx)$/.test(program)) return nameOfRun(plain, args) ?? nameOfPackage(program);
  if (/^(?:docker|podman)$/.test(program)) {
    const image =
      args.findLast((arg) => /^[a-z0-9.-]+(?::\d+)?(?:\/[\w.-]+)+(?::[\w.-]+)?(?:@.*)?$/i.test(arg)) ??
      args.findLast((arg) => /^[a-z0-9][\w.-]*[._-]mcp(?:[._-][\w.-]*)?(?::[\w.-]+)?$/i.test(arg));
    return image ? nameOfPackage(image.replace(/[:@][^/]*$/, '')) : program;
  }
  if (!RUNNERS.test(program)) return nameOfPackage(program);
  const module = args.indexOf('-m');
  if (/^(?:python|py)/.test(program) && module >= 0) return nameOfPackage(args[module + 1] ?? program);
  const published = args.find((arg) => /^(?:jsr|npm):/.test(arg));
  if (published) return nameOfPackage(published.replace(/^(?:jsr|npm):\/?/, ''));
  if (/^(?:exec|dlx|x)$/.test(plain[0] ?? '') && plain[1]) return nameOfPackage(plain[1]);
  const name = nameOfScript(plain) ?? program;
  const folder = args[args.findIndex((arg) => /^--(?:directory|project)$/.test(arg)) + 1];
  return folder !== undefined && folder !== args[0] && /^(?:server|main|app|index|cli|run)$/i.test(name)
    ? nameOfPackage(folder.replace(/[/\\]+$/, '').replace(/^.*[/\\]/, ''))
    : name;
}

/** What is neither an option nor the value of one. */
function withoutOptions(args: readonly string[]): string[] {
  return args.filter(
    (arg, index) => !arg.startsWith('-') && !/^\/c$/i.test(arg) && !WITH_VALUE.test(args[index - 1] ?? ''),
  );
}

/** `npx PACKAGE`, `npx -p PACKAGE program`; some packages only reach or run another one, which is the one meant. */
function nameOfRun(plain: readonly string[], args: readonly string[]): string | undefined {
  const [runs, ...rest] = plain.filter((word, index) => index > 0 || !RUN_WORDS.test(word));
  if (runs !== undefined && /^mcp-remote(?:@|$)/.test(runs) && rest[0]) return nameOfUrl(rest[0]);
  if (runs !== undefined && /^@smithery\/cli(?:@|$)/.test(runs) && rest[0] === 'run' && rest[1])
    return nameOfPackage(rest[1]);
  const holder = args.findIndex((arg) => /^(?:-p|--package)$/.test(arg));
  const joined = args.find((arg) => arg.startsWith('--package='))?.slice('--package='.length);
  const name = joined ?? (holder >= 0 ? args[holder + 1] : undefined) ?? runs;
  return name === undefined ? undefined : nameOfPackage(name);
}

function nameOfScript(plain: readonly string[]): string | undefined {
  const words = plain.filter((word, index) => index > 0 || !RUN_WORDS.test(word));
  const script = words.find((arg) => /\.(?:[cm]?[jt]s|py|rb|jar|dll|sh)$/i.test(arg));
  const named = script ?? words[0];
  if (named === undefined) return undefined;
  const file = named.replace(/@[\w.-]+$/, '').replace(/^.*[/\\](?:(?:dist|build|src|lib|out)[/\\])?/, '');
  const stem = file.replace(/\.\w+$/, '');
  if (script && /^(?:index|main|server|cli)$/i.test(stem)) {
    const folders = script
      .split(/[/\\]/)
      .filter((part) => !/^(?:dist|build|src|lib|out|\.{1,2}|)$/.test(part));
    return folders.length > 1 ? nameOfPackage(folders.at(-2) as string) : stem;
  }
  return stem || undefined;
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

/** `https://mcp.linear.app/sse` → `linear`. */
export function nameOfUrl(text: string): string {
  if (!URL.canParse(text)) return 'server';
  const { hostname } = new URL(text);
  if (/^[\d.]+$|^\[/.test(hostname) || hostname === 'localhost') return hostname.replace(/[[\]]/g, '');
  const labels = hostname.split('.').filter((label) => !/^(www|mcp|api|server)$/.test(label));
  return labels.length > 1 ? (labels.at(-2) ?? hostname) : (labels[0] ?? hostname);
}
