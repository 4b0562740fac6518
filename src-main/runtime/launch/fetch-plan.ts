import { AppError, type StdioTransport } from '../../contract/index.js';
import { findCommand } from './command-lookup.js';
import {
  isNamed,
  programName,
  sceneOf,
  type LaunchPlan,
  type Scene,
  type ScenePorts,
} from './launch-plan.js';
import { parseNpx } from './npx-cache.js';
import { parseUvx } from './uvx-call.js';

/** A package runner's own way to fill its cache: it is given something harmless to run of what it fetched. */
export type Fetch = { spec: string; runner: string; args: string[] };

/** How the package of a start by npx or uvx is fetched; `undefined` for any other start. */
export function fetchOf(command: string, args: readonly string[]): Fetch | undefined {
  const npx = isNamed(command, 'npx') ? parseNpx(args) : undefined;
  if (npx)
    return {
      spec: npx.spec,
      runner: command,
      args: ['--yes', `--package=${npx.spec}`, '--', 'node', '--version'],
    };
  const uvx = parseUvx(programName(command), args);
  if (uvx)
    return { spec: uvx.spec, runner: 'uv', args: ['tool', 'run', '--from', uvx.spec, 'python', '--version'] };
  return undefined;
}

/**
 * Plans the fetch with the very environment and folder of the server's start: the same registry, the same tokens, and
 * the same install scripts or none, since the start would run them as well.
 * @throws AppError `unsupported` for a server that is not run by npx or uvx; else as `planLaunch`
 */
export async function planFetch(
  transport: StdioTransport,
  ports: ScenePorts,
): Promise<LaunchPlan & { spec: string }> {
  const { sensitive, ...scene } = await sceneOf(transport, ports);
  const { command, args, env, cwd }: Scene = scene;
  const fetch = fetchOf(command, args);
  if (!fetch)
    throw new AppError(
      'unsupported',
      'This server’s package is not one that npx or uvx fetches.',
      'Start it: whatever it needs is fetched, or asked for, by its own command.',
    );
  const file = await findCommand({ command: fetch.runner, cwd, env });
  // npm says nothing of what it does unless it is asked to.
  const told = isNamed(command, 'npx') ? { ...env, npm_config_loglevel: 'http' } : env;
  return { file, args: fetch.args, env: told, cwd, sensitive, spec: fetch.spec };
}
