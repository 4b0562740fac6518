import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Link, Remote, Server } from '../../src-main/contract/index.js';
import { startFakeBifrost, type FakeBifrost } from '../fakes/bifrost/index.js';
import { startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import { Host } from '../support/host.js';
import { KeychainSession } from '../support/keychain-session.js';
import { filesThatHold } from '../support/look-for.js';

type Started = Awaited<ReturnType<typeof Host.start>>;

describe('patching servers out, through the whole app', () => {
  const token = `tok-${randomUUID()}`;
  let keychain: KeychainSession;
  let host: Started;
  let letta: FakeLetta;
  let bifrost: FakeBifrost;
  let remotes: { letta: Remote; bifrost: Remote };

  beforeAll(async () => {
    keychain = await KeychainSession.start();
    letta = await startFakeLetta({ version: '0.16.6', stdio: true, password: 'letta password' });
    bifrost = await startFakeBifrost({
      version: '1.4',
      admin: { username: 'admin', password: 'bifrost password' },
    });
    host = await Host.start({ env: keychain.env });
    const { remote: first } = await host.client.call('remote.create', {
      remote: {
        kind: 'letta',
        name: 'Letta',
        baseUrl: letta.url,
        auth: { type: 'bearer', token: { newSecret: 'letta password' } },
      },
    });
    const { remote: second } = await host.client.call('remote.create', {
      remote: {
        kind: 'bifrost',
        name: 'Bifrost',
        baseUrl: bifrost.url,
        auth: { type: 'basic', username: 'admin', password: { newSecret: 'bifrost password' } },
      },
    });
    remotes = { letta: first, bifrost: second };
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await Promise.all([letta.close(), bifrost.close(), keychain.stop()]);
  });

  const createHttp = async (name: string): Promise<Server> => {
    const { server } = await host.client.call('server.create', {
      server: {
        name,
        transport: {
          type: 'streamable_http',
          url: 'https://mcp.example.com/mcp',
          headers: { 'X-Org': '7' },
          auth: { type: 'header', header: 'Authorization', token: { newSecret: `Bearer ${token}` } },
        },
        tools: { execute: ['read', 'write'], autoExecute: ['read'], pricing: { read: 0.001 } },
        codeMode: true,
      },
    });
    return server;
  };
  const link = async (server: Server, remote: Remote): Promise<Link> =>
    (await host.client.call('link.create', { serverId: server.id, remoteId: remote.id })).link;
  const stateOf = async (id: string): Promise<Link | undefined> =>
    (await host.client.call('app.snapshot', {})).links.find((one) => one.id === id);

  it('tests both remotes and names what they are', async () => {
    expect(await host.client.call('remote.test', { id: remotes.letta.id })).toMatchObject({
      ok: true,
      version: '0.16.6',
    });
    expect(await host.client.call('remote.test', { id: remotes.bifrost.id })).toMatchObject({ ok: true });
  });

  it('tells a wrong password from a server that is not there', async () => {
    const { remote: wrong } = await host.client.call('remote.create', {
      remote: { kind: 'letta', name: 'wrong', baseUrl: letta.url, auth: { type: 'bearer', token: 'no' } },
    });
    const { remote: nowhere } = await host.client.call('remote.create', {
      remote: { kind: 'letta', name: 'nowhere', baseUrl: 'http://127.0.0.1:9' },
    });
    expect(await host.client.call('remote.test', { id: wrong.id })).toMatchObject({
      ok: false,
      problems: [{ code: 'remote_unauthorized' }],
    });
    expect(await host.client.call('remote.test', { id: nowhere.id })).toMatchObject({
      ok: false,
      problems: [{ code: 'remote_unreachable' }],
    });
    await host.client.call('remote.remove', { id: wrong.id });
    await host.client.call('remote.remove', { id: nowhere.id });
  });

  it('patches one server into both, verified, and each holds exactly what was meant', async () => {
    const server = await createHttp('search');
    const links = [await link(server, remotes.letta), await link(server, remotes.bifrost)];
    const linkIds = links.map(({ id }) => id);
    const { steps } = await host.client.call('sync.plan', { linkIds });
    expect(steps.map(({ action }) => action)).toEqual(['create', 'create']);
    expect(JSON.stringify(steps)).not.toContain(token);
    expect(letta.state.rows).toEqual([]);

    const { outcomes } = await host.client.call('sync.apply', { linkIds });
    expect(outcomes).toMatchObject([
      { status: 'synced', verified: true },
      { status: 'synced', verified: true },
    ]);
    expect(letta.state.find('search')).toMatchObject({
      server_type: 'streamable_http',
      server_url: 'https://mcp.example.com/mcp',
      custom_headers: { 'X-Org': '7', Authorization: `Bearer ${token}` },
    });
    expect(bifrost.state.find('search')).toMatchObject({
      connection_type: 'http',
      connection_string: 'https://mcp.example.com/mcp',
      auth_type: 'headers',
      headers: { 'X-Org': '7', Authorization: `Bearer ${token}` },
      tools_to_execute: ['read', 'write'],
      tools_to_auto_execute: ['read'],
      tool_pricing: { read: 0.001 },
      is_code_mode_client: true,
    });
    for (const id of linkIds) expect(await stateOf(id)).toMatchObject({ state: 'in_sync' });
    const again = await host.client.call('sync.apply', { linkIds });
    expect(again.outcomes.map(({ status }) => status)).toEqual(['unchanged', 'unchanged']);
  });

  it('shows a local edit at once, and sends a changed token', async () => {
    const { servers, links } = await host.client.call('app.snapshot', {});
    const server = servers.find(({ name }) => name === 'search');
    const linkIds = links.filter(({ serverId }) => serverId === server?.id).map(({ id }) => id);
    const fresh = `tok-${randomUUID()}`;
    await host.client.call('server.update', {
      id: server?.id ?? '',
      patch: { transport: { auth: { token: { newSecret: `Bearer ${fresh}` } } } },
    });
    await expect.poll(async () => (await stateOf(linkIds[0] ?? ''))?.state).toBe('local_ahead');
    const { outcomes } = await host.client.call('sync.apply', {});
    expect(outcomes.filter(({ linkId }) => linkIds.includes(linkId))).toMatchObject([
      { status: 'synced', verified: true },
      { status: 'synced', verified: true },
    ]);
    expect(letta.state.find('search')?.custom_headers).toMatchObject({ Authorization: `Bearer ${fresh}` });
    expect(bifrost.state.find('search')?.headers).toMatchObject({ Authorization: `Bearer ${fresh}` });
  });

  it('never overwrites an edit made on the remote unless told to', async () => {
    const server = await createHttp('contested');
    const { id } = await link(server, remotes.letta);
    await host.client.call('sync.apply', { linkIds: [id] });
    const row = letta.state.find('contested');
    if (row) row.server_url = 'https://changed.example.com/mcp';
    await host.client.call('server.update', {
      id: server.id,
      patch: { transport: { url: 'https://mine.example.com/mcp' } },
    });
    const { outcomes } = await host.client.call('sync.apply', { linkIds: [id] });
    expect(outcomes).toMatchObject([{ status: 'conflict' }]);
    expect(letta.state.find('contested')?.server_url).toBe('https://changed.example.com/mcp');
    const resolved = await host.client.call('sync.apply', { linkIds: [id], resolve: { [id]: 'remote' } });
    expect(resolved.outcomes).toMatchObject([{ status: 'synced' }]);
    const { servers } = await host.client.call('app.snapshot', {});
    expect(servers.find((one) => one.id === server.id)?.transport).toMatchObject({
      url: 'https://changed.example.com/mcp',
    });
  });

  it('says what a remote cannot hold', async () => {
    const { server } = await host.client.call('server.create', {
      server: {
        name: 'with a folder',
        transport: { type: 'stdio', command: 'node', args: ['a.js'], cwd: '/srv' },
      },
    });
    const toLetta = await link(server, remotes.letta);
    const toBifrost = await link(server, remotes.bifrost);
    const { steps } = await host.client.call('sync.plan', { linkIds: [toLetta.id, toBifrost.id] });
    for (const step of steps) {
      expect(step).toMatchObject({ action: 'blocked', overridable: true });
      expect(step.warnings[0]).toContain('The working folder cannot be kept there.');
      expect(step.losses.map(({ field }) => field)).toContain('transport.cwd');
    }
    const refused = await host.client.call('sync.apply', { linkIds: [toLetta.id] });
    expect(refused.outcomes).toMatchObject([{ status: 'blocked' }]);
    expect(letta.state.find('with a folder')).toBeUndefined();
    const insisted = await host.client.call('sync.apply', {
      linkIds: [toLetta.id],
      resolve: { [toLetta.id]: 'local' },
    });
    expect(insisted.outcomes).toMatchObject([{ status: 'synced', verified: true }]);
    expect(toBifrost.remoteName).toMatch(/^[A-Za-z_]\w*$/);
  });

  it('keeps a wish while the remote is away, and delivers it by itself', async () => {
    const server = await createHttp('delayed');
    const { id } = await link(server, remotes.bifrost);
    await bifrost.offline();
    const { outcomes } = await host.client.call('sync.apply', { linkIds: [id] });
    expect(outcomes).toMatchObject([{ status: 'queued' }]);
    expect(await stateOf(id)).toMatchObject({ state: 'queued' });
    await bifrost.online();
    await expect
      .poll(async () => (await stateOf(id))?.state, { timeout: 35_000, interval: 250 })
      .toBe('in_sync');
    expect(bifrost.state.clients.filter(({ name }) => name === 'delayed')).toHaveLength(1);
  }, 60_000);

  it('adopts what a remote holds, secrets into the keychain', async () => {
    const secret = `adopted ${randomUUID()}`;
    await fetch(`${letta.url}/v1/mcp-servers/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer letta password' },
      body: JSON.stringify({
        server_name: 'theirs',
        config: {
          mcp_server_type: 'sse',
          server_url: 'https://theirs.example.com/sse',
          custom_headers: { 'X-Api-Key': secret },
        },
      }),
    });
    const { entries } = await host.client.call('remote.entries', { id: remotes.letta.id });
    const theirs = entries.find(({ name }) => name === 'theirs');
    expect(theirs?.linkedServerId).toBeUndefined();
    const adopted = await host.client.call('remote.adopt', {
      id: remotes.letta.id,
      remoteEntryId: theirs?.remoteEntryId ?? '',
    });
    expect(adopted.server).toMatchObject({
      name: 'theirs',
      transport: { type: 'sse', headers: { 'X-Api-Key': { secret: expect.any(String) as string } } },
    });
    const { outcomes } = await host.client.call('sync.apply', { linkIds: [adopted.link.id] });
    expect(outcomes).toMatchObject([{ status: 'unchanged' }]);
    expect(await filesThatHold(host.dataDir, secret)).toEqual([]);
  });

  it('deletes on the remote only when asked to, and leaves what it never linked', async () => {
    const server = await createHttp('short lived');
    const { id } = await link(server, remotes.letta);
    await host.client.call('sync.apply', { linkIds: [id] });
    const before = letta.state.rows.length;
    await host.client.call('link.remove', { id, deleteRemote: true });
    expect(letta.state.find('short lived')).toBeUndefined();
    expect(letta.state.rows).toHaveLength(before - 1);
  });

  it('has put no token into any file or frame', async () => {
    expect(await filesThatHold(host.dataDir, token)).toEqual([]);
    expect(host.client.frames.filter((frame) => frame.includes(token))).toEqual([]);
    expect(host.stderr).not.toContain(token);
  });
});
