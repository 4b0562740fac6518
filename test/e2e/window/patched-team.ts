import { onTestFinished } from 'vitest';
import { startFakeLetta } from '../../fakes/letta/index.js';
import { startHost } from './browser.js';

export const sse = (name: string) => ({ type: 'sse' as const, url: `https://${name}.example.com/sse` });

/** A host with a Letta "Team", and servers of these names that are in sync there. */
export async function patchedTeam(names: readonly string[]) {
  const letta = await startFakeLetta({ version: '0.16.6' });
  onTestFinished(() => letta.close());
  const host = await startHost();
  const { client } = host;
  const { remote } = await client.call('remote.create', {
    remote: { kind: 'letta', name: 'Team', baseUrl: letta.url },
  });
  for (const name of names) {
    const { server } = await client.call('server.create', { server: { name, transport: sse(name) } });
    await client.call('link.create', { serverId: server.id, remoteId: remote.id });
  }
  await client.call('sync.apply', {});
  return { letta, host, client, remote };
}
