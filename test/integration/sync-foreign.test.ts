import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Server } from '../../src-main/contract/index.js';
import { SyncRig } from '../support/sync-rig.js';

/** An entry that is somebody else's is never taken for the link's own, however alike the names are. */
let rig: SyncRig;
beforeEach(() => void (rig = SyncRig.inMemory()));
afterEach(() => rig[Symbol.asyncDispose]());

const server = (): Promise<Server> =>
  rig.server({
    name: 'search',
    transport: { type: 'sse', url: 'https://mine.example.com/sse', headers: { 'X-Key': 'mine' } },
  });

/** Somebody makes an entry of the same name. */
const makeTheirs = {
  letta: (url: string) =>
    fetch(`${url}/v1/mcp-servers/`, {
      method: 'POST',
      body: JSON.stringify({
        server_name: 'search',
        config: { mcp_server_type: 'sse', server_url: 'https://theirs.example.com/sse' },
      }),
    }),
  bifrost: (url: string) =>
    fetch(`${url}/api/mcp/client`, {
      method: 'POST',
      body: JSON.stringify({
        name: 'search',
        connection_type: 'sse',
        connection_string: 'https://theirs.example.com/sse',
        auth_type: 'none',
        tools_to_execute: [],
      }),
    }),
};

describe.each(['letta', 'bifrost'] as const)('%s', (kind) => {
  const start = () => (kind === 'letta' ? rig.letta({ version: '0.16.6' }) : rig.bifrost({ version: '1.5' }));

  it('made after a create of ours got lost: it is left alone, and can be linked', async () => {
    const { fake, remote } = await start();
    const link = await rig.sync.link((await server()).id, remote.id);
    fake.faults.add({ kind: 'drop' }, { method: 'POST' });
    expect(await rig.apply(link.id)).toMatchObject({ status: 'queued' });
    expect(rig.link(link.id).outbox).toHaveProperty('creating');
    expect((await makeTheirs[kind](fake.url)).status).toBe(200);
    const theirs = structuredClone(fake.state.find('search'));
    const outcome = await rig.apply(link.id, { resolve: { [link.id]: 'local' } });
    expect(outcome).toMatchObject({ status: 'blocked' });
    expect(outcome.error?.message).toContain('is not linked');
    expect(fake.state.find('search')).toEqual(theirs);
  });

  it('made while a create of ours is on its way, with its answer lost', async () => {
    const { fake, remote } = await start();
    const link = await rig.sync.link((await server()).id, remote.id);
    const take = fake.faults.take.bind(fake.faults);
    let made: Promise<unknown> | undefined;
    fake.faults.take = (request) => {
      if (request.method !== 'POST' || made) return take(request);
      made = makeTheirs[kind](fake.url);
      return { kind: 'drop' };
    };
    // The create is cut off, and the look that follows finds theirs.
    const list = fake.faults;
    list.add({ kind: 'latency', ms: 300 }, { method: 'GET', times: 2 });
    const outcome = await rig.apply(link.id);
    await made;
    expect(['queued', 'failed', 'blocked']).toContain(outcome.status);
    const stored = JSON.stringify(fake.state.find('search'));
    expect(stored).toContain('theirs.example.com');
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked' });
    expect(JSON.stringify(fake.state.find('search'))).toBe(stored);
  });

  it('a create of ours that got lost is found again, also by an older wish of it', async () => {
    const { fake, remote } = await start();
    const one = await server();
    const link = await rig.sync.link(one.id, remote.id);
    const take = fake.faults.take.bind(fake.faults);
    let isCut = false;
    fake.faults.take = (request) => {
      if (request.method === 'POST') {
        isCut = true;
        return { kind: 'drop-after-commit' };
      }
      return isCut && request.method === 'GET' ? { kind: 'drop' } : take(request);
    };
    expect(await rig.apply(link.id)).toMatchObject({ status: 'queued' });
    fake.faults.take = take;
    await rig.update(one.id, { transport: { headers: { 'X-Key': 'newer' } } });
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced', verified: true });
    expect(JSON.stringify(fake.state.find('search'))).toContain('"X-Key":"newer"');
    expect(fake.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});
