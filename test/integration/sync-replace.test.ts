import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeBifrost, type BifrostVersion } from '../fakes/bifrost/index.js';
import type { Fault } from '../fakes/support/faults.js';
import { SyncRig } from '../support/sync-rig.js';

let rig: SyncRig;
beforeEach(() => void (rig = SyncRig.inMemory()));
afterEach(() => rig[Symbol.asyncDispose]());

describe('a replacement that is refused', () => {
  it('Letta: the old entry is put back', async () => {
    const { fake, remote } = await rig.letta({ version: '0.16.8', stdio: false });
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
    const { fake, remote } = await rig.bifrost({
      version: '1.5',
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
    const { fake, remote } = await rig.bifrost({ version: '1.5' });
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

describe('a delete that is answered and not carried out', () => {
  it.each(['letta', 'bifrost'] as const)('%s: the old entry is not taken for the new one', async (kind) => {
    const { fake, remote } = await (kind === 'letta' ? rig.letta() : rig.bifrost({ version: '1.5' }));
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com/mcp' },
    });
    const { linkId } = await rig.patch(server, remote);
    // Shown exactly as before where URLs are redacted.
    await rig.update(server.id, {
      transport: { type: 'streamable_http', url: 'https://b.example.com/mcp' },
    });
    fake.faults.add({ kind: 'lie' }, { method: 'DELETE' });
    const outcome = await rig.apply(linkId, { consent: ['replace'] });
    expect(outcome).toMatchObject({ status: 'failed', verified: false });
    expect(outcome.error?.message).toContain('still lists it');
    expect(JSON.stringify(fake.state.find('a'))).toContain('https://a.example.com/mcp');
    expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({ status: 'synced' });
    expect(JSON.stringify(fake.state.find('a'))).toContain('https://b.example.com/mcp');
  });
});

describe('a replacement that is cut off after the new entry was made', () => {
  const keys = [{ virtual_key_id: 'vk1', virtual_key_name: 'key vk1', tools_to_execute: ['*'] }];

  async function replaced(fault: Fault, version: BifrostVersion = '1.5') {
    const { fake, remote } = await rig.bifrost({ version });
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com/old' },
      tools: { pricing: { read_file: 1 } },
    });
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.clients[0] ?? {}, { vk_configs: keys, disabled: true });
    await rig.update(server.id, { transport: { url: 'https://a.example.com/new' } });
    fake.faults.add(fault, { method: 'PUT' });
    return { fake, linkId, server };
  }

  it.each<[string, Fault]>([
    ['before what belonged to it arrived', { kind: 'drop' }],
    ['after that', { kind: 'drop-after-commit' }],
    ['by a gateway in front', { kind: 'status', status: 503 }],
  ])('%s: keys and switches are given back in the end', async (_what, fault) => {
    const { fake, linkId } = await replaced(fault);
    expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({ status: 'queued' });
    await expect.poll(() => rig.link(linkId).state, { timeout: 10_000 }).toBe('in_sync');
    expect(fake.state.clients).toMatchObject([
      {
        connection_string: 'https://a.example.com/new',
        vk_configs: keys,
        disabled: true,
        tool_pricing: { read_file: 1 },
      },
    ]);
    expect(rig.link(linkId).outbox).toBeUndefined();
  });

  it('also where somebody goes back to the old value meanwhile', async () => {
    const { fake, linkId, server } = await replaced({ kind: 'drop' });
    await rig.apply(linkId, { consent: ['replace'] });
    await rig.sync.cancel(linkId);
    await rig.update(server.id, { transport: { url: 'https://a.example.com/old' } });
    expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({ status: 'synced' });
    expect(fake.state.clients).toMatchObject([
      { connection_string: 'https://a.example.com/old', vk_configs: keys, disabled: true },
    ]);
  });

  it('what was put back after a refusal gets its keys too', async () => {
    let refuse = false;
    const { fake, remote } = await rig.bifrost({
      version: '1.5',
      connect: (client) =>
        refuse && client.connection_string?.includes('new') ? 'connection refused' : undefined,
    });
    const server = await rig.server({
      name: 'a',
      transport: { type: 'sse', url: 'https://a.example.com/old' },
    });
    const { linkId } = await rig.patch(server, remote);
    Object.assign(fake.state.clients[0] ?? {}, { vk_configs: keys });
    const before = structuredClone(fake.state.clients);
    refuse = true;
    await rig.update(server.id, { transport: { url: 'https://a.example.com/new' } });
    fake.faults.add({ kind: 'drop' }, { method: 'PUT' });
    expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({ status: 'queued' });
    // Whatever comes of the wish, the entry that stands there has what belongs to it.
    await rig.sync.cancel(linkId);
    await rig.update(server.id, { transport: { url: 'https://a.example.com/old' } });
    expect(await rig.apply(linkId)).toMatchObject({ verified: true });
    expect(fake.state.clients).toEqual(before);
  });
});

describe('tools', () => {
  it('Letta: what is registered is compared with what the server has now', async () => {
    let tools = ['a', 'b'];
    const { remote } = await rig.letta({ tools: () => tools });
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
      const { remote } = await rig.bifrost({ version, tools: () => tools });
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
    const { remote } = await rig.bifrost({ version: '1.4' });
    const server = await rig.server({ name: 'a', transport: { type: 'sse', url: 'https://a.example.com' } });
    const { linkId } = await rig.patch(server, remote);
    const second = rig.keep(await startFakeBifrost({ version: '1.6' }));
    await rig.updateRemote(remote.id, { baseUrl: second.url });
    await expect.poll(() => rig.link(linkId).state).toBe('unknown');
    await rig.plan(linkId);
    expect(rig.link(linkId).state).toBe('missing');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
    expect(second.state.clients).toHaveLength(1);
  });
});
