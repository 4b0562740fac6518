import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SyncRig } from '../support/sync-rig.js';

let rig: SyncRig;
beforeEach(() => void (rig = SyncRig.inMemory()));
afterEach(() => rig[Symbol.asyncDispose]());

describe('adopting', () => {
  it('Letta: everything comes along, what looks secret for the keychain', async () => {
    const { fake, remote } = await rig.letta();
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
    const { fake, remote } = await rig.bifrost({ version: '1.5' });
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
    const { fake, remote } = await rig.bifrost({ version: '1.4' });
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
    const { fake, remote } = await rig.letta();
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

  it('a name that is taken here stays theirs alone, for good', async () => {
    const { fake, remote } = await rig.letta();
    const server = await rig.server({ name: 'a', transport: { type: 'sse', url: 'https://a.example.com' } });
    await rig.server({ name: 'b', transport: { type: 'sse', url: 'https://b.example.com' } });
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.rows[0] ?? {}, { server_name: 'B' });
    expect(await rig.apply(linkId, { resolve: { [linkId]: 'remote' } })).toMatchObject({ status: 'synced' });
    expect(rig.catalog.server(server.id)?.name).toBe('a');
    expect(rig.link(linkId)).toMatchObject({ state: 'in_sync', remoteName: 'B' });
    expect(await rig.plan(linkId)).toMatchObject({ action: 'none' });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'unchanged' });
  });

  it('a change of type is taken over whole', async () => {
    const { fake, remote } = await rig.letta({ stdio: true });
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
    const { fake, remote } = await rig.bifrost({ version: '1.5' });
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
