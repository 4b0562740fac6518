import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeBifrost, type BifrostVersion, type FakeBifrost } from '../fakes/bifrost/index.js';
import { startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import { SyncRig } from '../support/sync-rig.js';

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

async function letta(options: Parameters<typeof startFakeLetta>[0] = {}) {
  const fake: FakeLetta = await startFakeLetta({ version: '0.16.6', ...options });
  open.push(fake);
  return { fake, remote: await rig.remote({ kind: 'letta', name: 'Letta', baseUrl: fake.url }) };
}

async function bifrost(version: BifrostVersion, options: Parameters<typeof startFakeBifrost>[0] = {}) {
  const fake: FakeBifrost = await startFakeBifrost({ version, guard: false, ...options });
  open.push(fake);
  return { fake, remote: await rig.remote({ kind: 'bifrost', name: 'Gate', baseUrl: fake.url }) };
}

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
      const { fake, remote } = await bifrost(version);
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
    const { fake, remote } = await bifrost('1.5');
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

  it.each(['1.5', '2.2'] as const)('%s: signing in anew keeps the virtual keys', async (version) => {
    const { fake, remote } = await bifrost(version);
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
    const { fake, remote } = await bifrost('1.5', { environment: { SEARCH_KEY: 'the gateway’s own key' } });
    const other = await letta();
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
    const { remote } = await bifrost('1.5');
    const headers = { 'X-Key': 'env.NOT_MEANT' };
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com', headers },
    });
    const link = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(link.id)).warnings.join(' ')).toMatch(/takes it for a reference/);
  });

  it('says where a secret will be readable by others', async () => {
    const { remote } = await letta();
    const headers = { 'X-Key': { newSecret: 'key-secret-1' } };
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com', headers },
    });
    const link = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(link.id)).warnings.join(' ')).toMatch(/in clear/);
  });
});

describe('adopting', () => {
  it('Letta: everything comes along, what looks secret for the keychain', async () => {
    const { fake, remote } = await letta();
    fake.state.rows.push({
      id: 'mcp_server-1',
      server_name: 'exa',
      server_type: 'streamable_http',
      server_url: 'https://mcp.exa.ai/mcp',
      token: null,
      custom_headers: { 'X-Api-Key': 'k1-secret', 'X-Org': '7' },
      stdio_config: null,
      tools: [],
    });
    const draft = await rig.sync.draft(remote.id, 'mcp_server-1');
    expect(draft).toMatchObject({
      name: 'exa',
      transport: {
        type: 'streamable_http',
        url: 'https://mcp.exa.ai/mcp',
        headers: { 'X-Api-Key': { newSecret: 'k1-secret' }, 'X-Org': '7' },
      },
    });
    const server = await rig.server({ ...draft, name: 'exa 2' });
    const link = await rig.sync.link(server.id, remote.id, 'mcp_server-1');
    expect(link).toMatchObject({ state: 'in_sync', remoteName: 'exa' });
    expect(fake.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(await rig.apply(link.id)).toMatchObject({ status: 'unchanged' });
    // Called differently on both sides by choice: no rename until the server is renamed.
    await rig.update(server.id, { transport: { headers: { 'X-Org': '8' } } });
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced' });
    expect(fake.state.rows[0]).toMatchObject({
      server_name: 'exa',
      custom_headers: { 'X-Api-Key': 'k1-secret', 'X-Org': '8' },
    });
    await expect(rig.sync.draft(remote.id, 'mcp_server-1')).rejects.toMatchObject({ code: 'name_taken' });
  });

  it('Bifrost 1.5: what the gateway hides stays there, and masked text never goes back', async () => {
    const { fake, remote } = await bifrost('1.5');
    const first = await rig.server({
      name: 'search',
      transport: {
        type: 'streamable_http',
        url: 'https://mcp.example.com/mcp',
        headers: { 'X-Api-Key': { newSecret: 'key-secret-1' } },
      },
    });
    const { linkId } = await rig.patch(first, remote);
    const id = rig.link(linkId).remoteEntryId ?? '';
    await rig.sync.unlink(linkId, false);
    const draft = await rig.sync.draft(remote.id, id);
    const server = await rig.server({ ...draft, name: 'adopted' });
    const link = await rig.sync.link(server.id, remote.id, id);
    expect(link.state).toBe('in_sync');
    const before = fake.requests.length;
    await rig.update(server.id, { tools: { execute: ['only'] } });
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced', verified: true });
    expect(fake.state.find('search')).toMatchObject({
      connection_string: 'https://mcp.example.com/mcp',
      headers: { 'X-Api-Key': 'key-secret-1' },
      tools_to_execute: ['only'],
    });
    expect(JSON.stringify(fake.requests.slice(before).map(({ body }) => body))).not.toMatch(/\*\*\*\*/);
    // A header more, and all must be known.
    await rig.update(server.id, { transport: { headers: { 'X-New': '1' } } });
    expect((await rig.plan(link.id)).action).toBe('blocked');
    await rig.update(server.id, { transport: { headers: { 'X-Api-Key': { newSecret: 'key-secret-2' } } } });
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced' });
    expect(fake.state.find('search')?.headers).toEqual({ 'X-Api-Key': 'key-secret-2', 'X-New': '1' });
  });

  it('Bifrost 1.4: an edit of an entry with hidden values is blocked until they are put in', async () => {
    const { fake, remote } = await bifrost('1.4');
    const first = await rig.server({
      name: 'search',
      transport: { type: 'sse', url: 'https://mcp.example.com/sse' },
    });
    const { linkId } = await rig.patch(first, remote);
    const id = rig.link(linkId).remoteEntryId ?? '';
    await rig.sync.unlink(linkId, false);
    const server = await rig.server({ ...(await rig.sync.draft(remote.id, id)), name: 'adopted' });
    const link = await rig.sync.link(server.id, remote.id, id);
    expect(link.state).toBe('in_sync');
    await rig.update(server.id, { codeMode: true });
    const held = structuredClone(fake.state.clients);
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked' });
    expect(fake.state.clients).toEqual(held);
    await rig.update(server.id, { transport: { url: 'https://mcp.example.com/sse' } });
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced' });
    expect(fake.state.find('search')).toMatchObject({
      is_code_mode_client: true,
      connection_string: 'https://mcp.example.com/sse',
    });
  });
});

describe('the remote’s side', () => {
  it('is taken over field by field, secrets into the keychain', async () => {
    const { fake, remote } = await letta();
    const server = await rig.server({
      name: 'a',
      transport: {
        type: 'sse',
        url: 'https://a.example.com',
        headers: { 'X-Key': { newSecret: 'key-secret-1' }, 'X-Gone': '1' },
      },
      tags: ['mine'],
    });
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.rows[0] ?? {}, {
      server_name: 'renamed there',
      server_url: 'https://b.example.com',
      custom_headers: { 'X-Key': 'key-secret-2', 'X-New': 'n' },
    });
    const step = await rig.plan(linkId);
    expect(step.action).toBe('conflict');
    expect(JSON.stringify(step)).not.toMatch(/key-secret/);
    expect(await rig.apply(linkId, { resolve: { [linkId]: 'remote' } })).toMatchObject({
      status: 'synced',
      verified: true,
    });
    const now = rig.catalog.server(server.id);
    expect(now).toMatchObject({
      name: 'renamed there',
      tags: ['mine'],
      transport: {
        url: 'https://b.example.com',
        headers: { 'X-New': 'n', 'X-Key': { secret: expect.any(String) } },
      },
    });
    expect(JSON.stringify(now)).not.toMatch(/key-secret|X-Gone/);
    expect([...rig.secrets.values()]).toContain('key-secret-2');
    expect(rig.link(linkId).state).toBe('in_sync');
    expect(fake.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
  });

  it('a change of type is taken over whole', async () => {
    const { fake, remote } = await letta({ stdio: true });
    const server = await rig.server({ name: 'a', transport: { type: 'sse', url: 'https://a.example.com' } });
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.rows[0] ?? {}, {
      server_type: 'stdio',
      stdio_config: { server_name: 'a', command: 'npx', args: ['x'], env: { TOKEN: 'tok-secret-1' } },
    });
    expect(await rig.apply(linkId, { resolve: { [linkId]: 'remote' } })).toMatchObject({ status: 'synced' });
    expect(rig.catalog.server(server.id)?.transport).toMatchObject({
      type: 'stdio',
      command: 'npx',
      args: ['x'],
    });
  });

  it('Bifrost: tool lists and prices are taken over; a hidden value cannot be', async () => {
    const { fake, remote } = await bifrost('1.5');
    const server = await rig.server({
      name: 'a',
      transport: {
        type: 'sse',
        url: 'https://a.example.com',
        headers: { 'X-Key': { newSecret: 'key-secret-1' } },
      },
      tools: { execute: ['x', 'y'], pricing: { x: 1, y: 2 } },
    });
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.clients[0] ?? {}, {
      tools_to_execute: ['z'],
      tool_pricing: { z: 3 },
      is_code_mode_client: true,
    });
    expect(await rig.apply(linkId, { resolve: { [linkId]: 'remote' } })).toMatchObject({ status: 'synced' });
    expect(rig.catalog.server(server.id)).toMatchObject({
      tools: { execute: ['z'], autoExecute: [], pricing: { z: 3 } },
      codeMode: true,
    });
    expect(Object.keys(rig.catalog.server(server.id)?.tools.pricing ?? {})).toEqual(['z']);
    Object.assign(fake.state.clients[0] ?? {}, { headers: { 'X-Key': 'their very own new secret' } });
    const outcome = await rig.apply(linkId, { resolve: { [linkId]: 'remote' } });
    expect(outcome).toMatchObject({ status: 'blocked', error: { code: 'unsupported' } });
    expect(outcome.error?.message).toContain('X-Key');
    expect(rig.link(linkId).state).toBe('conflict');
  });
});

describe('a replacement that is refused', () => {
  it('Letta: the old entry is put back', async () => {
    const { fake, remote } = await letta({ version: '0.16.8', stdio: false });
    const headers = { 'X-Key': { newSecret: 'key-secret-1' } };
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com', headers },
    });
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, { transport: { type: 'stdio', command: 'npx' } });
    const outcome = await rig.apply(linkId, { consent: ['replace'] });
    expect(outcome).toMatchObject({ status: 'failed', verified: false });
    expect(outcome.error?.message).toMatch(/put back/);
    expect(fake.state.rows).toHaveLength(1);
    expect(fake.state.rows[0]).toMatchObject({
      server_type: 'sse',
      server_url: 'https://a.example.com',
      custom_headers: { 'X-Key': 'key-secret-1' },
    });
    expect(rig.link(linkId)).toMatchObject({ state: 'failed', remoteEntryId: fake.state.rows[0]?.id });
  });

  it('Bifrost: with its hidden values, its keys and its id', async () => {
    let refuse = false;
    const { fake, remote } = await bifrost('1.5', {
      connect: (client) =>
        refuse && client.connection_string?.includes('new') ? 'connection refused' : undefined,
    });
    const headers = { 'X-Key': { newSecret: 'key-secret-1' } };
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com/old', headers },
      tools: { pricing: { read_file: 1 } },
    });
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.clients[0] ?? {}, {
      vk_configs: [{ virtual_key_id: 'vk1', virtual_key_name: 'key vk1', tools_to_execute: ['*'] }],
    });
    const before = structuredClone(fake.state.clients);
    refuse = true;
    await rig.update(server.id, { transport: { url: 'https://a.example.com/new' } });
    const outcome = await rig.apply(linkId, { consent: ['replace'] });
    expect(outcome).toMatchObject({ status: 'failed' });
    expect(outcome.error?.message).toMatch(/put back/);
    expect(fake.state.clients).toEqual(before);
    refuse = false;
    expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({
      status: 'synced',
      verified: true,
    });
    expect(fake.state.clients).toEqual([{ ...before[0], connection_string: 'https://a.example.com/new' }]);
  });

  it('a remote that goes away in the middle gets it, with its keys, when it is back', async () => {
    const { fake, remote } = await bifrost('1.5');
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com/old' },
    });
    const { linkId } = await rig.patch(server, remote);
    const keys = [{ virtual_key_id: 'vk1', virtual_key_name: 'key vk1', tools_to_execute: ['*'] }];
    Object.assign(fake.state.clients[0] ?? {}, { vk_configs: keys, disabled: true });
    await rig.update(server.id, { transport: { url: 'https://a.example.com/new' } });
    fake.faults.add({ kind: 'drop' }, { method: 'POST' });
    expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({ status: 'queued' });
    expect(fake.state.clients).toEqual([]);
    await expect.poll(() => rig.link(linkId).state, { timeout: 10_000 }).toBe('in_sync');
    expect(fake.state.clients).toMatchObject([
      { connection_string: 'https://a.example.com/new', vk_configs: keys, disabled: true },
    ]);
  });
});

describe('tools', () => {
  it('Letta: what is registered is compared with what the server has now', async () => {
    let tools = ['a', 'b'];
    const { remote } = await letta({ tools: () => tools });
    const server = await rig.server({ name: 'a', transport: { type: 'sse', url: 'https://a.example.com' } });
    const { linkId } = await rig.patch(server, remote);
    tools = ['b', 'c'];
    expect(await rig.sync.tools(linkId)).toEqual({ registered: ['a', 'b'], live: ['b', 'c'] });
    expect(await rig.sync.refreshTools(linkId)).toEqual({ added: ['c'], updated: [], deleted: ['a'] });
    expect(await rig.sync.tools(linkId)).toEqual({ registered: ['b', 'c'], live: ['b', 'c'] });
  });

  it.each(['1.4', '2.2'] as const)(
    'Bifrost %s: the server’s own names, and no tools although connected is a warning',
    async (version) => {
      let tools = ['read_file'];
      const { remote } = await bifrost(version, { tools: () => tools });
      const server = await rig.server({
        name: 'a',
        transport: { type: 'sse', url: 'https://a.example.com' },
      });
      const { linkId } = await rig.patch(server, remote);
      expect(await rig.sync.tools(linkId)).toEqual({ registered: ['read_file'] });
      tools = [];
      expect(await rig.sync.refreshTools(linkId)).toMatchObject({ deleted: ['read_file'], toolCount: 0 });
      expect((await rig.plan(linkId)).warnings.join(' ')).toMatch(/sees no tools/);
      expect((await rig.sync.entries(remote.id))[0]).toMatchObject({ toolCount: 0 });
    },
  );
});

describe('a remote that becomes another', () => {
  it('is met afresh: a new profile by its new answers, a new URL with nothing taken for granted', async () => {
    const { remote } = await bifrost('1.4');
    const server = await rig.server({ name: 'a', transport: { type: 'sse', url: 'https://a.example.com' } });
    const { linkId } = await rig.patch(server, remote);
    const second = await startFakeBifrost({ version: '1.6' });
    open.push(second);
    await rig.updateRemote(remote.id, { baseUrl: second.url });
    await expect.poll(() => rig.link(linkId).state).toBe('unknown');
    await rig.plan(linkId);
    expect(rig.link(linkId).state).toBe('missing');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
    expect(second.state.clients).toHaveLength(1);
  });
});
