import { join } from 'node:path';
import { ROOT, type Host } from '../support/host.js';

/** Starts the server that floods its stderr when it is told to. Answers its id. */
export async function startFloodingServer({
  client,
}: Awaited<ReturnType<typeof Host.start>>): Promise<string> {
  const { server } = await client.call('server.create', {
    server: {
      name: 'flood',
      transport: {
        type: 'stdio',
        command: process.execPath,
        args: [join(ROOT, 'test/fakes/servers/flooding.mjs')],
      },
    },
  });
  await client.call('run.start', { serverId: server.id });
  return server.id;
}
