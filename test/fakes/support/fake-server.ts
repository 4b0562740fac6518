import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Faults, type Fault } from './faults.js';

export type RecordedRequest = {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Parsed JSON, `undefined` without a body. */
  body: unknown;
};

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

/** The part that differs between the fakes: answers a request and changes its state. */
export type Backend = {
  answer(request: RecordedRequest): Answer | Promise<Answer>;
  /** A copy of all that is stored. */
  save(): unknown;
  /** Puts a copy back; `fields`: only those fields of each record. */
  restore(saved: unknown, fields?: string[]): void;
};

export type ServeOptions = {
  port?: number | undefined;
  tls?: { key: string; cert: string } | undefined;
};

export type RunningFake = {
  readonly url: string;
  readonly requests: RecordedRequest[];
  readonly faults: Faults;
  /** Refuses connections until `online`. */
  offline(): Promise<void>;
  /** Listens again, on the same port. */
  online(): Promise<void>;
  close(): Promise<void>;
};

const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action="/login"><input name="password"></form></body></html>';

/** An HTTP server on 127.0.0.1 that records what it is asked and fails when it is told to. */
export async function serve(
  backend: Backend,
  { port: wanted = 0, tls }: ServeOptions = {},
): Promise<RunningFake> {
  const requests: RecordedRequest[] = [];
  const faults = new Faults();
  const sockets = new Set<Socket>();
  let server: Server;
  let port = wanted;

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await record(incoming);
    requests.push(request);
    const answering = { answer: async () => faults.spoilt(request, await backend.answer(request)) };
    await respond({ ...bound(backend), ...answering }, request, response, faults.take(request));
  };

  const open = (): Promise<void> => {
    const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
      handle(incoming, response).catch(() => response.destroy());
    };
    server = tls ? createTlsServer(tls, listener) : createServer(listener);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    return new Promise((resolve, reject) => {
      server.on('error', (error: NodeJS.ErrnoException) => {
        // While it was away, the same port may have been given to somebody's outgoing connection for a moment.
        if (error.code !== 'EADDRINUSE' || port === wanted) reject(error);
        else setTimeout(() => server.listen(port, '127.0.0.1'), 50);
      });
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  };

  const shut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      sockets.forEach((socket) => socket.destroy());
    });

  await open();
  return {
    get url() {
      return `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    },
    requests,
    faults,
    offline: shut,
    online: open,
    close: shut,
  };
}

const bound = (backend: Backend): Pick<Backend, 'save' | 'restore'> => ({
  save: () => backend.save(),
  restore: (saved, fields) => backend.restore(saved, fields),
});

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    body = text;
  }
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
  };
}

async function respond(
  backend: Backend,
  request: RecordedRequest,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return send(response, await backend.answer(request));
    case 'latency':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return send(response, await backend.answer(request));
    case 'late': {
      const answer = await backend.answer(request);
      // As it is now: what is stored may change while the answer travels.
      const sent = structuredClone(answer);
      await fault.until;
      return send(response, sent);
    }
    case 'hang':
      if (fault.commits) await backend.answer(request);
      return;
    case 'drop':
      response.destroy();
      return;
    case 'drop-after-commit':
      await backend.answer(request);
      response.destroy();
      return;
    case 'status':
      if (fault.commits) await backend.answer(request);
      return send(response, {
        status: fault.status,
        body: fault.body ?? { detail: `made to answer ${fault.status}` },
        ...(fault.headers && { headers: fault.headers }),
      });
    case 'lie': {
      const saved = backend.save();
      const answer = await backend.answer(request);
      backend.restore(saved, fault.fields);
      return send(response, answer);
    }
    case 'truncate': {
      const text = JSON.stringify((await backend.answer(request)).body ?? {});
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text.slice(0, Math.max(1, Math.floor(text.length / 2))));
      return;
    }
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(LOGIN_PAGE);
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`[${' '.repeat(fault.bytes)}`);
      return;
    case 'redirect':
      response.writeHead(fault.status ?? 302, { location: fault.to });
      response.end();
      return;
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  if (response.destroyed) return;
  if (body === undefined) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
