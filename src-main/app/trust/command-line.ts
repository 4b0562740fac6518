import { createHmac } from 'node:crypto';
import {
  isSecretRef,
  type CommandLine,
  type Server,
  type StdioTransport,
  type Value,
} from '../../contract/index.js';

/**
 * Variables that make a harmless command run something else: loaders, interpreters' options, search paths, package
 * runners' registries. Their values belong to the command line.
 */
const STEERING =
  /^(PATH|PATHEXT|COMSPEC|SHELL|BASH_ENV|ENV|IFS|LD_.*|DYLD_.*|NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|PYTHON(PATH|STARTUP|HOME|INSPECT|BREAKPOINT)|RUBY(OPT|LIB)|PERL5(OPT|LIB|DB)|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|DOTNET_STARTUP_HOOKS|GIT_.*|npm_config_.*|NPM_CONFIG_.*|(UV|PIP|YARN|BUN|DENO|DOCKER|PNPM)_.*)$/i;
const REFERENCE = /\$\{?([A-Za-z_][A-Za-z0-9_]*)|%([A-Za-z_][A-Za-z0-9_]*)%/g;

/** Names of variables that the command line itself refers to. */
function referred({ command, args, cwd, envFile }: StdioTransport): Set<string> {
  const text = [command, ...args, cwd ?? '', envFile ?? ''].join('\n');
  return new Set([...text.matchAll(REFERENCE)].map((match) => match[1] ?? match[2] ?? ''));
}

function steeringOf(transport: StdioTransport): [string, Value][] {
  const names = referred(transport);
  return Object.entries(transport.env)
    .filter(([name]) => names.has(name) || STEERING.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What of a server the person is shown before it may run; `undefined` where nothing of it runs here. */
export function commandLineOf({ transport }: Pick<Server, 'transport'>): CommandLine | undefined {
  if (transport.type !== 'stdio') return undefined;
  const { command, args, env, cwd, envFile } = transport;
  const steering = steeringOf(transport).map(([name, value]) => [name, isSecretRef(value) ? '••••' : value]);
  return {
    command,
    args,
    envNames: Object.keys(env).sort(),
    steering: Object.fromEntries(steering) as Record<string, string>,
    ...(cwd !== undefined && { cwd }),
    ...(envFile !== undefined && { envFile }),
  };
}

/** The same in one string, for comparing and hashing. Takes drafts too. */
export function commandOf(entity: object): string | undefined {
  const { transport } = entity as { transport?: Server['transport'] };
  if (transport?.type !== 'stdio') return undefined;
  const { command, args, env, cwd, envFile } = transport;
  const names = Object.keys(env).sort();
  return JSON.stringify([1, command, args, names, steeringOf(transport), cwd ?? null, envFile ?? null]);
}

/** Keyed, since an argument may hold what nobody should find by trying. */
export function digestOf(server: object, salt: string): string | undefined {
  const command = commandOf(server);
  return command === undefined ? undefined : createHmac('sha256', salt).update(command).digest('hex');
}
