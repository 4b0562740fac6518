import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { request } from 'undici';

export type PassThrough = {
  url: string;
  /** How many requests that were no GET went through. */
  writes(): number;
  close(): Promise<void>;
};

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

/** Stands before a real server and counts what is sent to it. */
export async function startPassThrough(target: string): Promise<PassThrough> {
  let writes = 0;
  const sockets = new Set<Socket>();
  const origin = target.replace(/\/+$/, '');
  const server = createServer((incoming, outgoing) => {
    const pass = async (): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      if (incoming.method !== 'GET') writes += 1;
      const headers = Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name));
      const answer = await request(`${origin}${incoming.url ?? '/'}`, {
        method: incoming.method as 'GET',
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: chunks.length > 0 ? Buffer.concat(chunks) : null,
        headersTimeout: 150_000,
        bodyTimeout: 150_000,
      });
      const body = Buffer.from(await answer.body.arrayBuffer());
      const back = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name));
      outgoing.writeHead(answer.statusCode, Object.fromEntries(back) as Record<string, string | string[]>);
      outgoing.end(body);
    };
    pass().catch(() => outgoing.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes: () => writes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
