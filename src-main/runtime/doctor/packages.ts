import type { Finding, Server } from '../../contract/index.js';
import { findCommand } from '../launch/command-lookup.js';
import { fetchOf, type Fetch } from '../launch/fetch-plan.js';
import { programName } from '../launch/launch-plan.js';
import type { Environment } from '../launch/login-shell.js';
import { findCached, installedAt, parseNpx } from '../launch/npx-cache.js';
import { parseUvx } from '../launch/uvx-call.js';
import { ask } from './programs.js';

export type Invocation = {
  server: Pick<Server, 'id'>;
  /** Whether a program may be run: to find out, and to fetch what is missing. */
  mayRun: boolean;
  command: string;
  args: string[];
  env: Environment;
  cwd: string;
  home: string;
};

/** Whether npx or uvx has the package already, or fetches it at the first start. Nothing of the package is run. */
export async function packageAtHand(invocation: Invocation): Promise<Finding[]> {
  const { command, args, env, home } = invocation;
  const program = programName(command);
  const npx = program === 'npx' ? parseNpx(args) : undefined;
  if (npx) {
    const installed = await installedAt(npx, invocation);
    if (installed) return [atHand(npx.name, `npx takes it from ${installed}`)];
    const cached = await findCached(npx, env, home);
    return [
      cached
        ? atHand(`${npx.name} ${cached.version}`, `In npx’s cache: ${cached.folder}`)
        : toBeFetched('npx', fetchOf(command, args), invocation),
    ];
  }
  const uvx = parseUvx(program, args);
  if (!uvx || !invocation.mayRun) return [];
  // Python of the tool's own environment, made from the cache alone: it says whether all of it is there.
  const uv = await findCommand({ command: 'uv', cwd: invocation.cwd, env }).catch(() => undefined);
  if (uv === undefined) return [];
  const python = ['--from', uvx.spec, 'python', '--version'];
  const { ok } = await ask(uv, ['tool', 'run', '--offline', ...python], env);
  return [ok ? atHand(uvx.spec, 'In uv’s cache.') : toBeFetched('uv', fetchOf(command, args), invocation)];
}

function atHand(name: string, detail: string): Finding {
  return { severity: 'ok', code: 'package', title: `${name} is already here`, detail };
}

function toBeFetched(
  cacheOf: string,
  fetch: Fetch | undefined,
  { server, mayRun }: Pick<Invocation, 'server' | 'mayRun'>,
): Finding {
  const { spec = '', runner = '', args = [] } = fetch ?? {};
  return {
    severity: 'info',
    code: 'download',
    title: `${spec} is downloaded at the first start`,
    detail: `It is not in ${cacheOf}’s cache. The first start needs the network and can take longer than the time limit.`,
    fix: mayRun
      ? 'Fetch it now, by the same runner: what it says is shown in the server’s log.'
      : `Allow its command, then fetch it here, or run once in a terminal: ${[runner, ...args].join(' ')}`,
    ...(mayRun && {
      action: { label: 'Fetch it now', method: 'package.fetch', params: { serverId: server.id } },
    }),
  };
}
