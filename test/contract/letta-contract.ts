import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Remote, Server, ServerInput } from '../../src-main/contract/index.js';
import { SyncRig } from '../support/sync-rig.js';
import type { Held, LettaPeer } from './letta-peer.js';

/**
 * Every field of the seed × create, change, clear, rename, change of type, delete. What counts is what the server
 * really holds, not what it answers.
 * @param isLocal whether it runs local commands, which decides what is tried before anything runs
 */
export function lettaContract(open: () => Promise<LettaPeer>, isLocal: boolean): void {
  let rig: SyncRig;
  let peer: LettaPeer;
  let remote: Remote;
  let others: unknown;
  let count = 0;
  const fresh = (): string => `${peer.prefix}s${(count += 1)}`;
  const bystander = (): string => `${peer.prefix}bystander`;

  beforeAll(async () => {
    rig = SyncRig.inMemory();
    peer = await open();
    if (peer.proxy !== undefined) await rig.settings({ proxy: peer.proxy });
    remote = await rig.remote({ kind: 'letta', name: 'Letta', allowInsecure: true, ...peer.remote });
    const other = await rig.server({
      name: bystander(),
      transport: { type: 'sse', url: 'https://other.example.com/sse' },
    });
    const { linkId } = await rig.patch(other, remote);
    await rig.sync.unlink(linkId, false);
    await rig.catalog.edit((tx) => tx.remove('servers', other.id));
    others = await peer.others();
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await peer.close();
  });
  // Whatever is done to linked entries, one that no link names stays as it is.
  afterEach(async () => expect(await peer.others()).toEqual(others));

  const idOf = (linkId: string): string => rig.link(linkId).remoteEntryId ?? '';
  const heldOf = (linkId: string): Promise<Held | undefined> => peer.held(idOf(linkId));

  async function isQuiet(linkId: string): Promise<void> {
    expect(rig.link(linkId).state).toBe('in_sync');
    const before = peer.writes();
    expect(await rig.apply(linkId)).toMatchObject({ status: 'unchanged', verified: true });
    expect(peer.writes()).toBe(before);
  }

  async function patched(input: ServerInput): Promise<{ server: Server; linkId: string }> {
    const server = await rig.server(input);
    const { linkId, outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'synced', verified: true });
    await isQuiet(linkId);
    return { server, linkId };
  }

  async function change(server: Server, linkId: string, patch: Record<string, unknown>): Promise<void> {
    await rig.update(server.id, patch);
    await expect.poll(() => rig.link(linkId).state).toBe('local_ahead');
    expect((await rig.plan(linkId)).action).toBe('update');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    await isQuiet(linkId);
  }

  it('is told apart', async () => {
    expect(await rig.sync.test(remote.id)).toMatchObject({ ok: true, profile: peer.profile });
  });

  const stdio = (): void => {
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
      const { linkId, server } = await make();
      expect(await heldOf(linkId)).toEqual({
        server_name: server.name,
        server_type: 'stdio',
        command: 'npx',
        args: ['-y', 'pkg'],
        env: { A: '1', TOKEN: 'tok-1' },
      });
      if (peer.inside) expect(peer.inside(idOf(linkId)).nameInConfig).toBe(server.name);
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
      const { server, linkId } = await make();
      const before = await heldOf(linkId);
      await change(server, linkId, { transport });
      expect(await heldOf(linkId)).toEqual({ ...before, ...expected });
      // Without the name a stdio PATCH empties the one inside the stored config.
      if (peer.inside) expect(peer.inside(idOf(linkId)).nameInConfig).toBe(server.name);
    });

    it('change of type', async () => {
      const { server, linkId } = await make();
      const old = idOf(linkId);
      await rig.update(server.id, { transport: { type: 'sse', url: 'https://a.example.com/sse' } });
      expect(await rig.plan(linkId)).toMatchObject({ action: 'replace', requiresConsent: ['replace'] });
      expect(await rig.apply(linkId)).toMatchObject({
        status: 'blocked',
        error: { code: 'consent_required' },
      });
      expect(idOf(linkId)).toBe(old);
      expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({
        status: 'synced',
        verified: true,
      });
      expect(await heldOf(linkId)).toMatchObject({
        server_type: 'sse',
        server_url: 'https://a.example.com/sse',
        headers: {},
      });
      expect(await peer.held(old)).toBeUndefined();
    });
  };
  if (isLocal) describe('stdio', stdio);

  const noStdio = async (): Promise<void> => {
    const server = await rig.server({ name: fresh(), transport: { type: 'stdio', command: 'npx' } });
    const link = await rig.sync.link(server.id, remote.id);
    // A Letta that was never asked for one tells at the first try; the cloud is known for it.
    const outcome = await rig.apply(link.id);
    expect(outcome).toMatchObject({ status: 'blocked', verified: false });
    const step = await rig.plan(link.id);
    expect(step.action).toBe('blocked');
    expect(step.warnings[0]).toMatch(/local commands/);
  };
  if (!isLocal) it('stdio is blocked, with the reason', noStdio);

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
      const { linkId, server } = await make();
      expect(await heldOf(linkId)).toEqual({
        server_name: server.name,
        server_type: type,
        server_url: url,
        headers: { 'X-Org': '7', Authorization: 'Bearer t1' },
      });
      // auth_token is dropped without auth_header and not stored of streamable HTTP: nothing may rely on it.
      if (peer.inside) expect(peer.inside(idOf(linkId)).token).toBeNull();
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
      const { server, linkId } = await make();
      const before = await heldOf(linkId);
      await change(server, linkId, { transport });
      expect(await heldOf(linkId)).toEqual({ ...before, ...expected });
    });

    it('a token that was entered there gives way', async (context) => {
      const { server, linkId } = await patched({ name: fresh(), transport: { type, url } });
      const old = idOf(linkId);
      if (!(await peer.enterToken(old, 'entered-there'))) context.skip();
      expect(await rig.apply(linkId)).toMatchObject({ status: 'conflict' });
      expect(rig.link(linkId).state).toBe('remote_ahead');
      if (type === 'sse' || peer.profile === 'flat') {
        expect(await rig.apply(linkId, { resolve: { [linkId]: 'local' } })).toMatchObject({
          status: 'synced',
        });
        expect((await heldOf(linkId))?.headers).toEqual({});
        return;
      }
      // Of streamable HTTP no PATCH can clear it.
      expect(await rig.plan(linkId)).toMatchObject({ action: 'conflict', requiresConsent: ['replace'] });
      expect(await rig.apply(linkId, { resolve: { [linkId]: 'local' }, consent: ['replace'] })).toMatchObject(
        { status: 'synced', verified: true },
      );
      expect(idOf(linkId)).not.toBe(old);
      expect(await heldOf(linkId)).toMatchObject({ headers: {}, server_name: server.name });
    });

    it('an entry with a token of its own is adopted as it behaves', async () => {
      const { server, linkId } = await make();
      await rig.sync.unlink(linkId, false);
      await rig.catalog.edit((tx) => tx.remove('servers', server.id));
      const entryId = (await peer.idOf(server.name)) ?? '';
      const adopted = await rig.server(await rig.sync.draft(remote.id, entryId));
      const link = await rig.sync.link(adopted.id, remote.id, entryId);
      expect(link.state).toBe('in_sync');
      await isQuiet(link.id);
      await change(adopted, link.id, { transport: { url: 'https://c.example.com/y' } });
      expect(await heldOf(link.id)).toMatchObject({ server_url: 'https://c.example.com/y', headers: token });
    });

    it('rename', async () => {
      const { server, linkId } = await make();
      const id = idOf(linkId);
      const name = fresh();
      await rig.update(server.id, { name });
      expect(await rig.plan(linkId)).toMatchObject({ action: 'update', requiresConsent: ['rename'] });
      expect(await rig.apply(linkId)).toMatchObject({
        status: 'blocked',
        error: { code: 'consent_required' },
      });
      expect(await heldOf(linkId)).toMatchObject({ server_name: server.name });
      expect(await rig.apply(linkId, { consent: ['rename'] })).toMatchObject({
        status: 'synced',
        verified: true,
      });
      expect(idOf(linkId)).toBe(id);
      expect(await peer.held(id)).toMatchObject({ server_name: name });
      expect(rig.link(linkId).remoteName).toBe(name);
    });

    it('a rename that would delete another server is refused', async () => {
      const { server, linkId } = await make();
      await rig.update(server.id, { name: bystander() });
      const step = await rig.plan(linkId);
      expect(step.action).toBe('blocked');
      expect(step.warnings[0]).toContain(`named "${bystander()}" already`);
      expect(await rig.apply(linkId, { consent: ['rename'] })).toMatchObject({ status: 'blocked' });
      expect(await heldOf(linkId)).toMatchObject({ server_name: server.name });
      await rig.update(server.id, { name: fresh() });
    });

    it('change of type', async () => {
      const { server, linkId } = await make();
      const other = type === 'sse' ? 'streamable_http' : 'sse';
      const before = await heldOf(linkId);
      await rig.update(server.id, { transport: { type: other } });
      expect(await rig.apply(linkId, { consent: ['replace'] })).toMatchObject({
        status: 'synced',
        verified: true,
      });
      expect(await heldOf(linkId)).toEqual({ ...before, server_type: other });
    });

    it('delete', async () => {
      const { linkId } = await make();
      const id = idOf(linkId);
      await rig.sync.unlink(linkId, true);
      expect(await peer.held(id)).toBeUndefined();
      expect(rig.catalog.link(linkId)).toBeUndefined();
    });

    it('an entry that is gone already counts as deleted', async () => {
      const { linkId } = await make();
      await peer.drop(idOf(linkId));
      await rig.sync.unlink(linkId, true);
      expect(rig.catalog.link(linkId)).toBeUndefined();
    });

    it('an entry that is gone is missing, and is made anew', async () => {
      const { linkId } = await make();
      const old = idOf(linkId);
      const before = await heldOf(linkId);
      await peer.drop(old);
      expect(await rig.plan(linkId)).toMatchObject({ action: 'create' });
      expect(rig.link(linkId).state).toBe('missing');
      expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
      expect(await heldOf(linkId)).toEqual(before);
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

  it('a server that cannot be reached is stored, and a refresh of its tools that fails changes nothing', async () => {
    const { linkId } = await patched({
      name: fresh(),
      transport: { type: 'sse', url: 'https://nobody.invalid/sse' },
    });
    expect(await rig.sync.tools(linkId)).toEqual({ registered: [] });
    await expect(rig.sync.refreshTools(linkId)).rejects.toMatchObject({
      message: expect.stringContaining('Could not connect') as string,
    });
    await isQuiet(linkId);
  });

  it('tools are registered when it is made, compared with those it has now, and asked for again', async (context) => {
    if (!peer.tooled || !isLocal) return context.skip();
    const { tools, ...transport } = peer.tooled;
    const { linkId } = await patched({ name: fresh(), transport: { type: 'stdio', ...transport } });
    const seen = await rig.sync.tools(linkId);
    expect(seen).toEqual({ registered: tools.toSorted(), live: tools.toSorted() });
    expect(await rig.sync.refreshTools(linkId)).toEqual({ added: [], updated: [], deleted: [] });
    await isQuiet(linkId);
  });

  it('a name that somebody else has there is blocked, and the entry can be linked instead', async () => {
    const server = await rig.server({
      name: bystander(),
      transport: { type: 'sse', url: 'https://other.example.com/sse' },
    });
    const link = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(link.id)).action).toBe('blocked');
    await rig.sync.unlink(link.id, false);
    const linked = await rig.sync.link(server.id, remote.id, await peer.idOf(bystander()));
    expect(linked.state).toBe('in_sync');
    await rig.sync.unlink(linked.id, false);
  });
}
