import { realpathSync, statSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import type { LaunchPlan } from '../launch/launch-plan.js';
import { newRunMark, TREE_MARK } from '../process/process-marks.js';
import { endMarkedAfterUs } from '../process/guardian.js';
import { onOrphaned } from './orphaned.js';

/** What Node has beyond its published types, in every version that runs this. */
type NodeModule = typeof Module & { runMain?(): void; enableCompileCache?(folder: string): unknown };
const { runMain, enableCompileCache } = Module as NodeModule;

/**
 * Variables that Node, its libraries or the system's loader read once, when the process begins. A server that is to see
 * others than we began with needs a process of its own.
 */
const READ_AT_START =
  /^(NODE_|UV_|LD_|DYLD_|GLIBC_|MALLOC_|OPENSSL_|SSL_|ICU_|LC_|LANG$|LANGUAGE$|SYSTEMROOT$)/i;
/** Read by scripts alone, or set for this process by a call. */
const NOT_READ_AT_START = new Set(['NODE_ENV', 'NODE_COMPILE_CACHE']);
/** Words that Node takes for commands of its own where a script could stand. */
const NODE_COMMANDS = new Set(['inspect', 'debug']);

/**
 * Whether this process can itself become what is planned: the server is a script for the very Node that runs us, which
 * was started as the server's would be. It is then ready sooner by a whole start of Node, and there is no second process.
 */
export function fitsOwnProcess({ file, args, env, cwd }: LaunchPlan): boolean {
  const script = args[0] ?? '';
  if (typeof runMain !== 'function' || process.versions['electron'] !== undefined) return false;
  // Options of Node, or a channel to a parent, are ours and not the server's.
  if (process.execArgv.length > 0 || process.channel) return false;
  if (script === '' || script.startsWith('-') || NODE_COMMANDS.has(script)) return false;
  const isFile = statSync(path.resolve(cwd, script), { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile && isOwnNode(file) && !differsAtStart(env);
}

function isOwnNode(file: string): boolean {
  try {
    return realpathSync(file) === realpathSync(process.execPath);
  } catch {
    return false;
  }
}

function differsAtStart(env: NodeJS.ProcessEnv): boolean {
  const names = new Set([...Object.keys(env), ...Object.keys(process.env)]);
  return [...names].some(
    (name) => READ_AT_START.test(name) && !NOT_READ_AT_START.has(name) && env[name] !== process.env[name],
  );
}

const KILL_MS = 2_000;

/**
 * Becomes the server as soon as whoever calls has come to an end: arguments, environment and folder are the server's,
 * its script is this process's main one, and nothing of ours listens to a signal or holds a stream. What it leaves
 * behind is ended after it, and it ends with the client that started it, as a server in a process of its own does.
 * @param endMarked the command that ends what carries the mark it is given as its last argument
 */
export function becomeScript({ args, cwd, env }: LaunchPlan, endMarked: readonly string[]): void {
  const [script = '', ...rest] = args;
  const mark = newRunMark();
  const compileCache = process.env['NODE_COMPILE_CACHE'] === undefined && env['NODE_COMPILE_CACHE'];
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  for (const [name, value] of Object.entries({ ...env, [TREE_MARK]: mark }))
    if (process.env[name] !== value) process.env[name] = value;
  process.argv.splice(1, Infinity, path.resolve(cwd, script), ...rest);
  if (compileCache) enableCompileCache?.(compileCache);
  endMarkedAfterUs(mark, endMarked);
  onOrphaned(endOurselves);
  // Outside of every promise: what the script throws is Node's to report, and nobody else's.
  setImmediate(() => runMain?.());
}

function endOurselves(): void {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), KILL_MS).unref();
}
