import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeBifrost, type FakeBifrost } from '../fakes/bifrost/index.js';
import { startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import type { Fault } from '../fakes/support/faults.js';
import { SyncRig } from '../support/sync-rig.js';

/** Whatever answers at a URL, it is told apart and said in words. */
let rig: SyncRig;
let open: { close(): Promise<void> }[];
beforeEach(() => {
  rig = SyncRig.inMemory();
  open = [];
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  await Promise.all(open.map((fake) => fake.close()));
});

async function letta(options: Parameters<typeof startFakeLetta>[0] = {}): Promise<FakeLetta> {
  const fake = await startFakeLetta(options);
  open.push(fake);
  return fake;
}

async function bifrost(options: Parameters<typeof startFakeBifrost>[0] = {}): Promise<FakeBifrost> {
  const fake = await startFakeBifrost(options);
  open.push(fake);
  return fake;
}

const bearer = (newSecret: string) => ({ type: 'bearer' as const, token: { newSecret } });
const basic = (newSecret: string) => ({ type: 'basic' as const, username: 'admin', password: { newSecret } });

describe('what answers', () => {
  it.each<[string, Fault, RegExp]>([
    ['a login page', { kind: 'html' }, /web page/],
    ['40 MB of nothing', { kind: 'huge', bytes: 40_000_000 }, /MB/],
    ['half an answer', { kind: 'truncate' }, /broke off/],
    ['something that is no JSON', { kind: 'status', status: 200, body: undefined }, /shape|no JSON/],
    ['500', { kind: 'status', status: 500, body: { detail: 'boom' } }, /500.*boom/],
    ['429', { kind: 'status', status: 429 }, /busy/],
    ['403', { kind: 'status', status: 403 }, /403/],
    ['401', { kind: 'status', status: 401 }, /401/],
  ])('%s is told apart', async (_what, fault, message) => {
    const fake = await letta();
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    fake.faults.add(fault, { path: /mcp-servers/, times: Infinity });
    const test = await rig.sync.test(remote.id);
    expect(test.ok).toBe(false);
    expect(test.problems[0]?.message).toMatch(message);
    expect(test.problems[0]?.hint).not.toBe('');
    const server = await rig.server({
      name: 'one',
      transport: { type: 'sse', url: 'https://a.example.com' },
    });
    const link = await rig.sync.link(server.id, remote.id);
    const step = await rig.plan(link.id);
    expect(step.action).toBe('blocked');
    expect(step.warnings[0]).toMatch(message);
  });

  it('wrong types are reported with their path', async () => {
    const fake = await letta();
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    fake.faults.add(
      { kind: 'status', status: 200, body: [{ id: 'mcp_server-1', server_name: 7, mcp_server_type: 'sse' }] },
      { path: /mcp-servers/ },
    );
    const test = await rig.sync.test(remote.id);
    expect(test.problems[0]?.message).toContain('0.server_name');
  });

  it('unknown fields are passed over', async () => {
    const fake = await letta();
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    const row = {
      id: 'mcp_server-1',
      server_name: 'x',
      mcp_server_type: 'sse',
      server_url: 'https://a.example.com',
      new_field: 1,
    };
    fake.faults.add({ kind: 'status', status: 200, body: [row] }, { path: /mcp-servers/ });
    expect(await rig.sync.entries(remote.id)).toMatchObject([{ name: 'x', transportType: 'sse' }]);
  });

  it('a JSON server that is no Letta', async () => {
    const fake = await letta();
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    fake.faults.add(
      { kind: 'status', status: 404, body: { detail: 'Not Found' } },
      { path: /./, times: Infinity },
    );
    expect(await rig.sync.test(remote.id)).toMatchObject({
      ok: false,
      problems: [{ code: 'unsupported', message: expect.stringContaining('/v1/mcp-servers') as string }],
    });
  });

  it('nobody', async () => {
    const fake = await letta();
    await fake.offline();
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    expect(await rig.sync.test(remote.id)).toMatchObject({
      ok: false,
      problems: [{ code: 'remote_unreachable' }],
    });
  });

  it('a Letta that is too old', async () => {
    const fake = await letta({ version: '0.12.1' });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: false, problems: [{ code: 'unsupported' }] });
  });

  it('a Letta whose list cannot be read for one bad row: the others are read one by one', async () => {
    const fake = await letta({ version: '0.16.8', stdio: true });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    const server = await rig.server({
      name: 'one',
      transport: { type: 'sse', url: 'https://a.example.com' },
    });
    const { linkId } = await rig.patch(server, remote);
    const other = structuredClone(fake.state.find('one'));
    if (other)
      fake.state.rows.push({
        ...other,
        id: 'mcp_server-old',
        server_name: 'old',
        server_url: 'http://10.0.0.1/sse',
      });
    const test = await rig.sync.test(remote.id);
    expect(test).toMatchObject({ ok: true });
    expect(test.problems.map(({ message }) => message).join(' ')).toMatch(/cannot be read/);
    await rig.update(server.id, { transport: { url: 'https://b.example.com' } });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
    await rig.update(server.id, { name: 'renamed' });
    expect((await rig.plan(linkId)).action).toBe('blocked');
  });

  it('a list that is full says that there may be more, and known entries are read one by one', async () => {
    const fake = await letta({ version: '0.16.2' });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    for (let index = 0; index < 52; index += 1)
      await rig.sync.link(
        (
          await rig.server({
            name: `s${index}`,
            transport: { type: 'sse', url: `https://a${index}.example.com` },
          })
        ).id,
        remote.id,
      );
    expect(new Set((await rig.sync.apply({})).map(({ status }) => status))).toEqual(new Set(['synced']));
    const steps = await rig.sync.plan();
    expect(steps.every(({ action }) => action === 'none')).toBe(true);
    expect(rig.catalog.links().every(({ state }) => state === 'in_sync')).toBe(true);
  });

  it('a Bifrost without a store: nothing waits for it to come back', async () => {
    const fake = await bifrost({ version: '1.6', store: false });
    const remote = await rig.remote({ kind: 'bifrost', name: 'Gate', baseUrl: fake.url });
    const test = await rig.sync.test(remote.id);
    expect(test.problems.map(({ message }) => message).join(' ')).toMatch(/store is switched off/);
    const server = await rig.server({
      name: 'one',
      transport: { type: 'sse', url: 'https://a.example.com' },
    });
    const { outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'unsupported' } });
    expect(outcome.error?.hint).toContain('config_store.enabled');
  });

  it('a list without an end: reading stops where nothing new comes', async () => {
    const fake = await bifrost({ version: '1.6' });
    const remote = await rig.remote({ kind: 'bifrost', name: 'Gate', baseUrl: fake.url });
    const config = { client_id: 'c1', name: 'one', connection_type: 'sse' };
    fake.faults.add(
      { kind: 'status', status: 200, body: { clients: [{ config }], total_count: 1e9, limit: 25 } },
      { method: 'GET', times: Infinity },
    );
    expect(await rig.sync.entries(remote.id)).toHaveLength(1);
    expect(fake.requests.length).toBeLessThan(6);
  });

  it('two headers that differ in case alone are no header of that value', async () => {
    const fake = await letta();
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: fake.url });
    const server = await rig.server({
      name: 'one',
      transport: { type: 'sse', url: 'https://a.example.com', headers: { 'X-Key': 'right' } },
    });
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.find('one') ?? {}, { custom_headers: { 'x-key': 'wrong', 'X-Key': 'right' } });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'conflict' });
    expect(await rig.apply(linkId, { resolve: { [linkId]: 'local' } })).toMatchObject({ status: 'synced' });
    expect(fake.state.find('one')?.custom_headers).toEqual({ 'X-Key': 'right' });
  });

  it('a kind of entry that the app has no word for is shown, and not adopted', async () => {
    const fake = await bifrost({ version: '2.2' });
    const remote = await rig.remote({ kind: 'bifrost', name: 'Gate', baseUrl: fake.url });
    const server = await rig.server({
      name: 'one',
      transport: { type: 'sse', url: 'https://a.example.com' },
    });
    const { linkId } = await rig.patch(server, remote);
    await rig.sync.unlink(linkId, false);
    const client = fake.state.find('one');
    if (client) client.connection_type = 'openapi';
    const [entry] = await rig.sync.entries(remote.id);
    expect(entry).toMatchObject({ name: 'one', transportType: 'openapi' });
    await expect(rig.sync.draft(remote.id, entry?.remoteEntryId ?? '')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('openapi') as string,
    });
  });

  it('a compressed answer is read, and one that was cut off is told apart', async () => {
    const body = gzipSync(JSON.stringify({ version: '0.16.8', status: 'ok' }));
    let cut = body.length;
    const server = createServer((request, response) => {
      const isHealth = request.url?.includes('health') ?? false;
      response.writeHead(200, {
        'content-type': 'application/json',
        ...(isHealth && { 'content-encoding': 'gzip' }),
      });
      response.end(isHealth ? body.subarray(0, cut) : '[]');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const { port } = server.address() as AddressInfo;
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: `http://127.0.0.1:${port}` });
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true, version: '0.16.8' });
    cut = 20;
    expect(await rig.sync.test(remote.id)).toMatchObject({
      ok: false,
      problems: [{ code: 'remote_unreachable', message: expect.stringContaining('broke off') as string }],
    });
  });

  it('a small answer that unpacks to gigabytes is given up on', async () => {
    const bomb = gzipSync(Buffer.alloc(60_000_000, ' '));
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const { port } = server.address() as AddressInfo;
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: `http://127.0.0.1:${port}` });
    expect((await rig.sync.test(remote.id)).problems[0]?.message).toMatch(/more than 4 MB/);
  });
});

describe('credentials', () => {
  it('Letta: bearer', async () => {
    const fake = await letta({ password: 'right' });
    const wrong = await rig.remote({
      kind: 'letta',
      name: 'A',
      baseUrl: fake.url,
      auth: bearer('wrong-secret'),
    });
    const right = await rig.remote({ kind: 'letta', name: 'B', baseUrl: fake.url, auth: bearer('right') });
    const test = await rig.sync.test(wrong.id);
    expect(test).toMatchObject({ ok: false, problems: [{ code: 'remote_unauthorized' }] });
    expect(test.problems[0]?.message).toContain('401');
    expect(JSON.stringify(test)).not.toContain('wrong-secret');
    expect(await rig.sync.test(right.id)).toMatchObject({ ok: true, profile: 'guarded', version: '0.16.8' });
  });

  const admin = { username: 'admin', password: 'a long Password 1' };
  it('Bifrost: Basic', async () => {
    const fake = await bifrost({ version: '1.5', admin });
    const wrong = await rig.remote({ kind: 'bifrost', name: 'A', baseUrl: fake.url, auth: basic('wrong') });
    const right = await rig.remote({
      kind: 'bifrost',
      name: 'B',
      baseUrl: fake.url,
      auth: basic(admin.password),
    });
    expect(await rig.sync.test(wrong.id)).toMatchObject({
      ok: false,
      problems: [{ code: 'remote_unauthorized' }],
    });
    expect(await rig.sync.test(right.id)).toMatchObject({ ok: true, profile: '1.5' });
  });

  it('Bifrost: where Basic is refused, a login is tried, and done again when its session ends', async () => {
    const fake = await bifrost({ version: '1.5', admin, sessionOnly: true });
    const remote = await rig.remote({
      kind: 'bifrost',
      name: 'B',
      baseUrl: fake.url,
      auth: basic(admin.password),
    });
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true });
    const logins = () => fake.requests.filter(({ path }) => path === '/api/session/login').length;
    expect(logins()).toBe(1);
    await rig.sync.entries(remote.id);
    expect(logins()).toBe(1);
    fake.faults.add({ kind: 'status', status: 401 }, { method: 'GET' });
    expect(await rig.sync.entries(remote.id)).toEqual([]);
    expect(logins()).toBe(2);
  });

  it('Bifrost: management key, setup token', async () => {
    const keyed = await bifrost({ version: '1.6', apiKey: 'management-key' });
    const locked = await bifrost({ version: '2.2', setupToken: 'setup-1' });
    const forbidden = await bifrost({ version: '2.2', setupToken: null });
    const one = await rig.remote({
      kind: 'bifrost',
      name: 'A',
      baseUrl: keyed.url,
      auth: bearer('management-key'),
    });
    const two = await rig.remote({
      kind: 'bifrost',
      name: 'B',
      baseUrl: locked.url,
      headers: { 'X-Bifrost-Setup-Token': { newSecret: 'setup-1' } },
    });
    const without = await rig.remote({ kind: 'bifrost', name: 'C', baseUrl: locked.url });
    const closed = await rig.remote({ kind: 'bifrost', name: 'D', baseUrl: forbidden.url });
    expect(await rig.sync.test(one.id)).toMatchObject({ ok: true });
    expect(await rig.sync.test(two.id)).toMatchObject({ ok: true });
    const missing = await rig.sync.test(without.id);
    expect(missing.ok).toBe(false);
    expect(JSON.stringify(missing)).toMatch(/X-Bifrost-Setup-Token/);
    expect((await rig.sync.test(closed.id)).problems[0]?.message).toMatch(/403.*setup token/);
  });

  it('Bifrost 2.x without a login: what a stranger may not register is told with its reason', async () => {
    const fake = await bifrost({ version: '2.2' });
    const remote = await rig.remote({ kind: 'bifrost', name: 'Gate', baseUrl: fake.url });
    const server = await rig.server({ name: 'one', transport: { type: 'stdio', command: 'npx' } });
    // An empty gateway does not show yet which version it is.
    const { linkId, outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'remote_unauthorized' } });
    expect(outcome.error?.message).toMatch(/dashboard authentication/);
    const public_ = await rig.server({
      name: 'two',
      transport: { type: 'sse', url: 'https://a.example.com' },
    });
    expect((await rig.patch(public_, remote)).outcome).toMatchObject({ status: 'synced' });
    // Now it does, and the same is known before anything is sent.
    const test = await rig.sync.test(remote.id);
    expect(test).toMatchObject({ ok: true, profile: '2.x' });
    expect(test.problems[0]?.message).toMatch(/no local commands/);
    const posts = () => fake.requests.filter(({ method }) => method === 'POST').length;
    const before = posts();
    expect((await rig.apply(linkId)).error?.message).toMatch(/takes no local commands/);
    const inside = await rig.server({
      name: 'three',
      transport: { type: 'sse', url: 'http://10.0.0.8/sse' },
    });
    expect((await rig.patch(inside, remote)).outcome.error?.message).toMatch(/10\.0\.0\.8 is one/);
    const headers = { 'X-Key': 'env.KEY' };
    const referring = await rig.server({
      name: 'four',
      transport: { type: 'sse', url: 'https://a.example.com', headers },
    });
    expect((await rig.patch(referring, remote)).outcome.error?.message).toMatch(/no references/);
    expect(posts()).toBe(before);
  });

  it('Bifrost 2.x with a login asks nothing of the kind', async () => {
    const fake = await bifrost({ version: '2.2', admin });
    const remote = await rig.remote({
      kind: 'bifrost',
      name: 'Gate',
      baseUrl: fake.url,
      auth: basic(admin.password),
    });
    for (const [name, transport] of [
      ['one', { type: 'sse', url: 'http://10.0.0.8/sse' }],
      ['two', { type: 'stdio', command: 'npx' }],
    ] as const)
      expect((await rig.patch(await rig.server({ name, transport }), remote)).outcome).toMatchObject({
        status: 'synced',
      });
    expect((await rig.sync.test(remote.id)).problems).toEqual([]);
  });
});
