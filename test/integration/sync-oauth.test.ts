import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SyncRig } from '../support/sync-rig.js';

let rig: SyncRig;
beforeEach(() => void (rig = SyncRig.inMemory()));
afterEach(() => rig[Symbol.asyncDispose]());

describe('OAuth at the gateway', () => {
  const transport = {
    type: 'streamable_http' as const,
    url: 'https://mcp.example.com/mcp',
    auth: {
      type: 'oauth' as const,
      clientId: 'cid',
      clientSecret: { newSecret: 'client-secret-1' },
      scopes: ['read'],
    },
  };

  it.each(['1.4', '1.5', '1.6', '2.2'] as const)(
    '%s: waits for the sign-in, then the entry is in sync',
    async (version) => {
      const { fake, remote } = await rig.bifrost({ version });
      const server = await rig.server({ name: 'search', transport, tools: { pricing: { a: 1 } } });
      const { linkId, outcome } = await rig.patch(server, remote);
      expect(outcome).toMatchObject({ status: 'queued', verified: false });
      expect(rig.link(linkId)).toMatchObject({
        state: 'queued',
        signInUrl: expect.stringMatching(/^https:\/\/auth/),
      });
      const [, query] = rig.link(linkId).signInUrl?.split('state=') ?? [];
      expect(fake.state.clients).toEqual([]);
      // Asking again begins no second sign-in.
      expect(await rig.apply(linkId)).toMatchObject({ status: 'queued' });
      expect(
        fake.requests.filter(({ method, path }) => method === 'POST' && path === '/api/mcp/client'),
      ).toHaveLength(1);
      const sent = fake.requests.find(({ method }) => method === 'POST')?.body;
      expect(sent).toMatchObject({
        auth_type: 'oauth',
        oauth_config: { client_id: 'cid', client_secret: 'client-secret-1', scopes: ['read'] },
      });
      fake.state.authorize(query ?? '');
      await expect.poll(() => rig.link(linkId).state, { timeout: 10_000 }).toBe('in_sync');
      expect(rig.link(linkId).signInUrl).toBeUndefined();
      expect(fake.state.find('search')).toMatchObject({
        auth_type: 'oauth',
        oauth_config_id: query,
        tool_pricing: { a: 1 },
      });
      expect(await rig.apply(linkId)).toMatchObject({ status: 'unchanged', verified: true });
      // An edit keeps the sign-in.
      await rig.update(server.id, { codeMode: true });
      expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
      expect(fake.state.find('search')).toMatchObject({ oauth_config_id: query, is_code_mode_client: true });
    },
  );

  it('a sign-in that nobody gave has failed, and can be begun again', async () => {
    const { fake, remote } = await rig.bifrost({ version: '1.5' });
    const server = await rig.server({ name: 'search', transport });
    const { linkId } = await rig.patch(server, remote);
    fake.state.expire(rig.link(linkId).signInUrl?.split('state=')[1] ?? '');
    expect(await rig.apply(linkId)).toMatchObject({
      status: 'failed',
      error: { code: 'remote_unauthorized' },
    });
    expect(rig.link(linkId).signInUrl).toBeUndefined();
    expect(await rig.apply(linkId)).toMatchObject({ status: 'queued' });
  });

  it.each([
    ['no address', { authorize_url: undefined }],
    ['a script for an address', { authorize_url: 'javascript:alert(1)' }],
    ['a file for an address', { authorize_url: 'file:///etc/passwd' }],
  ])('an answer with %s is no sign-in', async (_what, spoilt) => {
    const { fake, remote } = await rig.bifrost({ version: '1.5' });
    const server = await rig.server({ name: 'search', transport });
    fake.faults.add(
      {
        kind: 'status',
        status: 200,
        body: { status: 'pending_oauth', oauth_config_id: 'c', expires_at: 'x', ...spoilt },
      },
      { method: 'POST' },
    );
    const { linkId, outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'remote_rejected' } });
    expect(rig.link(linkId).signInUrl).toBeUndefined();
  });

  it.each([
    ['no time', undefined],
    ['a time that is none', 'soon'],
    ['a time in a thousand years', '3026-01-01T00:00:00Z'],
  ])('a sign-in that ends at %s ends all the same', async (_what, expires_at) => {
    const { fake, remote } = await rig.bifrost({ version: '1.5' });
    const server = await rig.server({ name: 'search', transport });
    const url = 'https://auth.example.com/?state=c';
    fake.faults.add(
      {
        kind: 'status',
        status: 200,
        body: { status: 'pending_oauth', oauth_config_id: 'c', authorize_url: url, expires_at },
      },
      { method: 'POST' },
    );
    const { linkId } = await rig.patch(server, remote);
    const ends = Date.parse(rig.link(linkId).outbox?.signIn?.expiresAt ?? '') - Date.now();
    expect(ends).toBeGreaterThan(4 * 60_000);
    expect(ends).toBeLessThanOrEqual(60 * 60_000);
  });

  it.each(['1.5', '2.2'] as const)('%s: signing in anew keeps the virtual keys', async (version) => {
    const { fake, remote } = await rig.bifrost({ version });
    const server = await rig.server({ name: 'search', transport });
    const { linkId } = await rig.patch(server, remote);
    fake.state.authorize(rig.link(linkId).signInUrl?.split('state=')[1] ?? '');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
    const keys = [{ virtual_key_id: 'vk1', virtual_key_name: 'key vk1', tools_to_execute: ['*'] }];
    Object.assign(fake.state.find('search') ?? {}, { vk_configs: keys });
    const waiting = await rig.sync.signIn(linkId);
    const config = waiting.signInUrl?.split('state=')[1] ?? '';
    expect(waiting.state).toBe('queued');
    fake.state.authorize(config);
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    expect(fake.state.find('search')).toMatchObject({ oauth_config_id: config, vk_configs: keys });
  });
});

describe('references that the remote resolves', () => {
  it('Bifrost: env.NAME goes out instead of the secret, chosen per link', async () => {
    const { fake, remote } = await rig.bifrost({
      version: '1.5',
      environment: { SEARCH_KEY: 'the gateway’s own key' },
    });
    const other = await rig.letta();
    const server = await rig.server({
      name: 'search',
      transport: {
        type: 'sse',
        url: 'https://a.example.com',
        headers: { 'X-Key': { newSecret: 'key-secret-1' } },
      },
    });
    const link = await rig.sync.link(server.id, remote.id);
    await rig.sync.setReferences(link.id, { 'transport.headers.X-Key': 'env.SEARCH_KEY' });
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced', verified: true });
    expect(fake.state.find('search')?.headers).toEqual({ 'X-Key': 'env.SEARCH_KEY' });
    expect(JSON.stringify(fake.requests.map(({ body }) => body))).not.toContain('key-secret-1');
    expect(await rig.apply(link.id)).toMatchObject({ status: 'unchanged' });
    const { outcome } = await rig.patch(server, other.remote);
    expect(outcome).toMatchObject({ status: 'synced' });
    expect(other.fake.state.find('search')?.custom_headers).toEqual({ 'X-Key': 'key-secret-1' });
    // Back to the literal.
    expect(await rig.sync.setReferences(link.id, {})).toMatchObject({ state: 'local_ahead' });
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced' });
    expect(fake.state.find('search')?.headers).toEqual({ 'X-Key': 'key-secret-1' });
  });

  it('a literal that the gateway would take for a reference is warned about', async () => {
    const { remote } = await rig.bifrost({ version: '1.5' });
    const headers = { 'X-Key': 'env.NOT_MEANT' };
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com', headers },
    });
    const link = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(link.id)).warnings.join(' ')).toMatch(/takes it for a reference/);
  });

  it('says where a secret will be readable by others', async () => {
    const { remote } = await rig.letta();
    const headers = { 'X-Key': { newSecret: 'key-secret-1' } };
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com', headers },
    });
    const link = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(link.id)).warnings.join(' ')).toMatch(/in clear/);
  });
});
