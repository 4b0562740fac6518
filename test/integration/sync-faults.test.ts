import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Remote, Server } from '../../src-main/contract/index.js';
import { startFakeBifrost, type FakeBifrost } from '../fakes/bifrost/index.js';
import { startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import type { Fault } from '../fakes/support/faults.js';
import { SyncRig } from '../support/sync-rig.js';

/** What can go wrong between here and there, the same for both kinds of remotes. */
type Kind = {
  kind: 'letta' | 'bifrost';
  start(): Promise<FakeLetta | FakeBifrost>;
  stored(
    fake: FakeLetta | FakeBifrost,
  ): { name: string; url: string | null; headers: Record<string, string> }[];
  item: RegExp;
  collection: RegExp;
};

const KINDS: Kind[] = [
  {
    kind: 'letta',
    start: () => startFakeLetta({ version: '0.16.6' }),
    stored: (fake) =>
      (fake as FakeLetta).state.rows.map((row) => ({
        name: row.server_name,
        url: row.server_url,
        headers: row.custom_headers ?? {},
      })),
    item: /^\/v1\/mcp-servers\/mcp_server-/,
    collection: /^\/v1\/mcp-servers\/$/,
  },
  {
    kind: 'bifrost',
    start: () => startFakeBifrost({ version: '1.4' }),
    stored: (fake) =>
      (fake as FakeBifrost).state.clients.map((client) => ({
        name: client.name,
        url: client.connection_string,
        headers: client.headers,
      })),
    item: /^\/api\/mcp\/client\/./,
    collection: /^\/api\/mcp\/client$/,
  },
];

describe.each(KINDS)('$kind', ({ kind, start, stored, item, collection }) => {
  let rig: SyncRig;
  let fake: FakeLetta | FakeBifrost;
  let remote: Remote;
  let server: Server;

  beforeEach(async () => {
    rig = SyncRig.inMemory();
    fake = await start();
    remote = await rig.remote({ kind, name: 'Remote', baseUrl: fake.url });
    server = await rig.server({
      name: 'one',
      transport: {
        type: 'sse',
        url: 'https://a.example.com/first',
        headers: { 'X-Key': { newSecret: 'key-secret-1' } },
      },
    });
  });
  afterEach(async () => {
    await rig[Symbol.asyncDispose]();
    await fake.close();
  });

  const meant = (url = 'https://a.example.com/first', key = 'key-secret-1') => [
    { name: 'one', url, headers: { 'X-Key': key } },
  ];

  it('waits in the outbox while the remote is away, and delivers by itself when it is back', async () => {
    const link = await rig.sync.link(server.id, remote.id);
    await fake.offline();
    expect(await rig.apply(link.id)).toMatchObject({
      status: 'queued',
      verified: false,
      error: { code: 'remote_unreachable' },
    });
    expect(rig.link(link.id)).toMatchObject({ state: 'queued', outbox: { attempts: 1 } });
    expect(await rig.plan(link.id)).toMatchObject({ action: 'blocked' });
    expect(rig.link(link.id).state).toBe('queued');
    // The newest wish counts, not the one that was queued.
    await rig.update(server.id, { transport: { url: 'https://a.example.com/second' } });
    await fake.online();
    await expect.poll(() => rig.link(link.id).state, { timeout: 20_000 }).toBe('in_sync');
    expect(stored(fake)).toEqual(meant('https://a.example.com/second'));
    expect(rig.link(link.id).outbox).toBeUndefined();
    expect(rig.link(link.id).error).toBeUndefined();
  });

  it('can be taken back while it waits', async () => {
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, { transport: { url: 'https://a.example.com/second' } });
    await fake.offline();
    await rig.apply(linkId);
    expect(await rig.sync.cancel(linkId)).toMatchObject({ state: 'local_ahead' });
    expect(rig.link(linkId).outbox).toBeUndefined();
    await rig.update(server.id, { transport: { url: 'https://a.example.com/first' } });
    await expect.poll(() => rig.link(linkId).state).toBe('in_sync');
  });

  const create = { method: 'POST', path: collection };
  it.each<[string, Fault, boolean]>([
    ['the connection drops before it', { kind: 'drop' }, true],
    ['the connection drops after it', { kind: 'drop-after-commit' }, false],
    ['a gateway answers 502', { kind: 'status', status: 502 }, true],
    ['a gateway answers 503', { kind: 'status', status: 503 }, true],
    ['the answer is cut off', { kind: 'truncate' }, false],
  ])('a create where %s ends with exactly one entry', async (_what, fault, isQueued) => {
    const link = await rig.sync.link(server.id, remote.id);
    fake.faults.add(fault, create);
    const outcome = await rig.apply(link.id);
    expect(outcome.status).toBe(isQueued ? 'queued' : 'synced');
    await expect.poll(() => rig.link(link.id).state, { timeout: 15_000 }).toBe('in_sync');
    expect(stored(fake)).toEqual(meant());
    expect(await rig.apply(link.id)).toMatchObject({ status: 'unchanged' });
  });

  it('a create whose answer never came, with the remote away right after, is looked up before it is repeated', async () => {
    const link = await rig.sync.link(server.id, remote.id);
    fake.faults.add({ kind: 'drop-after-commit' }, create);
    const original = fake.faults.take.bind(fake.faults);
    let isCut = false;
    fake.faults.take = (request) => {
      if (isCut && request.method === 'GET') {
        isCut = false;
        return { kind: 'drop' };
      }
      if (request.method === 'POST') isCut = true;
      return original(request);
    };
    expect(await rig.apply(link.id)).toMatchObject({ status: 'queued' });
    expect(rig.link(link.id).outbox).toMatchObject({ creating: { name: 'one' } });
    expect(stored(fake)).toHaveLength(1);
    fake.faults.take = original;
    await expect.poll(() => rig.link(link.id).state, { timeout: 15_000 }).toBe('in_sync');
    expect(stored(fake)).toEqual(meant());
    expect(
      fake.requests.filter(({ method, path }) => method === 'POST' && collection.test(path)),
    ).toHaveLength(1);
  });

  it.each<[string, Fault]>([
    ['drops before it', { kind: 'drop' }],
    ['drops after it', { kind: 'drop-after-commit' }],
    ['is answered 503', { kind: 'status', status: 503 }],
    ['is carried out and answered 502', { kind: 'status', status: 502, commits: true }],
  ])('an update that %s arrives in the end', async (_what, fault) => {
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, { transport: { headers: { 'X-Key': { newSecret: 'yek-terces-2' } } } });
    fake.faults.add(fault, { path: item });
    await rig.apply(linkId);
    await expect.poll(() => rig.link(linkId).state, { timeout: 15_000 }).toBe('in_sync');
    expect(stored(fake)).toEqual(meant(undefined, 'yek-terces-2'));
  });

  it('an update that is stored and answered 500 is what it is: stored', async () => {
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, { transport: { headers: { 'X-Key': { newSecret: 'yek-terces-2' } } } });
    fake.faults.add({ kind: 'status', status: 500, commits: true }, { path: item });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    await rig.update(server.id, { transport: { headers: { 'X-Key': { newSecret: 'key-secret-3' } } } });
    fake.faults.add({ kind: 'status', status: 500 }, { path: item, times: 2 });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'failed', verified: false });
  });

  it('a 429 with Retry-After is left in peace for that long', async () => {
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, { transport: { url: 'https://a.example.com/other' } });
    fake.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '3' } }, { times: 1 });
    const at = Date.now();
    expect(await rig.apply(linkId)).toMatchObject({ status: 'queued' });
    const count = fake.requests.length;
    await expect.poll(() => rig.link(linkId).state, { timeout: 15_000 }).toBe('in_sync');
    expect(Date.now() - at).toBeGreaterThanOrEqual(2_900);
    expect(fake.requests.length).toBeGreaterThan(count);
    expect(stored(fake)[0]?.url).toBe('https://a.example.com/other');
  });

  it('a 200 that stored nothing has failed, and names the field', async () => {
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, {
      transport: { headers: { 'X-Key': { newSecret: 'a whole other secret' } } },
    });
    fake.faults.add({ kind: 'lie' }, { method: kind === 'letta' ? 'PATCH' : 'PUT', times: 5 });
    const outcome = await rig.apply(linkId);
    expect(outcome).toMatchObject({ status: 'failed', verified: false, error: { code: 'remote_rejected' } });
    expect(outcome.error?.message).toContain('transport.headers.X-Key');
    expect(JSON.stringify(outcome)).not.toContain('secret-1');
    expect(rig.link(linkId).state).toBe('failed');
    expect((await rig.plan(linkId)).action).toBe('update');
    expect(rig.link(linkId).state).toBe('failed');
    fake.faults.clear();
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    expect(stored(fake)).toEqual(meant(undefined, 'a whole other secret'));
  });

  it('a rename that was not stored stays wished for', async () => {
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.find('one') ?? {}, { [kind === 'letta' ? 'server_name' : 'name']: 'theirs' });
    fake.faults.add({ kind: 'lie' }, { method: kind === 'letta' ? 'PATCH' : 'PUT' });
    const local = { resolve: { [linkId]: 'local' as const }, consent: ['rename' as const] };
    expect(await rig.apply(linkId, local)).toMatchObject({ status: 'failed' });
    // What they called it is not what it is called there by choice.
    expect(await rig.plan(linkId)).toMatchObject({ action: 'update', requiresConsent: ['rename'] });
    expect(await rig.apply(linkId, local)).toMatchObject({ status: 'synced' });
    expect(stored(fake)).toEqual(meant());
  });

  it('a lie that a redaction would hide is found out too', async () => {
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, { transport: { headers: { 'X-Key': { newSecret: 'key-terces-1' } } } });
    fake.faults.add({ kind: 'lie' }, { method: kind === 'letta' ? 'PATCH' : 'PUT', times: 5 });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'failed', verified: false });
    expect(rig.link(linkId).state).toBe('failed');
    fake.faults.clear();
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    expect(stored(fake)).toEqual(meant(undefined, 'key-terces-1'));
  });

  it('a create that stored nothing has failed', async () => {
    const link = await rig.sync.link(server.id, remote.id);
    fake.faults.add({ kind: 'lie' }, create);
    expect(await rig.apply(link.id)).toMatchObject({ status: 'failed', verified: false });
    expect(rig.link(link.id).state).toBe('failed');
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced' });
    expect(stored(fake)).toEqual(meant());
  });

  it('never overwrites an edit made on the remote unasked', async () => {
    const { linkId } = await rig.patch(server, remote);
    const held = stored(fake)[0];
    edit('https://a.example.com/theirs');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'conflict', verified: false });
    expect(rig.link(linkId).state).toBe('remote_ahead');
    expect(await rig.plan(linkId)).toMatchObject({ action: 'conflict' });
    await rig.update(server.id, { transport: { url: 'https://a.example.com/mine' } });
    await expect.poll(() => rig.link(linkId).state).toBe('conflict');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'conflict' });
    expect(stored(fake)[0]).toEqual({ ...held, url: 'https://a.example.com/theirs' });
    expect(await rig.apply(linkId, { resolve: { [linkId]: 'local' } })).toMatchObject({ status: 'synced' });
    expect(stored(fake)[0]).toEqual({ ...held, url: 'https://a.example.com/mine' });
  });

  function edit(url: string): void {
    if (kind === 'letta') Object.assign((fake as FakeLetta).state.find('one') ?? {}, { server_url: url });
    else Object.assign((fake as FakeBifrost).state.find('one') ?? {}, { connection_string: url });
  }

  it('sees an edit that was made between its look and its write', async () => {
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, { transport: { headers: { 'X-New': '1' } } });
    const original = fake.faults.take.bind(fake.faults);
    let looks = 0;
    fake.faults.take = (request) => {
      if (request.method === 'GET') looks += 1;
      // The first look is slow enough to be stale when its answer is acted upon; the edit comes before the second.
      if (looks === 1) return { kind: 'latency', ms: 2_100 };
      if (looks === 2) edit('https://b.example.net/other/theirs');
      return original(request);
    };
    expect(await rig.apply(linkId)).toMatchObject({ status: 'conflict' });
    expect(stored(fake)[0]?.url).toBe('https://b.example.net/other/theirs');
    expect(stored(fake)[0]?.headers).toEqual({ 'X-Key': 'key-secret-1' });
  });

  it('an entry that is gone is missing, and is made anew', async () => {
    const { linkId } = await rig.patch(server, remote);
    if (kind === 'letta') (fake as FakeLetta).state.rows.length = 0;
    else (fake as FakeBifrost).state.clients.length = 0;
    const step = await rig.plan(linkId);
    expect(step.action).toBe('create');
    expect(step.warnings.join(' ')).toMatch(/removed on the remote/);
    expect(rig.link(linkId).state).toBe('missing');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
    expect(stored(fake)).toEqual(meant());
  });

  it('says what stopped it when the keychain is locked, and plans all the same', async () => {
    const { linkId } = await rig.patch(server, remote);
    rig.isLocked = true;
    expect((await rig.plan(linkId)).action).toBe('none');
    await rig.update(server.id, { transport: { url: 'https://a.example.com/other' } });
    expect(await rig.apply(linkId)).toMatchObject({
      status: 'failed',
      error: { code: 'keychain_unavailable' },
    });
    rig.isLocked = false;
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
  });
});

describe('a restart of the host', () => {
  it('delivers what waited', async () => {
    await using rig = await SyncRig.onDisk();
    const letta = await startFakeLetta();
    try {
      const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: letta.url });
      const server = await rig.server({
        name: 'one',
        transport: { type: 'sse', url: 'https://a.example.com' },
      });
      const link = await rig.sync.link(server.id, remote.id);
      await letta.offline();
      await rig.apply(link.id);
      await rig.restart();
      expect(rig.link(link.id).state).toBe('queued');
      await letta.online();
      rig.sync.resume();
      await expect.poll(() => rig.link(link.id).state, { timeout: 20_000 }).toBe('in_sync');
      expect(letta.state.find('one')?.server_url).toBe('https://a.example.com');
    } finally {
      await letta.close();
    }
  });
});
