import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { App } from '../../app.js';
import { PRIVATE_FILE } from '../../platform/durable-file.js';
import { JsonLines } from './json-lines.js';
import { clearPlaces, leaveOutside, placeInside, placeOutside, type Place } from './socket-place.js';

/** Imports may be 5 MB of text; nothing a person does is larger. */
const LONGEST_LINE = 16 * 1024 * 1024;
const MAX_CONNECTIONS = 64;
/** Beyond this a peer does not read; its log lines are left out, then it is let go. */
const SLOW_BYTES = 8 * 1024 * 1024;
const STUCK_BYTES = 64 * 1024 * 1024;
/** What file systems without sockets (FAT, some shares) answer. */
const NO_SOCKETS_HERE = new Set(['EOPNOTSUPP', 'ENOTSUP', 'EPERM', 'EINVAL', 'ENOSYS', 'EACCES', 'EIO']);

type Door = Pick<App, 'rpc' | 'onNotification'>;
export type LocalSocket = {
  address: string;
  /** At once, so that it is done before the folder's lock is given back and another host opens its own. */
  close(): void;
};

/**
 * Opens the app to programs of this person on this computer, the `jackfield` command first of all: the methods and
 * notifications of the window, one JSON-RPC object a line. Who may connect is what the file's permissions say; there is
 * no other check, since whoever can open this file can read the catalog beside it too.
 * @throws the system's error where no socket can be made
 */
export async function openLocalSocket(app: Door, dataDir: string): Promise<LocalSocket> {
  await clearPlaces(dataDir);
  const peers = new Set<Socket>();
  const server = createServer((peer) => {
    peers.add(peer);
    peer.once('close', () => peers.delete(peer));
    serve(peer, app);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const place = await listenSomewhere(server, dataDir);
  // A fault of one connection must not end the host.
  server.on('error', () => undefined);
  return {
    address: place.address,
    close() {
      if (!server.listening) return;
      for (const peer of peers) peer.destroy();
      // This removes the socket's file too.
      server.close();
      if (place.isOutside) leaveOutside(dataDir, place);
    },
  };
}

/** The same for a host, which does without it where it must. Answers what closes it. */
export async function offerLocalSocket(
  app: Door,
  dataDir: string,
  say: (line: string) => void,
): Promise<() => void> {
  try {
    const socket = await openLocalSocket(app, dataDir);
    return () => socket.close();
  } catch (error) {
    say(`The jackfield command cannot reach this Jackfield: ${String(error)}`);
    return () => undefined;
  }
}

async function listenSomewhere(server: Server, dataDir: string): Promise<Place> {
  const inside = placeInside(dataDir);
  if (inside) {
    try {
      await listen(server, inside.address);
      return inside;
    } catch (error) {
      if (!NO_SOCKETS_HERE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  const outside = await placeOutside(dataDir, process.env);
  await listen(server, outside.address);
  return outside;
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const done = (): void => {
      server.off('error', reject);
      resolve();
    };
    if (process.platform === 'win32') return void server.listen(address, done);
    // The file is made by the call itself: there is no moment at which somebody else could open it.
    const before = process.umask(0o177);
    try {
      server.listen(address, done);
    } finally {
      process.umask(before);
    }
    server.once('listening', () => chmodSync(address, PRIVATE_FILE));
  });
}

function serve(peer: Socket, app: Door): void {
  const lines = new JsonLines(LONGEST_LINE);
  let stopListening: (() => void) | undefined;
  peer.on('error', () => peer.destroy());
  peer.once('close', () => stopListening?.());
  peer.on('data', (chunk: Buffer) => {
    let texts: string[];
    try {
      texts = lines.push(chunk);
    } catch {
      return peer.destroy();
    }
    for (const text of texts)
      void app.rpc.receiveText(text, 'program').then((reply) => reply && push(peer, reply, false));
    // Who has asked nothing is told nothing: on Windows others may open a pipe to read.
    stopListening ??= app.onNotification((method, params) =>
      push(peer, JSON.stringify({ jsonrpc: '2.0', method, params }), method === 'log.appended'),
    );
  });
}

function push(peer: Socket, text: string, mayBeLeftOut: boolean): void {
  if (peer.destroyed || !peer.writable) return;
  if (peer.writableLength > STUCK_BYTES) return void peer.destroy();
  if (mayBeLeftOut && peer.writableLength > SLOW_BYTES) return;
  peer.write(`${text}\n`);
}
