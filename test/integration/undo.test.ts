import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isSecretRef, type Remote, type Server } from '../../src-main/contract/index.js';
import { Host } from '../support/host.js';
import { KeychainSession } from '../support/keychain-session.js';
import { filesThatHold } from '../support/look-for.js';
import type { WireError } from '../support/rpc-client.js';

type Started = Awaited<ReturnType<typeof Host.start>>;

const TOKEN = 'ghp_abcdefghijklmnop0123456789';
const stdio = (env: Record<string, unknown> = {}) => ({
  type: 'stdio' as const,
  command: 'node',
  args: [],
  env: env as Record<string, string>,
});
const idOf = (server: Server, name: string): string => {
  const value = server.transport.type === 'stdio' ? server.transport.env[name] : undefined;
  return isSecretRef(value) ? value.secret : '';
};

describe('taking back', () => {
  let keychain: KeychainSession;
  let dataDir: string;
  let host: Started;
  beforeAll(async () => {
    keychain = await KeychainSession.start();
    dataDir = await mkdtemp(join(tmpdir(), 'jackfield-undo-'));
    host = await Host.start({ dataDir, env: keychain.env });
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await keychain.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  afterEach(async () => {
    const { servers, remotes } = await host.client.call('app.snapshot', {});
    for (const { id } of servers) await host.client.call('server.remove', { id });
    for (const { id } of remotes) await host.client.call('remote.remove', { id });
  });

  const add = async (name: string, env: Record<string, unknown> = {}): Promise<Server> =>
    (await host.client.call('server.create', { server: { name, transport: stdio(env) } })).server;
  const remote = async (name: string): Promise<Remote> =>
    (
      await host.client.call('remote.create', {
        remote: {
          kind: 'letta',
          name,
          baseUrl: 'http://127.0.0.1:9',
          auth: { type: 'bearer', token: { newSecret: TOKEN } },
        },
      })
    ).remote;
  const refused = (promise: Promise<unknown>): Promise<WireError> =>
    promise.then(
      () => expect.fail('It should have been refused'),
      (error: WireError) => error,
    );

  it('a deleted server comes back with its id, its links and its secret, which was gone from the keychain', async () => {
    const server = await add('one', { A_TOKEN: { newSecret: TOKEN } });
    const { id: remoteId } = await remote('letta');
    const { link } = await host.client.call('link.create', { serverId: server.id, remoteId });
    const held = await keychain.accounts();
    await host.client.call('server.remove', { id: server.id });
    expect(await keychain.accounts()).toEqual(held.filter((account) => account !== idOf(server, 'A_TOKEN')));
    const [newest] = (await host.client.call('edit.list', {})).undo;
    expect(newest).toMatchObject({ title: 'Removed one', ids: [link.id, server.id] });

    expect(await host.client.call('edit.undo', { id: newest?.id as string })).toEqual({
      title: 'Removed one',
      lostSecrets: [],
    });
    const { servers, links } = await host.client.call('app.snapshot', {});
    expect(servers).toEqual([{ ...server, revision: 2 }]);
    expect(links).toMatchObject([{ id: link.id, serverId: server.id, remoteId }]);
    expect((await keychain.accounts()).sort()).toEqual(held.sort());
    expect(await filesThatHold(host.dataDir, TOKEN)).toEqual([]);
    expect(host.client.frames.filter((frame) => frame.includes(TOKEN))).toEqual([]);

    // And away again, and back.
    await host.client.call('edit.redo', {});
    expect((await host.client.call('app.snapshot', {})).servers).toEqual([]);
    expect(await keychain.accounts()).not.toContain(idOf(server, 'A_TOKEN'));
    await host.client.call('edit.undo', {});
    expect((await host.client.call('app.snapshot', {})).servers).toMatchObject([
      { id: server.id, revision: 3 },
    ]);
    expect(await keychain.accounts()).toContain(idOf(server, 'A_TOKEN'));
  });

  it('a deleted remote and a removed link come back', async () => {
    const server = await add('two');
    const { id: remoteId } = await remote('gateway');
    const { link } = await host.client.call('link.create', { serverId: server.id, remoteId });
    await host.client.call('link.remove', { id: link.id });
    await host.client.call('edit.undo', {});
    expect((await host.client.call('app.snapshot', {})).links).toMatchObject([{ id: link.id }]);
    await host.client.call('remote.remove', { id: remoteId });
    await host.client.call('edit.undo', {});
    const { remotes, links } = await host.client.call('app.snapshot', {});
    expect(remotes).toMatchObject([{ id: remoteId, name: 'gateway', revision: 2 }]);
    expect(links).toMatchObject([{ id: link.id }]);
    const { revisions } = await host.client.call('remote.history', { id: remoteId });
    expect(revisions.map(({ revision }) => revision)).toEqual([2, 1]);
  });

  it('edits go back one by one, a replaced secret with them, and a new edit ends doing again', async () => {
    const server = await add('three', { A_TOKEN: { newSecret: TOKEN } });
    const { id } = server;
    await host.client.call('server.update', { id, patch: { tags: ['x'] } });
    await host.client.call('server.update', {
      id,
      patch: { transport: { env: { A_TOKEN: { newSecret: 'another value' } } } },
    });
    expect(await keychain.accounts()).not.toContain(idOf(server, 'A_TOKEN'));
    await host.client.call('edit.undo', {});
    await host.client.call('edit.undo', {});
    const { servers } = await host.client.call('app.snapshot', {});
    expect(servers).toEqual([{ ...server, revision: 5 }]);
    expect(await keychain.accounts()).toEqual([idOf(server, 'A_TOKEN')]);
    await host.client.call('server.update', { id, patch: { tags: ['y'] } });
    expect((await refused(host.client.call('edit.redo', {}))).data?.code).toBe('not_found');
  });

  it('is refused where something came in between, and changes nothing then', async () => {
    const { id } = await add('four');
    await host.client.call('server.update', { id, patch: { tags: ['x'] } });
    const [first] = (await host.client.call('edit.list', {})).undo;
    await host.client.call('server.update', { id, patch: { description: 'later' } });
    const error = await refused(host.client.call('edit.undo', { id: first?.id as string }));
    expect(error.data?.code).toBe('revision_conflict');
    expect(error.message).toContain('"Edited four" cannot be taken back: the server four was changed since');
    expect((await host.client.call('app.snapshot', {})).servers).toMatchObject([
      { tags: ['x'], description: 'later', revision: 3 },
    ]);
  });

  it('an import is one edit', async () => {
    const text = JSON.stringify({ mcpServers: { a: { command: 'node' }, b: { command: 'node' } } });
    const { items } = await host.client.call('import.preview', { source: { text } });
    const choices = Object.fromEntries(items.map(({ key }) => [key, { action: 'add' as const }]));
    await host.client.call('import.apply', { source: { text }, choices });
    await host.client.call('edit.undo', {});
    expect((await host.client.call('app.snapshot', {})).servers).toEqual([]);
  });

  it('needs no undo after a restart: what was removed is in the history, and its secret is asked for', async () => {
    const server = await add('five', { A_TOKEN: { newSecret: TOKEN } });
    await host.client.call('server.remove', { id: server.id });
    await host.stop();
    host = await Host.start({ dataDir, env: keychain.env });
    const { removed } = await host.client.call('removed.list', {});
    expect(removed[0]).toMatchObject({ kind: 'server', id: server.id, name: 'five', secrets: 1 });
    const { lostSecrets } = await host.client.call('removed.restore', { kind: 'server', id: server.id });
    expect(lostSecrets).toEqual([idOf(server, 'A_TOKEN')]);
    const snapshot = await host.client.call('app.snapshot', {});
    expect(snapshot.servers).toEqual([{ ...server, revision: 2 }]);
    expect(snapshot.lostSecrets).toEqual(lostSecrets);
  });
});
