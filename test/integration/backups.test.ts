import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSecretRef, type Server } from '../../src-main/contract/index.js';
import { Host } from '../support/host.js';
import { KeychainSession } from '../support/keychain-session.js';
import { filesThatHold } from '../support/look-for.js';

type Started = Awaited<ReturnType<typeof Host.start>>;
const TOKEN = 'ghp_abcdefghijklmnop0123456789';

let keychain: KeychainSession;
let dataDir: string;
let host: Started;
beforeEach(async () => {
  keychain = await KeychainSession.start();
  dataDir = await mkdtemp(join(tmpdir(), 'jackfield-backups-'));
  host = await Host.start({ dataDir, env: keychain.env });
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
  await keychain.stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

const add = async (name: string, env: Record<string, unknown> = {}): Promise<Server> => {
  const transport = { type: 'stdio' as const, command: 'node', env: env as Record<string, string> };
  return (await host.client.call('server.create', { server: { name, transport } })).server;
};
const restart = async (between: () => Promise<void>): Promise<void> => {
  await host.stop();
  await between();
  host = await Host.start({ dataDir, env: keychain.env });
};

describe('going back to a backup', () => {
  it('says what it would do, does it, keeps what was added since, and can be taken back', async () => {
    const one = await add('one', { A_TOKEN: { newSecret: TOKEN } });
    const two = await add('two');
    await host.client.call('server.update', { id: two.id, patch: { description: 'as it was' } });
    await host.client.call('server.update', { id: two.id, patch: { description: 'spoilt' } });
    const [{ name } = { name: '' }] = (await host.client.call('backup.list', {})).backups;
    await host.client.call('server.remove', { id: one.id });
    const three = await add('three');
    expect(await keychain.accounts()).toEqual([]);

    const preview = await host.client.call('backup.preview', { name });
    expect(preview).toMatchObject({ holds: { servers: 2, remotes: 0, links: 0 }, stays: 1 });
    expect(preview.differences).toEqual([
      { kind: 'server', id: one.id, name: 'one', then: one },
      {
        ...{ kind: 'server', id: two.id, name: 'two' },
        now: expect.objectContaining({ description: 'spoilt' }) as unknown,
        then: expect.objectContaining({ description: 'as it was' }) as unknown,
      },
    ]);
    expect(await host.client.call('backup.restore', { name })).toMatchObject({
      restored: 2,
      lostSecrets: [],
    });
    const { servers } = await host.client.call('app.snapshot', {});
    expect(servers.map((server) => [server.name, server.description]).sort()).toEqual([
      ['one', ''],
      ['three', ''],
      ['two', 'as it was'],
    ]);
    // The secret was deleted a moment ago, and came back with its server.
    expect(await keychain.count()).toBe(1);
    expect((await host.client.call('backup.preview', { name })).differences).toEqual([]);

    await host.client.call('edit.undo', {});
    const after = (await host.client.call('app.snapshot', {})).servers;
    expect(after.map((server) => [server.name, server.description]).sort()).toEqual([
      ['three', ''],
      ['two', 'spoilt'],
    ]);
    expect(await keychain.count()).toBe(0);

    // One of it alone.
    expect(await host.client.call('backup.restore', { name, ids: [two.id] })).toMatchObject({ restored: 1 });
    expect((await host.client.call('app.snapshot', {})).servers.map(({ id }) => id).sort()).toEqual(
      [two.id, three.id].sort(),
    );
  });

  it.each([
    ['torn', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['garbage', () => '\u0000\u0001 garbage'],
    ['newer', (text: string) => text.replace('"schemaVersion": 1', '"schemaVersion": 99')],
  ])('is offered, never done, where catalog.json is %s', async (_what, spoil) => {
    const one = await add('one', { A_TOKEN: { newSecret: TOKEN } });
    await add('two');
    const path = join(dataDir, 'catalog.json');
    let spoilt = '';
    await restart(async () => {
      spoilt = spoil(await readFile(path, 'utf8'));
      await writeFile(path, spoilt);
    });
    const snapshot = await host.client.call('app.snapshot', {});
    expect(snapshot.servers).toEqual([]);
    const [notice] = snapshot.notices;
    expect(notice).toMatchObject({ offer: { kind: 'backup' } });
    const aside = (await readdir(join(dataDir, 'backups'))).filter((name) => /unreadable|newer/.test(name));
    expect(aside).toHaveLength(1);
    expect(await readFile(join(dataDir, 'backups', aside[0] as string), 'utf8')).toBe(spoilt);
    expect(await readFile(path, 'utf8')).toBe(spoilt);

    const offer = notice?.offer as { kind: 'backup'; name: string };
    const { differences } = await host.client.call('backup.preview', { name: offer.name });
    expect(differences).toEqual([{ kind: 'server', id: one.id, name: 'one', then: one }]);
    await host.client.call('backup.restore', { name: offer.name });
    expect((await host.client.call('app.snapshot', {})).servers).toMatchObject([{ id: one.id }]);
    // Its secret was never let go of.
    expect(await keychain.count()).toBe(1);
  });
});

describe('plain values that look like secrets', () => {
  it('are found, told of, and moved, and no copy of them stays anywhere', async () => {
    const one = await add('one', { GITHUB_TOKEN: TOKEN, LOG: 'debug' });
    await host.client.call('server.update', { id: one.id, patch: { tags: ['x'] } });
    await host.client.call('remote.create', {
      remote: {
        ...{ kind: 'bifrost', name: 'gate', baseUrl: 'http://127.0.0.1:9' },
        auth: { type: 'bearer', token: `${TOKEN}-2` },
        headers: { 'X-Setup.Token': `${TOKEN}-3` },
      },
    });
    await restart(() => Promise.resolve());
    const { notices } = await host.client.call('app.snapshot', {});
    expect(notices).toMatchObject([
      { title: '3 plain values look like secrets', offer: { kind: 'plain_secrets' } },
    ]);
    expect(JSON.stringify(notices)).not.toContain(TOKEN);
    const { found } = await host.client.call('secret.scan', {});
    expect(found.map(({ kind, name, path }) => [kind, name, path])).toEqual([
      ['server', 'one', 'transport.env.GITHUB_TOKEN'],
      ['remote', 'gate', 'auth.token'],
      ['remote', 'gate', 'headers.X-Setup.Token'],
    ]);
    expect(await filesThatHold(dataDir, TOKEN)).not.toEqual([]);

    expect(await host.client.call('secret.move', {})).toEqual({ moved: 3, failed: [] });
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    expect(await keychain.count()).toBe(3);
    expect((await host.client.call('secret.scan', {})).found).toEqual([]);
    const { servers } = await host.client.call('app.snapshot', {});
    expect(servers[0]?.transport).toMatchObject({ env: { LOG: 'debug' } });
    // Every earlier state refers to the secret, and none of them brings the plain value back.
    const { revisions } = await host.client.call('server.history', { id: one.id });
    expect(revisions).toHaveLength(3);
    for (const { server } of revisions)
      expect(server.transport.type === 'stdio' && isSecretRef(server.transport.env['GITHUB_TOKEN'])).toBe(
        true,
      );
    await host.client.call('server.restore', { id: one.id, revision: 1 });
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
  });

  it('do not come back by an undo of what was edited before', async () => {
    const one = await add('one', { GITHUB_TOKEN: TOKEN });
    await host.client.call('server.update', { id: one.id, patch: { tags: ['x'] } });
    await host.client.call('secret.move', { items: [{ id: one.id, path: 'transport.env.GITHUB_TOKEN' }] });
    expect((await host.client.call('edit.list', {})).undo.map(({ title }) => title)).toEqual([
      'Edited one',
      'Added one',
    ]);
    await host.client.call('edit.undo', {});
    expect((await host.client.call('app.snapshot', {})).servers).toMatchObject([{ tags: [] }]);
    await host.client.call('edit.undo', {});
    await host.client.call('edit.redo', {});
    expect(await filesThatHold(dataDir, TOKEN)).toEqual([]);
    expect(await keychain.count()).toBe(1);
  });

  it('stay where they are while secrets are held in memory only: nothing else would hold them', async () => {
    const one = await add('one', { GITHUB_TOKEN: TOKEN });
    await host.client.call('settings.update', { patch: { secretStorage: 'session' } });
    await expect(host.client.call('secret.move', {})).rejects.toMatchObject({
      data: { code: 'keychain_unavailable', hint: expect.stringContaining('Settings') as unknown },
    });
    expect((await host.client.call('secret.scan', {})).found).toMatchObject([{ id: one.id }]);
    expect(await filesThatHold(dataDir, TOKEN)).not.toEqual([]);
  });

  it('stay where they are while the keychain is locked, and are told apart from those that were moved', async () => {
    const one = await add('one', { GITHUB_TOKEN: TOKEN });
    await keychain.lock();
    const { moved, failed } = await host.client.call('secret.move', {});
    expect(moved).toBe(0);
    expect(failed).toMatchObject([
      {
        id: one.id,
        path: 'transport.env.GITHUB_TOKEN',
        message: expect.stringContaining('locked') as unknown,
      },
    ]);
    expect((await host.client.call('secret.scan', {})).found).toHaveLength(1);
    expect(
      await host.client.call('secret.move', { items: [{ id: one.id, path: 'transport.env.NONE' }] }),
    ).toMatchObject({
      moved: 0,
      failed: [{ message: expect.stringContaining('no plain value') as unknown }],
    });
  });
});
