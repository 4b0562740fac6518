import { posix, win32 } from 'node:path';
import type { ServerInput } from '../../contract/index.js';

/** Starters that only fetch and run a package: `npx -y a` and `bunx a` are the same server. */
const NODE_STARTERS = new Set(['npx', 'bunx', 'pnpx']);
const PYTHON_STARTERS = new Set(['uvx', 'pipx']);

/**
 * What a server is, whatever it is called: its address, or the program and arguments that make it. Package versions,
 * a starter's own flags and the path to a starter do not count; a bridge to a URL is that URL.
 */
export function identityOf(transport: ServerInput['transport']): string {
  if (transport.type === 'inprocess') return 'inprocess';
  if (transport.type !== 'stdio') return `url ${normalUrl(transport.url)}`;
  const program = programName(transport.command);
  const args = transport.args ?? [];
  const isNode = NODE_STARTERS.has(program);
  if (!isNode && !PYTHON_STARTERS.has(program)) return `run ${JSON.stringify([transport.command, ...args])}`;
  const [name, ...rest] = args.filter(
    (arg, index) => !(/^(-y|--yes|-q|--quiet|run)$/.test(arg) && index < 3),
  );
  if (isNode && name && /^mcp-remote(@|$)/.test(name) && rest[0] && URL.canParse(rest[0]))
    return `url ${normalUrl(rest[0])}`;
  return `${isNode ? 'npm' : 'pypi'} ${JSON.stringify([withoutVersion(name ?? ''), ...rest])}`;
}

function programName(command: string): string {
  const base = command.includes('\\') ? win32.basename(command) : posix.basename(command);
  return base.toLowerCase().replace(/\.(exe|cmd|bat)$/, '');
}

function withoutVersion(name: string): string {
  return name.replace(/(?<=.)@[^@/]*$/, '').replace(/[=<>~!]=.*$/, '');
}

function normalUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url.href.replace(/\/$/, '');
}
