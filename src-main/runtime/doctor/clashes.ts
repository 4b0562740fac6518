import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { Finding, Server, StdioTransport } from '../../contract/index.js';
import { expand } from '../launch/expansion.js';
import type { DoctorPorts } from './doctor-ports.js';
import { edit } from './fixes.js';

/** How the arguments and paths of every server are read: with the variables a start of it would see. */
export type Reading = { known: NodeJS.ProcessEnv; home: string };

/** What this server and another program, or another server, both lay claim to: a port, a file, the whole command. */
export async function clashes(
  transport: StdioTransport,
  ports: DoctorPorts,
  reading: Reading,
): Promise<Finding[]> {
  const others = ports.others.flatMap((other) =>
    other.transport.type === 'stdio' ? { server: other, transport: other.transport } : [],
  );
  const twin = others.find((other) => isSame(transport, other.transport));
  if (twin) return [...(await portClash(transport, ports, [])), twinFinding(twin.server)];
  return [...(await portClash(transport, ports, others)), ...fileClashes(transport, others, reading)];
}

type Other = { server: Server; transport: StdioTransport };

function isSame(a: StdioTransport, b: StdioTransport): boolean {
  const shape = ({ command, args, env, cwd, envFile }: StdioTransport): string =>
    JSON.stringify([command, args, Object.entries(env).sort(), cwd, envFile]);
  return shape(a) === shape(b);
}

function twinFinding(other: Server): Finding {
  return {
    severity: 'info',
    code: 'twin',
    title: `Runs just as “${other.name}” does`,
    detail:
      'Command, arguments, folder and variables are the same. If it keeps data, both write to the same place.',
    fix: 'Remove one of them, or give each a place of its own for its data.',
  };
}

/** A place where a server is told its port, and how it is given another one. */
type PortPlace = { port: number; change(to: number): Record<string, unknown> };

function portPlaces({ args, env }: StdioTransport): PortPlace[] {
  const places: PortPlace[] = [];
  const add = (text: string | undefined, change: PortPlace['change']): void => {
    const port = Number(text);
    if (text && Number.isInteger(port) && port > 0 && port < 65_536) places.push({ port, change });
  };
  args.forEach((arg, index) => {
    const inline = /^(--port=)(\d+)$/.exec(arg);
    const at = arg === '--port' || arg === '-p' ? index + 1 : index;
    const text = inline?.[2] ?? (at > index ? args[at] : undefined);
    add(text, (to) => ({ args: args.map((old, i) => (i === at ? `${inline?.[1] ?? ''}${to}` : old)) }));
  });
  for (const [name, value] of Object.entries(env))
    if (/(^|_)PORT$/.test(name) && typeof value === 'string')
      add(value, (to) => ({ env: { [name]: String(to) } }));
  return places;
}

/** A port the server is told to use and that somebody else has, or is told to use as well. */
async function portClash(
  transport: StdioTransport,
  { run, server }: DoctorPorts,
  others: readonly Other[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { port, change } of portPlaces(transport)) {
    const rival = others.find((other) => portPlaces(other.transport).some((place) => place.port === port));
    const isInUse = run.state !== 'running' && (await isTaken(port));
    if (!isInUse && !rival) continue;
    const free = await freePort();
    findings.push({
      severity: 'warning',
      code: 'port',
      title: isInUse ? `Port ${port} is in use` : `Port ${port} is also that of “${rival?.server.name}”`,
      detail: isInUse
        ? `The server is told to use this port, and ${rival ? `“${rival.server.name}” or another program` : 'another program'} already listens on it.`
        : 'Only one of the two can listen on it at a time.',
      fix: 'Give the server another port, or end the other program.',
      action: edit(server, `Use port ${free}`, { transport: change(free) }),
    });
  }
  return findings;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const done = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Variables and options that name a place to keep data in; what is only read (certificates, settings) is not meant. */
const DATA_VARIABLE =
  /(^|_)(FILE|DB|DATABASE|STORAGE|STORE|DATA|CACHE)(_(FILE|PATH|DIR|FOLDER))?$|(^|_)(DATA|DB|MEMORY|STATE)_?(DIR|PATH|FILE)(_PATH)?$/;
const READ_ONLY = /CERT|(^|_)CA(_|$)|KEY|CREDENTIAL|CONFIG|TOKEN|SECRET/;
const DATA_OPTION =
  /^--?(user-data-dir|data-dir|data-path|db|db-path|database|storage|storage-path|memory-path)$/;
const DATABASE_FILE = /\.(db|sqlite3?|duckdb)$/i;

/** Where the transport says data is kept: the place as it was named, and the absolute path. */
export function dataPlaces(
  { args, env }: StdioTransport,
  { known, home }: Reading,
): { label: string; path: string }[] {
  const places: { label: string; path: string }[] = [];
  const add = (label: string, text: string | undefined): void => {
    const full = expand(text ?? '', known, home);
    if (path.isAbsolute(full)) places.push({ label, path: path.normalize(full) });
  };
  for (const [name, value] of Object.entries(env))
    // A tilde in a variable is passed on as it is: it names no place yet.
    if (
      typeof value === 'string' &&
      path.isAbsolute(value) &&
      DATA_VARIABLE.test(name) &&
      !READ_ONLY.test(name)
    )
      add(name, value);
  args.forEach((arg, index) => {
    const [name = '', inline] = arg.split(/=(.*)/s, 2);
    if (DATA_OPTION.test(name)) add(name, inline ?? args[index + 1]);
    else if (DATABASE_FILE.test(arg) && !DATA_OPTION.test(args[index - 1] ?? '')) add('its arguments', arg);
  });
  return places;
}

function fileClashes(transport: StdioTransport, others: readonly Other[], reading: Reading): Finding[] {
  const program = ({ command, args }: StdioTransport): string =>
    [command, ...args.filter((arg) => !arg.startsWith('-')).slice(0, 1)].join(' ');
  return dataPlaces(transport, reading).flatMap(({ label, path: place }): Finding[] => {
    const rival = others.find((other) =>
      dataPlaces(other.transport, reading).some((theirs) => theirs.path === place),
    );
    if (!rival) return [];
    const isSameProgram = program(rival.transport) === program(transport);
    return [
      {
        severity: isSameProgram ? 'warning' : 'info',
        code: 'file',
        title: `Keeps its data where “${rival.server.name}” does`,
        detail: `${place} (named in ${label}). If both write there, one may undo what the other wrote, or wait for its lock.`,
        fix: 'Give one of them another place.',
      },
    ];
  });
}
