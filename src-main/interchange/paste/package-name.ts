import type { Found } from '../import/found.js';
import { emptyMap } from '../plain.js';
import { nameOfPackage } from './names.js';

const NPM = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:@[\w.^~<>=-]+)?$/i;
const PYPI = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?:\[[\w,-]+\])?(?:(?:==|>=|~=|@)[\w.*+-]+)?$/i;
const INSTALL =
  /^(?:npm\s+(?:i|install|add)|pnpm\s+add|yarn\s+(?:global\s+)?add|bun\s+add|npm:)\s*((?:-\S+\s+)*)(\S+)$|^(?:pip3?\s+install|pipx\s+(?:install|run)|uv\s+(?:pip\s+install|tool\s+install|add)|pypi:)\s*((?:-\S+\s+)*)(\S+)$/i;

/**
 * A package's name, alone, in an install command or as its page's address. A name without a scope may be of either
 * registry; both readings are offered, the likelier one first. `undefined`: it is no package's name.
 */
export function readPackageName(text: string, origin: string): Found[] | undefined {
  const [, , npm, , pypi] = INSTALL.exec(text) ?? [];
  const node = npm ?? /^https:\/\/(?:www\.)?npmjs\.com\/package\/((?:@[^/?#]+\/)?[^/?#]+)/i.exec(text)?.[1];
  const python = pypi ?? /^https:\/\/pypi\.org\/project\/([^/?#]+)/i.exec(text)?.[1];
  if (node && NPM.test(node)) return [packageAs('npx', node, origin)];
  if (python && PYPI.test(python)) return [packageAs('uvx', python, origin)];
  if (/\s/.test(text) || text.length > 214) return undefined;
  if (text.startsWith('@')) return NPM.test(text) ? [packageAs('npx', text, origin)] : undefined;
  // A word alone could be anything; running a package of that name is nothing to propose.
  if (!/mcp/i.test(text) || !PYPI.test(text) || /[/:]/.test(text)) return undefined;
  const isPython = /[_=[]|^mcp-server-/.test(text);
  const [first, second] = isPython ? (['uvx', 'npx'] as const) : (['npx', 'uvx'] as const);
  const other = packageAs(second, text, origin);
  const warning = `The name may be one of ${second === 'npx' ? 'npm' : 'PyPI'} as well.`;
  return [
    { ...packageAs(first, text, origin), warnings: [warning] },
    ...(second === 'npx' && !NPM.test(text) ? [] : [{ ...other, unlikely: true }]),
  ];
}

function packageAs(program: 'npx' | 'uvx', name: string, origin: string): Found {
  const args = program === 'npx' ? ['-y', name] : [name];
  return {
    name: nameOfPackage(name.replace(/\[[^\]]*\]/, '')),
    entry: Object.assign(emptyMap(), { command: program, args }),
    origin,
    trusted: false,
  };
}
