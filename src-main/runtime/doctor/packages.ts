import type { Finding } from '../../contract/index.js';
import { findCommand } from '../launch/command-lookup.js';
import { programName } from '../launch/launch-plan.js';
import type { Environment } from '../launch/login-shell.js';
import { findCached, parseNpx } from '../launch/npx-cache.js';
import { parseUvx } from '../launch/uvx-call.js';
import { ask } from './programs.js';

export type Invocation = {
  /** Whether a program may be run to find out. */
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
    const cached = await findCached(npx, env, home);
    return [
      cached
        ? atHand(`${npx.name} ${cached.version}`, `In npx’s cache: ${cached.folder}`)
        : toBeFetched(npx.spec, 'npx', `npm exec --yes --package=${npx.spec} -- node --version`),
    ];
  }
  const uvx = parseUvx(program, args);
  if (!uvx || !invocation.mayRun) return [];
  // Python of the tool's own environment, made from the cache alone: it says whether all of it is there.
  const uv = await findCommand({ command: 'uv', cwd: invocation.cwd, env }).catch(() => undefined);
  if (uv === undefined) return [];
  const python = ['--from', uvx.spec, 'python', '--version'];
  const { ok } = await ask(uv, ['tool', 'run', '--offline', ...python], env);
  return [
    ok ? atHand(uvx.spec, 'In uv’s cache.') : toBeFetched(uvx.spec, 'uv', `uv tool run ${python.join(' ')}`),
  ];
}

function atHand(name: string, detail: string): Finding {
  return { severity: 'ok', code: 'package', title: `${name} is already here`, detail };
}

function toBeFetched(spec: string, cacheOf: string, command: string): Finding {
  return {
    severity: 'info',
    code: 'download',
    title: `${spec} is downloaded at the first start`,
    detail: `It is not in ${cacheOf}’s cache. The first start needs the network and can take longer than the time limit.`,
    fix: `Run once in a terminal: ${command}`,
  };
}
