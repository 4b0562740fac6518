import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Remote, Server, ServerInput } from '../../src-main/contract/index.js';
import {
  startFakeBifrost,
  type BifrostVersion,
  type Client,
  type FakeBifrost,
} from '../fakes/bifrost/index.js';
import { SyncRig } from '../support/sync-rig.js';

/**
 * Every profile × every field of the seed × create, change, clear, rename, change of type, delete. What counts is what
 * the gateway really holds, not what it answers.
 */
type Profile = {
  version: BifrostVersion;
  profile: string;
  authType: boolean;
  pricing: boolean;
  immutable: boolean;
  env: boolean;
};
const PROFILES: Profile[] = [
  { version: '1.3', profile: '1.3', authType: false, pricing: false, immutable: false, env: false },
  { version: '1.4', profile: '1.4', authType: true, pricing: true, immutable: false, env: false },
  { version: '1.5', profile: '1.5', authType: true, pricing: true, immutable: true, env: true },
  { version: '1.6', profile: '1.6', authType: true, pricing: true, immutable: true, env: true },
  { version: '2.2', profile: '2.x', authType: true, pricing: true, immutable: true, env: true },
];

describe.each(PROFILES)('Bifrost $version', ({ version, profile, authType, pricing, immutable, env }) => {
  let rig: SyncRig;
  let bifrost: FakeBifrost;
  let remote: Remote;
  let bystander: Client;

  beforeAll(async () => {
    rig = SyncRig.inMemory();
    bifrost = await startFakeBifrost({
      version,
      admin: { username: 'admin', password: 'a long Password 1' },
      environment: { A: 'set there', TOKEN: 'set there' },
    });
    remote = await rig.remote({
      kind: 'bifrost',
      name: 'Gate',
      baseUrl: bifrost.url,
      auth: { type: 'basic', username: 'admin', password: { newSecret: 'a long Password 1' } },
    });
    const other = await rig.server({
      name: 'bystander',
      transport: { type: 'sse', url: 'https://other.example.com/sse' },
    });
    const { linkId } = await rig.patch(other, remote);
    await rig.sync.unlink(linkId, false);
    await rig.catalog.edit((tx) => tx.remove('servers', other.id));
    bystander = structuredClone(bifrost.state.find('bystander') as Client);
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await bifrost.close();
  });
  afterEach(() => expect(bifrost.state.find('bystander')).toEqual(bystander));

  const writesSince = (count: number): string[] =>
    bifrost.requests.slice(count).flatMap(({ method }) => (method === 'GET' ? [] : [method]));

  async function patched(
    input: ServerInput,
  ): Promise<{ server: Server; linkId: string; client: () => Client }> {
    const server = await rig.server(input);
    const { linkId, outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'synced', verified: true });
    const client = (): Client =>
      bifrost.state.clients.find(({ client_id }) => client_id === rig.link(linkId).remoteEntryId) as Client;
    await isQuiet(linkId);
    return { server, linkId, client };
  }

  async function isQuiet(linkId: string): Promise<void> {
    expect(rig.link(linkId).state).toBe('in_sync');
    const before = bifrost.requests.length;
    expect(await rig.apply(linkId)).toMatchObject({ status: 'unchanged', verified: true });
    expect(writesSince(before)).toEqual([]);
  }

  async function change(
    server: Server,
    linkId: string,
    patch: Record<string, unknown>,
    isReplace = false,
  ): Promise<void> {
    await rig.update(server.id, patch);
    await expect.poll(() => rig.link(linkId).state).toBe('local_ahead');
    const step = await rig.plan(linkId);
    expect(step.action).toBe(isReplace ? 'replace' : 'update');
    if (isReplace) {
      const held = structuredClone(bifrost.state.clients);
      expect(await rig.apply(linkId)).toMatchObject({
        status: 'blocked',
        error: { code: 'consent_required' },
      });
      expect(bifrost.state.clients).toEqual(held);
    }
    expect(await rig.apply(linkId, isReplace ? { consent: ['replace'] } : {})).toMatchObject({
      status: 'synced',
      verified: true,
    });
    await isQuiet(linkId);
  }

  let count = 0;
  const fresh = (): string => `s${(count += 1)}`;

  it('is told apart', async () => {
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true, profile });
  });

  describe('stdio', () => {
    const make = () =>
      patched({
        name: fresh(),
        transport: {
          type: 'stdio',
          command: 'npx',
          args: ['-y', 'pkg'],
          env: { A: '1', TOKEN: { newSecret: 'tok-secret-1' } },
        },
      });
    const envs = (a: string, token: string): string[] =>
      env ? [`A=${a}`, `TOKEN=${token}`] : ['A', 'TOKEN'];

    it('create', async () => {
      const { client, server, linkId } = await make();
      expect(client()).toMatchObject({
        name: server.name,
        connection_type: 'stdio',
        stdio_config: { command: 'npx', args: ['-y', 'pkg'], envs: envs('1', 'tok-secret-1') },
        tools_to_execute: ['*'],
        tools_to_auto_execute: [],
        ...(authType && { auth_type: 'none' }),
      });
      if (!env) {
        // Names alone are taken: no value leaves this computer, and that is said.
        expect(JSON.stringify(bifrost.requests.map(({ body }) => body))).not.toContain('tok-secret-1');
        expect((await rig.plan(linkId)).losses.map(({ field }) => field)).toContain('transport.env.TOKEN');
      }
    });

    it.each([
      ['command', { command: 'uvx' }, { command: 'uvx' }],
      ['args', { args: ['b', 'a'] }, { args: ['b', 'a'] }],
      ['args cleared', { args: [] }, { args: [] }],
      ['a variable removed', { env: { A: null } }, { envs: env ? ['TOKEN=tok-secret-1'] : ['TOKEN'] }],
    ])('change: %s', async (_what, transport, expected) => {
      const { server, linkId, client } = await make();
      const { client_id, stdio_config } = structuredClone(client());
      await change(server, linkId, { transport }, immutable);
      expect(client().stdio_config).toEqual({ ...stdio_config, ...expected });
      expect(client().client_id).toBe(client_id);
    });

    it('change: a secret variable', async () => {
      const { server, linkId, client } = await make();
      const patch = { transport: { env: { TOKEN: { newSecret: 'tok-secret-2' } } } };
      if (env) {
        await change(server, linkId, patch, true);
        expect(client().stdio_config?.envs).toEqual(envs('1', 'tok-secret-2'));
        return;
      }
      // The value is the gateway's own: changing it here changes nothing there.
      await rig.update(server.id, patch);
      expect((await rig.plan(linkId)).action).toBe('none');
      expect(rig.link(linkId).state).toBe('in_sync');
    });
  });

  describe.each(['sse', 'streamable_http'] as const)('%s', (type) => {
    const url = 'https://mcp.example.com/mcp';
    const make = () =>
      patched({
        name: fresh(),
        transport: {
          type,
          url,
          headers: { 'X-Org': '7' },
          auth: { type: 'header', header: 'Authorization', token: { newSecret: 'Bearer tok-secret-1' } },
        },
        tools: { execute: ['a', 'b'], autoExecute: ['a'], ...(pricing && { pricing: { a: 0.001 } }) },
        codeMode: true,
      });
    const token = { 'X-Org': '7', Authorization: 'Bearer tok-secret-1' };

    it('create', async () => {
      const { client, server } = await make();
      expect(client()).toMatchObject({
        name: server.name,
        connection_type: type === 'sse' ? 'sse' : 'http',
        connection_string: url,
        headers: token,
        tools_to_execute: ['a', 'b'],
        tools_to_auto_execute: ['a'],
        is_code_mode_client: true,
        ...(authType && { auth_type: 'headers' }),
        ...(pricing && { tool_pricing: { a: 0.001 } }),
      });
    });

    it.each([
      ['headers', { transport: { headers: { 'X-Org': '8' } } }, { headers: { ...token, 'X-Org': '8' } }],
      [
        'a header added',
        { transport: { headers: { 'X-New': 'n' } } },
        { headers: { ...token, 'X-New': 'n' } },
      ],
      [
        'a header removed',
        { transport: { headers: { 'X-Org': null } } },
        { headers: { Authorization: 'Bearer tok-secret-1' } },
      ],
      [
        'the token',
        { transport: { auth: { token: { newSecret: 'Bearer tok-secret-2' } } } },
        { headers: { ...token, Authorization: 'Bearer tok-secret-2' } },
      ],
      [
        'the token, in its hidden part alone',
        { transport: { auth: { token: { newSecret: 'Bearer kot-terces-1' } } } },
        { headers: { ...token, Authorization: 'Bearer kot-terces-1' } },
      ],
      [
        'all headers removed',
        { transport: { headers: { 'X-Org': null }, auth: { type: 'none' } } },
        { headers: {} },
      ],
      ['tools_to_execute', { tools: { execute: ['b', 'a', 'c'] } }, { tools_to_execute: ['a', 'b', 'c'] }],
      ['tools_to_execute: all', { tools: { execute: ['*'] } }, { tools_to_execute: ['*'] }],
      [
        'tools_to_execute cleared',
        { tools: { execute: [], autoExecute: [] } },
        { tools_to_execute: [], tools_to_auto_execute: [] },
      ],
      ['tools_to_auto_execute', { tools: { autoExecute: ['b'] } }, { tools_to_auto_execute: ['b'] }],
      ['tools_to_auto_execute cleared', { tools: { autoExecute: [] } }, { tools_to_auto_execute: [] }],
      ['is_code_mode_client', { codeMode: false }, { is_code_mode_client: false }],
    ] as [string, Record<string, unknown>, Partial<Client>][])(
      'change: %s',
      async (_what, patch, expected) => {
        const { server, linkId, client } = await make();
        const before = structuredClone(client());
        await change(server, linkId, patch);
        const kind =
          authType && 'headers' in expected && Object.keys(expected.headers ?? {}).length === 0 && !immutable;
        expect(client()).toEqual({ ...before, ...expected, ...(kind && { auth_type: 'none' }) });
      },
    );

    it.runIf(pricing).each([
      ['tool_pricing', { a: 0.002 }, { a: 0.002 }],
      ['tool_pricing added', { b: 0.5 }, { a: 0.001, b: 0.5 }],
      ['tool_pricing cleared', { a: null }, {}],
    ])('change: %s', async (_what, prices, expected) => {
      const { server, linkId, client } = await make();
      const before = structuredClone(client());
      await change(server, linkId, { tools: { pricing: prices } });
      expect(client()).toEqual({ ...before, tool_pricing: expected });
    });

    it.runIf(!pricing)('prices are lost, and that is said', async () => {
      const { server, linkId, client } = await make();
      const before = structuredClone(client());
      await rig.update(server.id, { tools: { pricing: { a: 1 } } });
      expect((await rig.plan(linkId)).losses).toContainEqual(
        expect.objectContaining({ field: 'tools.pricing' }),
      );
      await isQuiet(linkId);
      expect(client()).toEqual(before);
    });

    it('change: connection_string, though it is shown as before', async () => {
      const { server, linkId, client } = await make();
      const before = structuredClone(client());
      await change(server, linkId, { transport: { url: 'https://other.example.org/mcp' } }, immutable);
      expect(client()).toEqual({ ...before, connection_string: 'https://other.example.org/mcp' });
    });

    it('rename', async () => {
      const { server, linkId, client } = await make();
      const before = structuredClone(client());
      const name = `new-${fresh()}`;
      await rig.update(server.id, { name });
      expect(await rig.plan(linkId)).toMatchObject({ action: 'update', requiresConsent: ['rename'] });
      expect(await rig.apply(linkId)).toMatchObject({
        status: 'blocked',
        error: { code: 'consent_required' },
      });
      expect(client()).toEqual(before);
      expect(await rig.apply(linkId, { consent: ['rename'] })).toMatchObject({
        status: 'synced',
        verified: true,
      });
      expect(client()).toEqual({ ...before, name: name.replace('-', '_') });
      await isQuiet(linkId);
    });

    it('change of type', async () => {
      const { server, linkId, client } = await make();
      const before = structuredClone(client());
      const other = type === 'sse' ? 'streamable_http' : 'sse';
      await change(server, linkId, { transport: { type: other } }, immutable);
      expect(client()).toEqual({ ...before, connection_type: other === 'sse' ? 'sse' : 'http' });
    });

    it('change of type to stdio', async () => {
      const { server, linkId, client } = await make();
      await change(server, linkId, { transport: { type: 'stdio', command: 'npx' } }, immutable);
      expect(client()).toMatchObject({
        connection_type: 'stdio',
        stdio_config: { command: 'npx', args: [], envs: [] },
        headers: {},
        tools_to_execute: ['a', 'b'],
      });
    });

    it.runIf(immutable)('what is not ours outlives a replacement', async () => {
      const { server, linkId, client } = await make();
      Object.assign(client(), {
        vk_configs: [{ virtual_key_id: 'vk1', virtual_key_name: 'key vk1', tools_to_execute: ['a'] }],
        disabled: true,
        is_ping_available: false,
        tool_sync_interval: 5 * 60_000_000_000,
        allow_on_all_virtual_keys: true,
        allowed_extra_headers: ['X-Trace'],
      });
      const before = structuredClone(client());
      await change(server, linkId, { transport: { url: 'https://other.example.org/x' } }, true);
      expect(client()).toEqual({ ...before, connection_string: 'https://other.example.org/x' });
    });

    it.runIf(version !== '1.3' && version !== '1.4')('what is not ours outlives an edit', async () => {
      const { server, linkId, client } = await make();
      Object.assign(client(), {
        vk_configs: [{ virtual_key_id: 'vk1', virtual_key_name: 'key vk1', tools_to_execute: ['a'] }],
        disabled: true,
        is_ping_available: false,
        tool_sync_interval: 5 * 60_000_000_000,
        allow_on_all_virtual_keys: true,
      });
      const before = structuredClone(client());
      await change(server, linkId, { codeMode: false });
      expect(client()).toEqual({ ...before, is_code_mode_client: false });
    });

    it('delete', async () => {
      const { linkId, client } = await make();
      const { client_id } = client();
      await rig.sync.unlink(linkId, true);
      expect(bifrost.state.clients.some((one) => one.client_id === client_id)).toBe(false);
      expect(rig.catalog.link(linkId)).toBeUndefined();
    });
  });

  it('two names that become one are kept apart', async () => {
    const stem = fresh();
    const first = await patched({
      name: `${stem}-x`,
      transport: { type: 'sse', url: 'https://a.example.com' },
    });
    const second = await patched({
      name: `${stem}_x`,
      transport: { type: 'sse', url: 'https://b.example.com' },
    });
    expect([first.client().name, second.client().name]).toEqual([`${stem}_x`, `${stem}_x_2`]);
  });

  it('a name of which nothing is lawful is blocked', async () => {
    const server = await rig.server({
      name: '日本',
      transport: { type: 'sse', url: 'https://x.example.com' },
    });
    const link = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(link.id)).action).toBe('blocked');
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked', error: { code: 'unsupported' } });
  });

  it('a name that somebody else has there is blocked', async () => {
    const server = await rig.server({
      name: 'bystander',
      transport: { type: 'sse', url: 'https://mine.example.com' },
    });
    const link = await rig.sync.link(server.id, remote.id);
    const step = await rig.plan(link.id);
    expect(step.action).toBe('blocked');
    expect(step.warnings[0]).toMatch(/"bystander" already/);
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked' });
    await rig.sync.unlink(link.id, false);
    await rig.catalog.edit((tx) => tx.remove('servers', server.id));
  });

  it('an inprocess client is adopted and edited, never made', async () => {
    const template = bifrost.state.find('bystander') as Client;
    bifrost.state.clients.push({
      ...structuredClone(template),
      client_id: 'inside-1',
      name: 'inside',
      connection_type: 'inprocess',
      connection_string: null,
      auth_type: authType ? 'none' : '',
    });
    const draft = await rig.sync.draft(remote.id, 'inside-1');
    expect(draft).toMatchObject({ name: 'inside', transport: { type: 'inprocess' } });
    const server = await rig.server(draft);
    const link = await rig.sync.link(server.id, remote.id, 'inside-1');
    expect(link.state).toBe('in_sync');
    await change(server, link.id, { tools: { execute: ['only'] } });
    expect(bifrost.state.find('inside')).toMatchObject({
      connection_type: 'inprocess',
      tools_to_execute: ['only'],
    });
    await rig.sync.unlink(link.id, true);
    const again = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(again.id)).action).toBe('blocked');
  });
});
