import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Remote, Server, ServerInput } from '../../src-main/contract/index.js';
import { effectiveHeaders, startFakeLetta, type FakeLetta, type Row } from '../fakes/letta/index.js';
import { startFakeProxy, type FakeProxy } from '../fakes/support/connect-proxy.js';
import { SyncRig } from '../support/sync-rig.js';

/**
 * Every profile × every field of the seed × create, change, clear, rename, change of type, delete. What counts is what
 * the server really holds, not what it answers.
 */
const PROFILES = [
  { profile: 'flat', options: { version: '0.14.0' }, stdio: true },
  { profile: 'nested', options: { version: '0.15.1' }, stdio: true },
  { profile: 'nested', options: { version: '0.16.6', stdio: true }, stdio: true },
  { profile: 'guarded', options: { version: '0.16.8', stdio: true }, stdio: true },
  { profile: 'cloud', options: { version: 'cloud', password: 'key-of-the-cloud' }, stdio: false },
] as const;

type Meant = Pick<Row, 'server_name' | 'server_type'> & Record<string, unknown>;

function held(row: Row): Meant {
  const { server_name, server_type } = row;
  if (server_type !== 'stdio')
    return { server_name, server_type, server_url: row.server_url, headers: effectiveHeaders(row) };
  const { command, args, env } = row.stdio_config ?? {};
  return { server_name, server_type, command, args, env: env ?? {} };
}

describe.each(PROFILES)('Letta $options.version ($profile)', ({ profile, options, stdio }) => {
  let rig: SyncRig;
  let letta: FakeLetta;
  let remote: Remote;
  let bystander: Row;
  let proxy: FakeProxy | undefined;

  beforeAll(async () => {
    rig = SyncRig.inMemory();
    letta = await startFakeLetta(options);
    if (profile === 'cloud') {
      // The cloud is known by its host name, which only a proxy can give to a fake.
      proxy = await startFakeProxy(letta.url);
      await rig.settings({ proxy: proxy.url });
    }
    remote = await rig.remote({
      kind: 'letta',
      name: 'Letta',
      baseUrl: proxy ? 'http://api.letta.com' : letta.url,
      allowInsecure: true,
      ...('password' in options && { auth: { type: 'bearer', token: { newSecret: options.password } } }),
    });
    const other = await rig.server({
      name: 'bystander',
      transport: { type: 'sse', url: 'https://other.example.com/sse' },
    });
    await rig.patch(other, remote);
    const link = rig.catalog.links()[0];
    await rig.sync.unlink(link?.id ?? '', false);
    await rig.catalog.edit((tx) => tx.remove('servers', other.id));
    bystander = structuredClone(letta.state.find('bystander') as Row);
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await letta.close();
    await proxy?.close();
  });
  // Whatever is done to linked entries, one that no link names stays as it is.
  afterEach(() => expect(letta.state.find('bystander')).toEqual(bystander));

  const writesSince = (count: number): string[] =>
    letta.requests.slice(count).flatMap(({ method }) => (method === 'GET' ? [] : [method]));

  async function patched(input: ServerInput): Promise<{ server: Server; linkId: string; row: () => Row }> {
    const server = await rig.server(input);
    const { linkId, outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'synced', verified: true });
    const row = (): Row => letta.state.rows.find(({ id }) => id === rig.link(linkId).remoteEntryId) as Row;
    expect(rig.link(linkId).state).toBe('in_sync');
    const before = letta.requests.length;
    expect(await rig.apply(linkId)).toMatchObject({ status: 'unchanged', verified: true });
    expect(writesSince(before)).toEqual([]);
    return { server, linkId, row };
  }

  async function change(server: Server, linkId: string, patch: Record<string, unknown>): Promise<void> {
    await rig.update(server.id, patch);
    await expect.poll(() => rig.link(linkId).state).toBe('local_ahead');
    expect((await rig.plan(linkId)).action).toBe('update');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    expect(rig.link(linkId).state).toBe('in_sync');
    const before = letta.requests.length;
    expect(await rig.apply(linkId)).toMatchObject({ status: 'unchanged' });
    expect(writesSince(before)).toEqual([]);
  }

  let count = 0;
  const fresh = (): string => `s${(count += 1)}`;

  it('is told apart', async () => {
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true, profile });
  });

  describe.runIf(stdio)('stdio', () => {
    const make = () =>
      patched({
        name: fresh(),
        transport: {
          type: 'stdio',
          command: 'npx',
          args: ['-y', 'pkg'],
          env: { A: '1', TOKEN: { newSecret: 'tok-1' } },
        },
      });

    it('create', async () => {
      const { row, server } = await make();
      expect(held(row())).toEqual({
        server_name: server.name,
        server_type: 'stdio',
        command: 'npx',
        args: ['-y', 'pkg'],
        env: { A: '1', TOKEN: 'tok-1' },
      });
      expect(row().stdio_config?.server_name).toBe(server.name);
    });

    it.each([
      ['command', { command: 'uvx' }, { command: 'uvx' }],
      ['args', { args: ['b', 'a'] }, { args: ['b', 'a'] }],
      ['args cleared', { args: [] }, { args: [] }],
      ['one variable', { env: { A: '2' } }, { env: { A: '2', TOKEN: 'tok-1' } }],
      ['a secret variable', { env: { TOKEN: { newSecret: 'tok-2' } } }, { env: { A: '1', TOKEN: 'tok-2' } }],
      ['a variable removed', { env: { A: null } }, { env: { TOKEN: 'tok-1' } }],
      ['all variables removed', { env: { A: null, TOKEN: null } }, { env: {} }],
    ])('change: %s', async (_what, transport, expected) => {
      const { server, linkId, row } = await make();
      const before = held(row());
      await change(server, linkId, { transport });
      expect(held(row())).toEqual({ ...before, ...expected });
      // Without the name a stdio PATCH empties the one inside the stored config.
      expect(row().stdio_config?.server_name).toBe(server.name);
    });

    it('change of type', async () => {
      const { server, linkId, row } = await make();
      const old = row().id;
      await rig.update(server.id, { transport: { type: 'sse', url: 'https://a.example.com/sse' } });
      expect(await rig.plan(linkId)).toMatchObject({ action: 'replace', requiresConsent: ['replace'] });
      expect(await rig.apply(linkId)).toMatchObject({
        status: 'blocked',
        error: { code: 'consent_required' },
      });
      expect(row().id).toBe(old);
      expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({
        status: 'synced',
        verified: true,
      });
      expect(held(row())).toMatchObject({
        server_type: 'sse',
        server_url: 'https://a.example.com/sse',
        headers: {},
      });
      expect(letta.state.rows.some(({ id }) => id === old)).toBe(false);
    });
  });

  it.runIf(!stdio)('stdio is blocked, with the reason', async () => {
    const server = await rig.server({ name: fresh(), transport: { type: 'stdio', command: 'npx' } });
    const link = await rig.sync.link(server.id, remote.id);
    const step = await rig.plan(link.id);
    expect(step.action).toBe('blocked');
    expect(step.warnings[0]).toMatch(/no local commands/);
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked', verified: false });
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
          auth: { type: 'header', header: 'Authorization', token: { newSecret: 'Bearer t1' } },
        },
      });

    it('create', async () => {
      const { row, server } = await make();
      expect(held(row())).toEqual({
        server_name: server.name,
        server_type: type,
        server_url: url,
        headers: { 'X-Org': '7', Authorization: 'Bearer t1' },
      });
      // auth_token is dropped without auth_header and not stored of streamable HTTP: nothing may rely on it.
      expect(row().token).toBeNull();
    });

    const token = { 'X-Org': '7', Authorization: 'Bearer t1' };
    it.each([
      ['url', { url: 'https://b.example.com/x' }, { server_url: 'https://b.example.com/x' }],
      ['a header', { headers: { 'X-Org': '8' } }, { headers: { ...token, 'X-Org': '8' } }],
      ['a header added', { headers: { 'X-New': 'n' } }, { headers: { ...token, 'X-New': 'n' } }],
      ['a header removed', { headers: { 'X-Org': null } }, { headers: { Authorization: 'Bearer t1' } }],
      [
        'the token',
        { auth: { token: { newSecret: 'Bearer t2' } } },
        { headers: { ...token, Authorization: 'Bearer t2' } },
      ],
      [
        'the header of the token',
        { auth: { header: 'X-Api-Key' } },
        { headers: { 'X-Org': '7', 'X-Api-Key': 'Bearer t1' } },
      ],
      ['the token removed', { auth: { type: 'none' } }, { headers: { 'X-Org': '7' } }],
      ['all headers removed', { headers: { 'X-Org': null }, auth: { type: 'none' } }, { headers: {} }],
    ])('change: %s', async (_what, transport, expected) => {
      const { server, linkId, row } = await make();
      const before = held(row());
      await change(server, linkId, { transport });
      expect(held(row())).toEqual({ ...before, ...expected });
    });

    it('a token that was entered there gives way', async () => {
      const { server, linkId, row } = await patched({ name: fresh(), transport: { type, url } });
      row().token = 'entered-there';
      expect(await rig.apply(linkId)).toMatchObject({ status: 'conflict' });
      expect(rig.link(linkId).state).toBe('remote_ahead');
      if (type === 'sse') {
        expect(await rig.apply(linkId, { resolve: { [linkId]: 'local' } })).toMatchObject({
          status: 'synced',
        });
        expect(held(row()).headers).toEqual({});
        return;
      }
      // Of streamable HTTP no PATCH can clear it.
      const old = row().id;
      expect(await rig.plan(linkId)).toMatchObject({ action: 'conflict', requiresConsent: ['replace'] });
      expect(await rig.apply(linkId, { resolve: { [linkId]: 'local' }, consent: ['replace'] })).toMatchObject(
        { status: 'synced', verified: true },
      );
      expect(row().id).not.toBe(old);
      expect(held(row()).headers).toEqual({});
      expect(server.name).toBe(row().server_name);
    });

    it('rename', async () => {
      const { server, linkId, row } = await make();
      const { id } = row();
      const name = fresh();
      await rig.update(server.id, { name });
      expect(await rig.plan(linkId)).toMatchObject({ action: 'update', requiresConsent: ['rename'] });
      expect(await rig.apply(linkId)).toMatchObject({
        status: 'blocked',
        error: { code: 'consent_required' },
      });
      expect(row().server_name).toBe(server.name);
      expect(await rig.apply(linkId, { consent: ['rename'] })).toMatchObject({
        status: 'synced',
        verified: true,
      });
      expect(row()).toMatchObject({ id, server_name: name });
      expect(rig.link(linkId).remoteName).toBe(name);
    });

    it('a rename that would delete another server is refused', async () => {
      const { server, linkId, row } = await make();
      await rig.update(server.id, { name: 'bystander' });
      const step = await rig.plan(linkId);
      expect(step.action).toBe('blocked');
      expect(step.warnings[0]).toMatch(/named "bystander" already/);
      expect(await rig.apply(linkId, { consent: ['rename'] })).toMatchObject({ status: 'blocked' });
      expect(row().server_name).toBe(server.name);
      await rig.update(server.id, { name: fresh() });
    });

    it('change of type', async () => {
      const { server, linkId, row } = await make();
      const other = type === 'sse' ? 'streamable_http' : 'sse';
      const before = held(row());
      await rig.update(server.id, { transport: { type: other } });
      expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({
        status: 'synced',
        verified: true,
      });
      expect(held(row())).toEqual({ ...before, server_type: other });
    });

    it('delete', async () => {
      const { linkId, row } = await make();
      const { id } = row();
      await rig.sync.unlink(linkId, true);
      expect(letta.state.rows.some((one) => one.id === id)).toBe(false);
      expect(rig.catalog.link(linkId)).toBeUndefined();
    });

    it('an entry that is gone already counts as deleted', async () => {
      const { linkId, row } = await make();
      letta.state.rows.splice(letta.state.rows.indexOf(row()), 1);
      await rig.sync.unlink(linkId, true);
      expect(rig.catalog.link(linkId)).toBeUndefined();
    });
  });

  it.each(['a:b', 'a/b'])('the name %s is blocked', async (name) => {
    const server = await rig.server({
      name: `${name}${fresh()}`,
      transport: { type: 'sse', url: 'https://x.example.com' },
    });
    const link = await rig.sync.link(server.id, remote.id);
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked', error: { code: 'unsupported' } });
  });

  it('a name that somebody else has there is blocked, and the entry can be linked instead', async () => {
    const server = await rig.server({
      name: 'bystander',
      transport: { type: 'sse', url: 'https://other.example.com/sse' },
    });
    const link = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(link.id)).action).toBe('blocked');
    await rig.sync.unlink(link.id, false);
    const linked = await rig.sync.link(server.id, remote.id, bystander.id);
    expect(linked.state).toBe('in_sync');
    await rig.sync.unlink(linked.id, false);
  });
});
