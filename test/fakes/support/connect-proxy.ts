import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export type FakeProxy = {
  url: string;
  /** `host:port` of each tunnel. */ asked: string[];
  close(): Promise<void>;
};

/** An HTTP proxy whose every tunnel ends at one address on this computer: so a fake can have any host name. */
export async function startFakeProxy(target: string): Promise<FakeProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const { port } = new URL(target);
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, client: Socket, head) => {
    asked.push(request.url ?? '');
    const upstream = connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    const end = (): void => {
      upstream.destroy();
      client.destroy();
    };
    upstream.on('error', end);
    client.on('error', end);
    upstream.on('close', end);
    client.on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
