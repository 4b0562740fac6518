import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Socket } from 'node:net';
import packageJson from '../../../package.json' with { type: 'json' };
import { JsonLines } from '../socket/json-lines.js';
import { addressIn } from '../socket/socket-place.js';
import { CommandError, EXIT } from './command-error.js';
import { Door } from './door.js';
import type { Surroundings } from './place.js';

/** Answers hold at most what the app holds; this only stops what is no Jackfield at all. */
const LONGEST_LINE = 256 * 1024 * 1024;
const CONNECT_MS = 5_000;

/**
 * The app that works on this data folder: the running one where one runs, else one that is opened for this command.
 * @throws CommandError `not_found` where there is no data, `io` where a running app cannot be reached
 */
export async function openDoor(
  dataDir: string,
  surroundings: Surroundings,
  mayBegin: boolean,
): Promise<Door> {
  const running = await runningDoor(dataDir);
  if (running) return running;
  // A folder that was mistyped would be made, and found empty.
  if (!mayBegin && !existsSync(join(dataDir, 'catalog.json')))
    throw new CommandError(
      'not_found',
      `There is no Jackfield data in ${dataDir}.`,
      'Name the right data folder with --data-dir, open Jackfield once, or begin with: jackfield import',
    );
  return ownDoor(dataDir, surroundings);
}

/** @throws CommandError `not_running` where none runs */
export async function openRunningDoor(dataDir: string, what: string): Promise<Door> {
  const door = await runningDoor(dataDir);
  if (door) return door;
  throw new CommandError(
    'not_running',
    `No Jackfield is running on ${dataDir}, and ${what}.`,
    'Open Jackfield first. To run one server without it, use: jackfield run SERVER',
    EXIT.unreachable,
  );
}

/** `undefined` where no app runs, or what is left of one that was killed. */
export async function runningDoor(dataDir: string): Promise<Door | undefined> {
  const address = addressIn(dataDir);
  const socket = address === undefined ? undefined : await connected(address);
  return socket && doorOver(socket);
}

function connected(address: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), CONNECT_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    // Nobody listens there any more. If somebody does and will not talk, the folder's lock says so next.
    socket.once('error', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

function doorOver(socket: Socket): Door {
  const lines = new JsonLines(LONGEST_LINE);
  const door = new Door(true, {
    send: (message) =>
      new Promise((resolve, reject) => {
        socket.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
      }),
    close: () =>
      new Promise((resolve) => {
        socket.once('close', () => resolve());
        socket.destroy();
      }),
  });
  socket.on('error', () => socket.destroy());
  socket.once('close', () => door.fail('Jackfield ended before it had answered.'));
  socket.on('data', (chunk: Buffer) => {
    for (const line of lines.push(chunk)) door.receive(JSON.parse(line));
  });
  return door;
}

async function ownDoor(dataDir: string, { launchHelper, programs, launcher }: Surroundings): Promise<Door> {
  const { App, CatalogLockedError } = await import('../../app.js');
  const facts = { host: 'cli' as const, version: packageJson.version, dataDir, programs, launcher };
  const app = await App.open({ ...facts, launchHelper, isBrief: true }).catch((error: unknown) => {
    if (!(error instanceof CatalogLockedError)) throw error;
    throw new CommandError(
      'io',
      `A Jackfield (pid ${error.pid}) works on ${dataDir} but cannot be reached from here.`,
      'It may be starting or ending just now, be of an earlier version, or run on another computer: try again, or restart it.',
      EXIT.unreachable,
    );
  });
  const door = new Door(false, {
    async send(message) {
      const answer = await app.rpc.receive(message, 'program');
      if (answer) door.receive(answer);
    },
    close: () => app.close(),
  });
  app.onNotification((method, params) => door.receive({ method, params }));
  return door;
}
