import {
  remoteSchema,
  serverSchema,
  type Remote,
  type Server,
  type StoredLink,
} from '../../../src-main/contract/index.js';

/** A server as the app would store it. */
export function server(id: string, change: Record<string, unknown> = {}): Server {
  return serverSchema.parse({
    id,
    revision: 1,
    name: `server ${id}`,
    transport: { type: 'stdio', command: 'node', args: ['server.js'] },
    ...change,
  });
}

export function remote(id: string, change: Record<string, unknown> = {}): Remote {
  return remoteSchema.parse({
    id,
    name: `remote ${id}`,
    kind: 'letta',
    baseUrl: 'https://letta.example.org',
    ...change,
  });
}

export function link(
  id: string,
  serverId: string,
  remoteId: string,
  change: Partial<StoredLink> = {},
): StoredLink {
  return { id, serverId, remoteId, remoteName: 'there', state: 'unknown', ...change };
}
