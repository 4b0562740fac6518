import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { AppError, type StdioTransport, type Value } from '../contract/index.js';
import { checkCwd, findCommand } from './command-lookup.js';
import { expand } from './expansion.js';
import type { Environment } from './login-shell.js';

/** Everything a spawn needs, found out and checked. Holds secrets in `env`: never log it whole. */
export type LaunchPlan = {
  /** Absolute path of the program. */
  file: string;
  args: string[];
  env: Environment;
  cwd: string;
};

export type LaunchPorts = {
  environment(): Promise<Environment>;
  resolve(value: Value): Promise<string>;
};

/**
 * Turns a server's stdio transport into what is spawned: the login shell's environment, over it the env file, over
 * it the server's own variables; `~` and `${VAR}` in command, args and folders; the command found on that PATH.
 * @throws AppError `start_failed` (command, folder, env file), or what `resolve` throws (keychain_unavailable)
 */
export async function planLaunch(transport: StdioTransport, ports: LaunchPorts): Promise<LaunchPlan> {
  const [base, own] = await Promise.all([ports.environment(), resolveAll(transport.env, ports)]);
  const home = base['HOME'] ?? base['USERPROFILE'] ?? '/';
  const outer = { ...base, ...own };
  // Without a folder of its own a server runs at home: the app's own folder depends on how the app was started.
  const cwd = path.resolve(home, expand(transport.cwd ?? home, outer, home));
  const [fromFile] = await Promise.all([readEnvFile(transport.envFile, cwd, outer, home), checkCwd(cwd)]);
  const env: Environment = { ...base, ...fromFile, ...own };
  const command = expand(transport.command, env, home);
  return {
    file: await findCommand({ command, cwd, env }),
    args: transport.args.map((arg) => expand(arg, env, home)),
    env,
    cwd,
  };
}

async function resolveAll(env: Record<string, Value>, ports: LaunchPorts): Promise<Environment> {
  const pairs = Object.entries(env).map(async ([name, value]) => [name, await ports.resolve(value)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

async function readEnvFile(
  file: string | undefined,
  cwd: string,
  env: Environment,
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
