/**
 * A start by uvx, as far as it is understood here.
 *
 * Unlike npx, uvx is never left out: it holds a lock on uv's cache for as long as the server runs, and without it
 * `uv cache prune` would take the files away from under a running server. What can be left out is the question to the
 * package index, which uv asks again for each dependency once its answers are ten minutes old. With `--offline` the
 * start takes as long as the server itself does, and works without a network.
 */
export type UvxCall = {
  /** As written: `mcp-server-time`, `tool[extra]==1.2`. */
  spec: string;
  /** The arguments with `--offline` before the others. */
  offline: string[];
  /** Names this start in the list of confirmations. */
  key: string;
};

const FLAGS = new Set(['-q', '--quiet', '--no-progress', '--isolated']);
const WITH_VALUE = new Set(['-p', '--python', '-w', '--with', '--from']);
/** A package of an index, by name. `@latest` asks the index on purpose; paths and repositories are uvx's business. */
const SPEC = /^[a-z0-9][\w.-]*(\[[\w,. -]+\])?(@(?!latest$)[\w.!+-]+|\s*[<>=!~][<>=!~\w.*,+ -]*)?$/i;

/**
 * The part of uvx's command line that is understood here (`uvx …`, `uv tool run …`); `undefined` for any other, which
 * is left as it is. `command` is the program's name without its folder.
 */
export function parseUvx(command: string, args: readonly string[]): UvxCall | undefined {
  const isUv = command === 'uv' && args[0] === 'tool' && args[1] === 'run';
  if (command !== 'uvx' && !isUv) return undefined;
  const lead = isUv ? 2 : 0;
  let from: string | undefined;
  let at = lead;
  for (; at < args.length && args[at]!.startsWith('-'); at += 1) {
    const [name = '', ...inline] = args[at]!.split('=');
    if (FLAGS.has(args[at]!)) continue;
    if (!WITH_VALUE.has(name)) return undefined;
    const value = inline.length > 0 ? inline.join('=') : args[(at += 1)];
    if (value === undefined) return undefined;
    if ((name === '-w' || name === '--with') && !SPEC.test(value)) return undefined;
    if (name === '--from') from = value;
  }
  const program = args[at];
  const spec = from ?? program;
  if (program === undefined || spec === undefined || !SPEC.test(spec)) return undefined;
  return {
    spec,
    offline: [...args.slice(0, lead), '--offline', ...args.slice(lead)],
    key: `uvx ${args.slice(lead, at + 1).join(' ')}`,
  };
}
