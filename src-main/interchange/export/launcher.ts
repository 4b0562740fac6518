import { AppError, type Server, type ServerInput } from '../../contract/index.js';

/**
 * How a client starts Jackfield's command on this computer: the words before `run`, the first an absolute path
 * (`["/usr/bin/jackfield"]`, `["/usr/bin/node", "/opt/jackfield/out/main/cli.js"]`), and the data folder where it is
 * not the usual one.
 */
export type Launcher = { words: readonly [string, ...string[]]; dataDir?: string | undefined };

/**
 * What stands in a client's file in the place of a server: `jackfield run <id>`, which resolves the server's secrets
 * from the keychain and becomes it, its stdio passed through untouched. The id, because it outlives a new name.
 */
export function throughLauncher({ words, dataDir }: Launcher, server: Server): Server {
  if (server.transport.type === 'inprocess') return server;
  const [command, ...before] = words;
  const args = [...before, 'run', server.id, ...(dataDir === undefined ? [] : ['--data-dir', dataDir])];
  return { ...server, transport: { type: 'stdio', command, args, env: {} } };
}

/** The id or name behind `run`, where an entry starts some Jackfield's launcher; else `undefined`. */
export function launchedServer(transport: ServerInput['transport']): string | undefined {
  if (transport.type !== 'stdio') return undefined;
  const args = transport.args ?? [];
  const at = args.indexOf('run');
  if (at < 0 || !/jackfield/i.test([transport.command, ...args.slice(0, at)].join(' '))) return undefined;
  return args[at + 1];
}

export function noLauncher(): AppError {
  return new AppError(
    'unsupported',
    'This copy of Jackfield has no command that a client could start.',
    'Export the servers themselves, or install Jackfield and export from there.',
  );
}
