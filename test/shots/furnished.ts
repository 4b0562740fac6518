import type { Server } from '../../src-main/contract/index.js';
import { startFakeBifrost } from '../fakes/bifrost/index.js';
import { startFakeLetta } from '../fakes/letta/index.js';
import { Host, ROOT } from '../support/host.js';
import { KeychainSession } from '../support/keychain-session.js';
import type { RpcClient } from '../support/rpc-client.js';
import type { Shown } from './camera.js';

/** Run by name out of this repository's packages, so that no picture shows where the repository is. */
const local = (name: string, ...args: string[]) => ({
  type: 'stdio',
  command: 'npx',
  args: [`mcp-server-${name}`, ...args],
  cwd: ROOT,
});

async function fill(client: RpcClient, urls: { letta: string; bifrost: string }): Promise<string> {
  const create = async (server: object): Promise<Server> =>
    ((await client.raw('server.create', { server })) as { server: Server }).server;
  const everything = await create({
    name: 'everything',
    tags: ['demo'],
    transport: local('everything'),
  });
  const files = await create({ name: 'files', tags: ['demo'], transport: local('filesystem', '.') });
  const memory = await create({ name: 'memory', transport: local('memory') });
  const linear = await create({
    name: 'linear',
    transport: {
      type: 'sse',
      url: 'https://mcp.linear.app/sse',
      headers: { Authorization: { newSecret: 'Bearer example' } },
    },
  });
  await create({
    name: 'postgres',
    transport: { type: 'stdio', command: 'postgres-mcp', args: ['--read-only'] },
  });
  const { remote: letta } = await client.call('remote.create', {
    remote: { kind: 'letta', name: 'Letta', baseUrl: urls.letta },
  });
  const { remote: bifrost } = await client.call('remote.create', {
    remote: { kind: 'bifrost', name: 'Bifrost', baseUrl: urls.bifrost },
  });
  const pairs = [
    [everything, letta],
    [everything, bifrost],
    [files, letta],
    [memory, bifrost],
    [linear, letta],
    [linear, bifrost],
  ] as const;
  const resolve: Record<string, 'local'> = {};
  for (const [server, remote] of pairs) {
    const { link } = await client.call('link.create', { serverId: server.id, remoteId: remote.id });
    resolve[link.id] = 'local';
  }
  await client.call('sync.apply', { resolve });
  await client.call('server.update', {
    id: memory.id,
    patch: { tools: { pricing: { search_nodes: 0.001 } } },
  });
  for (const server of [everything, files, memory]) await client.call('run.start', { serverId: server.id });
  const { servers } = await client.call('app.snapshot', {});
  const broken = servers.find(({ name }) => name === 'postgres');
  await client.call('run.start', { serverId: broken?.id ?? '' }).catch(() => undefined);
  return everything.id;
}

/** Five servers in use, two remotes, a keychain: a window as it is on a usual day. */
export type Furnished = Shown & { client: RpcClient; everything: string };

/** Calls `work` with it, and takes it away again. */
export async function withFurnished(work: (furnished: Furnished) => Promise<void>): Promise<void> {
  const keychain = await KeychainSession.start();
  const letta = await startFakeLetta({ version: '0.16.6', stdio: true });
  const bifrost = await startFakeBifrost({ version: '1.5' });
  const host = await Host.start({ env: keychain.env });
  try {
    const everything = await fill(host.client, { letta: letta.url, bifrost: bifrost.url });
    await work({ ready: host.ready, client: host.client, everything });
  } finally {
    await host[Symbol.asyncDispose]();
    await Promise.all([letta.close(), bifrost.close()]);
    await keychain.stop();
  }
}
