import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { findCommand, pathOf } from './command-lookup.js';
import { layOver } from './environment.js';
import type { Environment } from './login-shell.js';
import { interpreterOf } from './interpreter.js';
import { isRecent } from './package-freshness.js';

export type NpxCall = {
  /** As written: `@scope/name@1.2.3`. */
  spec: string;
  name: string;
  /** Names one version and nothing else. */
  exact: boolean;
  /** A program other than the package's own, after `--package`. */
  bin?: string;
  /** What the server itself is given. */
  args: string[];
};

/** The part of npx's command line that is understood here; `undefined` for any other: npx itself then runs it. */
export function parseNpx(args: readonly string[]): NpxCall | undefined {
  let spec: string | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index]!;
    const rest = (from: number): string[] => args.slice(from);
    if (['-y', '--yes', '-q', '--quiet', '--prefer-offline', '--offline'].includes(arg)) continue;
    if (arg === '-p' || arg === '--package') {
      if (spec !== undefined) return undefined;
      spec = args[(index += 1)];
    } else if (arg.startsWith('--package=')) {
      if (spec !== undefined) return undefined;
      spec = arg.slice('--package='.length);
    } else if (arg === '--') {
      return callOf(
        spec ?? args[index + 1],
        spec === undefined ? undefined : args[index + 1],
        rest(index + 2),
      );
    } else if (arg.startsWith('-')) return undefined;
    else
      return spec === undefined
        ? callOf(arg, undefined, rest(index + 1))
        : callOf(spec, arg, rest(index + 1));
  }
  return undefined;
}

function callOf(spec: string | undefined, bin: string | undefined, args: string[]): NpxCall | undefined {
  const match = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(?:@([\w.^~<>=|* +-]+))?$/i.exec(spec ?? '');
  if (!match || spec === undefined) return undefined;
  return {
    spec,
    name: match[1]!,
    exact: /^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(match[2] ?? ''),
    ...(bin !== undefined && { bin }),
    args,
  };
}

/** The folder npx keeps this package in; libnpmexec names it by a hash of what was asked for. */
export async function npxFolder(spec: string, env: Environment, home: string): Promise<string> {
  const hash = createHash('sha512').update(spec).digest('hex').slice(0, 16);
  return path.join(await npmCacheFolder(env, home), '_npx', hash);
}

async function npmCacheFolder(env: Environment, home: string): Promise<string> {
  const fromEnv = env['npm_config_cache'] ?? env['NPM_CONFIG_CACHE'];
  if (fromEnv) return fromEnv;
  const npmrc = await readFile(path.join(home, '.npmrc'), 'utf8').catch(() => '');
  const fromFile = /^\s*cache\s*=\s*"?([^"\r\n]+?)"?\s*$/m.exec(npmrc)?.[1];
  if (fromFile) return fromFile.replace(/^~(?=[/\\])/, home).replace('${HOME}', home);
  const local = env['LOCALAPPDATA'];
  return process.platform === 'win32' && local ? path.join(local, 'npm-cache') : path.join(home, '.npm');
}

export type CachedPackage = { folder: string; version: string; script: string };

/** The package as npx has it, with the JavaScript file it would run; `undefined` when npx has to do the work. */
export async function findCached(
  call: NpxCall,
  env: Environment,
  home: string,
): Promise<CachedPackage | undefined> {
  const folder = await npxFolder(call.spec, env, home);
  const root = path.join(folder, 'node_modules', ...call.name.split('/'));
  const manifest = await readJson(path.join(root, 'package.json'));
  if (!manifest) return undefined;
  const { version, bin } = manifest as { version?: unknown; bin?: unknown };
  const file = binOf(call, bin);
  if (file === undefined || typeof version !== 'string') return undefined;
  if (call.exact && !call.spec.endsWith(`@${version}`)) return undefined;
  const script = path.resolve(root, file);
  return (await isNodeScript(script)) ? { folder, version, script } : undefined;
}

/** As npx chooses it: the only program, or the one named like the package without its scope. */
function binOf(call: NpxCall, bin: unknown): string | undefined {
  const short = call.name.replace(/^@[^/]+\//, '');
  if (typeof bin === 'string') return call.bin === undefined || call.bin === short ? bin : undefined;
  if (typeof bin !== 'object' || bin === null) return undefined;
  const programs = bin as Record<string, unknown>;
  const names = Object.keys(programs);
  // One file under several names is one program.
  const wanted = call.bin ?? (new Set(Object.values(programs)).size === 1 ? names[0] : short);
  const file = wanted === undefined ? undefined : programs[wanted];
  return typeof file === 'string' ? file : undefined;
}

async function isNodeScript(file: string): Promise<boolean> {
  return /\bnode\s*$/.test((await interpreterOf(file)) ?? '');
}

/**
 * The start without npx, when it would do the same: the package is in npx's cache, was looked for in the registry
 * not too long ago, and no project around `cwd` and no global install goes before the cache.
 */
export async function launchFromCache(
  call: NpxCall,
  o: { env: Environment; home: string; cwd: string; now: number; confirmedAt?: number },
): Promise<{ file: string; args: string[]; env: Environment; version: string } | undefined> {
  const cached = await findCached(call, o.env, o.home);
  if (!cached || (await installedAt(call, o))) return undefined;
  if (!call.exact && !(await isFresh(cached.folder, o.now, o.confirmedAt ?? 0))) return undefined;
  const node = await findCommand({ command: 'node', cwd: o.cwd, env: o.env }).catch(() => undefined);
  if (node === undefined) return undefined;
  const bin = path.join(cached.folder, 'node_modules', '.bin');
  return {
    file: node,
    args: [cached.script, ...call.args],
    env: layOver(o.env, { PATH: [bin, pathOf(o.env)].join(path.delimiter) }),
    version: cached.version,
  };
}

async function isFresh(folder: string, now: number, confirmedAt: number): Promise<boolean> {
  const facts = await stat(path.join(folder, 'node_modules', '.package-lock.json')).catch(() => undefined);
  return isRecent(Math.max(facts?.mtimeMs ?? 0, confirmedAt), now);
}

/**
 * Where npx finds the package, or without a version a program of that name, before it looks into its cache: a project
 * around `cwd`, or what is installed globally (libnpmexec's order).
 */
export async function installedAt(
  { name, spec, bin }: NpxCall,
  { cwd, env, home }: { cwd: string; env: Environment; home: string },
): Promise<string | undefined> {
  const named = [...name.split('/'), 'package.json'];
  const isProgram = spec === name && bin === undefined;
  const places: string[] = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const modules = path.join(folder, 'node_modules');
    places.push(path.join(modules, ...named), ...(isProgram ? [path.join(modules, '.bin', name)] : []));
    if (path.dirname(folder) === folder) break;
  }
  const prefix = env['npm_config_prefix'] ?? env['NPM_CONFIG_PREFIX'];
  const node = await findCommand({ command: 'node', cwd: home, env }).catch(() => undefined);
  for (const root of [prefix, node && path.dirname(path.dirname(node))])
    if (root) {
      places.push(...['lib/node_modules', 'node_modules'].map((folder) => path.join(root, folder, ...named)));
      if (isProgram) places.push(path.join(root, 'bin', name));
    }
  const found = await Promise.all(places.map((place) => stat(place).catch(() => undefined)));
  return places.find((_place, index) => found[index]);
}

async function readJson(file: string): Promise<object | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
