import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { App, Caller } from '../../app.js';
import { isOwn, PROTOCOL, type Access } from './access.js';
import { keepPace } from './pace.js';

/** Imports may be 5 MB of text; nothing a person does is larger. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const MAX_CONNECTIONS = 64;
/** Beyond this a peer does not read; its log lines are left out, then it is let go. */
const SLOW_BYTES = 8 * 1024 * 1024;
const STUCK_BYTES = 64 * 1024 * 1024;

type Wire = { close(): void };

/** JSON-RPC 2.0 over WebSocket at `/rpc` (INTERFACE §2): one object a message. */
export function attachWire(server: Server, app: App, access: Access, port: () => number): Wire {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => PROTOCOL,
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A peer that resets in mid-handshake would otherwise end the host as an unhandled error.
    socket.on('error', () => socket.destroy());
    const refusal = refusalOf(request, access, port(), sockets.clients.size);
    if (refusal) return refuse(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (peer) => {
      app.setAttended(true);
      peer.once('close', () => app.setAttended(sockets.clients.size > 0));
      // No browser lets a page leave out its origin, so whoever has none is no page.
      serve(peer, app, request.headers.origin === undefined ? 'program' : 'page');
    });
  });

  const stopListening = app.onNotification((method, params) => {
    if (sockets.clients.size === 0) return;
    const text = JSON.stringify({ jsonrpc: '2.0', method, params });
    for (const peer of sockets.clients) push(peer, text, method === 'log.appended');
  });

  return {
    close() {
      stopListening();
      for (const peer of sockets.clients) peer.close(1001, 'The host is stopping');
      sockets.close();
      // A peer that does not answer the close would hold the HTTP server open.
      setTimeout(() => sockets.clients.forEach((peer) => peer.terminate()), 500).unref();
    },
  };
}

/** The HTTP status line an upgrade is refused with, or nothing when it may go on. */
function refusalOf(request: IncomingMessage, access: Access, port: number, open: number): string | undefined {
  if (!isOwn(request, port)) return '403 Forbidden';
  // Split by hand: `new URL` throws at targets such as "//", which anybody may send.
  if (request.url?.split('?')[0] !== '/rpc') return '404 Not Found';
  if (!access.admits(request)) return '401 Unauthorized';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
  if (!offered.includes(PROTOCOL)) return '400 Bad Request';
  if (open >= MAX_CONNECTIONS) return '503 Service Unavailable';
  return undefined;
}

function refuse(socket: Duplex, status: string): void {
  // A peer that never closes its own side would keep the socket for good.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function push(peer: WebSocket, text: string, mayBeLeftOut: boolean): void {
  if (peer.readyState !== peer.OPEN) return;
  if (peer.bufferedAmount > STUCK_BYTES) return peer.terminate();
  if (mayBeLeftOut && peer.bufferedAmount > SLOW_BYTES) return;
  peer.send(text);
}

function serve(peer: WebSocket, app: App, caller: Caller): void {
  const noteMessage = keepPace(peer);
  peer.on('error', () => peer.terminate());
  peer.on('message', (data, isBinary) => {
    noteMessage();
    const text = isBinary ? undefined : bufferOf(data).toString('utf8');
    void app.rpc.receiveText(text, caller).then((reply) => reply && push(peer, reply, false));
  });
}

function bufferOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
