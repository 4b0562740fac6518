import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { AppError, type Run, type Settings, type StdioTransport, type Value } from '../../contract/index.js';
import { checkCwd, findCommand } from './command-lookup.js';
import { keepingOptions, withCompileCache } from './compile-cache.js';
import { layOver } from './environment.js';
import { expand } from './expansion.js';
import type { Environment } from './login-shell.js';
import { launchFromCache, parseNpx } from './npx-cache.js';
import type { PackageConfirmations } from './package-confirmations.js';
import { isRecent } from './package-freshness.js';
import { parseUvx } from './uvx-call.js';
import { interpreterOf } from './interpreter.js';

/** Everything a spawn needs, found out and checked. Holds secrets in `env`: never log it whole. */
export type LaunchPlan = {
  /** Absolute path of the program. */
  file: string;
  args: string[];
  /** Options of Node itself, before the arguments of a process of its own. */
  nodeOptions?: string[];
  env: Environment;
  cwd: string;
  /** Values from the env file that look like secrets: they are kept out of the log like those of the keychain. */
  sensitive: string[];
  /** What the person should know about how it is launched. */
  note?: string;
  /** Once it is ready, its package runner has asked the registry: noted under this key. */
  confirms?: string;
  /** It relies on what is noted under this key: where it ends early, the start is made again without. */
  trusts?: string;
  /** What was left out to be quicker. */
  shortcut?: NonNullable<Run['shortcut']>;
};

export type LaunchPorts = {
  environment(): Promise<Environment>;
  /** The app's own: `${VAR}` may name what servers are not given. */
  ownEnvironment: NodeJS.ProcessEnv;
  resolve(value: Value): Promise<string>;
  settings(): Pick<Settings, 'fastLaunch' | 'compileCache'>;
  cacheDir: string;
  confirmations: Pick<PackageConfirmations, 'of'>;
  /** Where a server without a folder of its own runs; the person's home where nothing is said. */
  folder?: string;
};

const SENSITIVE = /key|token|secret|passw|credential|auth/i;
/** Shorter ones would blot out ordinary words of a log. */
const SHORTEST_SECRET = 8;

const PACKAGE_RUNNERS = ['npx', 'npm', 'pnpm', 'pnpx', 'yarn', 'bunx'];

/**
 * Turns a server's stdio transport into what is spawned: the login shell's environment, over it the env file, over
 * it the server's own variables; `~` and `${VAR}` in command, args and folders; the command found on that PATH.
 * @throws AppError `start_failed` (command, folder, env file), or what `resolve` throws (keychain_unavailable)
 */
export async function planLaunch(transport: StdioTransport, ports: LaunchPorts): Promise<LaunchPlan> {
  const { sensitive, ...scene } = await sceneOf(transport, ports);
  const { command, env, cwd } = scene;
  const shared = { cwd, sensitive };
  const cached = await withoutNpx(scene, ports);
  if (cached) return withNodeOptions({ ...cached, ...shared }, ports);
  const file = await findCommand({ command, cwd, env });
  const plan = {
    file,
    env: (await runsOnNode(file)) ? withCompileCache(env, ports) : env,
    ...(await byRunner(scene, ports)),
    ...shared,
  };
  return withNodeOptions(plan, ports);
}

async function withNodeOptions(plan: LaunchPlan, ports: Pick<LaunchPorts, 'cacheDir'>): Promise<LaunchPlan> {
  if (!isNamed(plan.file, 'node')) return plan;
  const nodeOptions = await keepingOptions(plan.args, plan.env, ports);
  return nodeOptions.length > 0 ? { ...plan, nodeOptions } : plan;
}

/** What a transport says, with its environment, folder, variables and secrets put in. Holds secrets in `env`. */
export type Scene = { command: string; args: string[]; env: Environment; cwd: string; home: string };
export type ScenePorts = Pick<LaunchPorts, 'environment' | 'ownEnvironment' | 'resolve' | 'folder'>;

/** @throws AppError `start_failed` (folder, env file), or what `resolve` throws */
export async function sceneOf(
  transport: StdioTransport,
  ports: ScenePorts,
): Promise<Scene & { sensitive: string[] }> {
  const { env, cwd, home, sensitive } = await launchSurroundings(transport, ports);
  const known = { ...ports.ownEnvironment, ...env };
  const args = transport.args.map((arg) => expand(arg, known, home));
  const command = expand(transport.command, known, home);
  const extraCa = ports.ownEnvironment['NODE_EXTRA_CA_CERTS'];
  // Node reads that file at every start, some 40 ms: worth it for a runner that must reach a registry. A server that
  // needs it has it from the login shell or from its own variables.
  if (extraCa !== undefined && PACKAGE_RUNNERS.some((name) => isNamed(command, name)))
    env['NODE_EXTRA_CA_CERTS'] ??= extraCa;
  return { command, args, env, cwd, home, sensitive };
}

type CachePorts = Pick<LaunchPorts, 'settings' | 'cacheDir' | 'confirmations'>;

/** The package from npx's cache, run by node itself. */
async function withoutNpx(
  { command, args, env, cwd, home }: Scene,
  ports: CachePorts,
): Promise<Omit<LaunchPlan, 'cwd' | 'sensitive'> | undefined> {
  const npx = isNamed(command, 'npx') ? parseNpx(args) : undefined;
  if (!npx || !ports.settings().fastLaunch) return undefined;
  const last = await ports.confirmations.of(npxKey(npx.spec));
  const around = { env, home, cwd, now: Date.now(), ...(last && { confirmedAt: last.at }) };
  const cached = await launchFromCache(npx, around);
  if (!cached) return undefined;
  return {
    file: cached.file,
    args: cached.args,
    env: withCompileCache(cached.env, ports),
    note: `${npx.name} ${cached.version} is in npx’s cache and is started without npx, which ${
      last ? `took ${last.readyMs} ms the last time` : 'saves some 300 ms and 90 MB'
    }`,
    shortcut: { of: 'npx', ...(last && { otherwiseMs: last.readyMs }) },
  };
}

/** The arguments as npx or uvx is given them, and what its start tells of the package. */
async function byRunner(
  { command, args }: Scene,
  { settings, confirmations }: CachePorts,
): Promise<Pick<LaunchPlan, 'args' | 'confirms' | 'trusts' | 'note' | 'shortcut'>> {
  const npx = isNamed(command, 'npx') ? parseNpx(args) : undefined;
  if (npx) return { args, confirms: npxKey(npx.spec) };
  const uvx = parseUvx(programName(command), args);
  if (!uvx) return { args };
  const last = await confirmations.of(uvx.key);
  if (!settings().fastLaunch || !last || !isRecent(last.at, Date.now())) return { args, confirms: uvx.key };
  return {
    args: uvx.offline,
    trusts: uvx.key,
    note: `uvx starts ${uvx.spec} from its cache without asking the package index, with which it took ${last.readyMs} ms the last time`,
    shortcut: { of: 'uvx', otherwiseMs: last.readyMs },
  };
}

const npxKey = (spec: string): string => `npx ${spec}`;

/** Environment and working folder of a server, checked. */
async function launchSurroundings(
  transport: StdioTransport,
  ports: ScenePorts,
): Promise<{ env: Environment; cwd: string; home: string; sensitive: string[] }> {
  const [base, own] = await Promise.all([ports.environment(), resolveAll(transport.env, ports)]);
  const home = base['HOME'] ?? base['USERPROFILE'] ?? '/';
  const outer = { ...ports.ownEnvironment, ...base, ...own };
  // Without a folder of its own a server runs at home: the app's own folder depends on how the app was started.
  const cwd = path.resolve(home, expand(transport.cwd ?? ports.folder ?? home, outer, home));
  const [fromFile] = await Promise.all([readEnvFile(transport.envFile, cwd, outer, home), checkCwd(cwd)]);
  const sensitive = Object.entries(fromFile)
    .filter(([name, value]) => SENSITIVE.test(name) && value.length >= SHORTEST_SECRET)
    .map(([, value]) => value);
  return { env: layOver(base, fromFile, own), cwd, home, sensitive };
}

/** `npx` of `npx`, `/usr/bin/npx`, `npx.cmd`. */
export function programName(command: string): string {
  return path
    .basename(command)
    .toLowerCase()
    .replace(/\.(exe|cmd|bat)$/, '');
}

export function isNamed(command: string, name: string): boolean {
  return programName(command) === name;
}

async function resolveAll(
  env: Record<string, Value>,
  { resolve }: Pick<LaunchPorts, 'resolve'>,
): Promise<Environment> {
  const pairs = Object.entries(env).map(async ([name, value]) => [name, await resolve(value)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

async function readEnvFile(
  file: string | undefined,
  cwd: string,
  env: NodeJS.ProcessEnv,
  home: string,
): Promise<Environment> {
  if (file === undefined) return {};
  const full = path.resolve(cwd, expand(file, env, home));
  try {
    return parseEnv(await readFile(full, 'utf8')) as Environment;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const what = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown format'})`;
    throw new AppError(
      'start_failed',
      `The env file "${full}" ${what}.`,
      'Create it, or choose another one in the server’s settings.',
      [{ path: 'transport.envFile', message: what }],
    );
  }
}

async function runsOnNode(file: string): Promise<boolean> {
  if (['node', 'npx', 'npm'].some((name) => isNamed(file, name))) return true;
  return /\bnode\s*$/.test((await interpreterOf(file)) ?? '');
}
