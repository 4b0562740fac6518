import { Host, realServer } from '../support/host.js';
import type { Camera } from './camera.js';
import { SyncStates } from './sync-states.js';

/** Every state of a jack, the plan sheet, the conflict and the tables of the sync. */
export async function syncStage(camera: Camera): Promise<void> {
  await using host = await Host.start();
  const { client } = host;
  await client.call('settings.update', { patch: { secretStorage: 'session' } });
  const { server } = await client.call('server.create', {
    server: { name: 'everything', transport: realServer('everything') },
  });
  await client.call('run.start', { serverId: server.id });
  const pricing = { echo: 0.001, 'get-sum': 0.02 };
  await client.call('server.update', { id: server.id, patch: { tools: { pricing, autoExecute: ['echo'] } } });
  for (let call = 0; call < 7; call += 1)
    await client.call('tool.call', { serverId: server.id, name: 'echo', arguments: { message: 'x' } });
  const states = await SyncStates.start(client);
  try {
    await camera.take(host, await states.scenes(server.id));
  } finally {
    await states.close();
  }
}
