import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import { SyncRig } from '../support/sync-rig.js';

let rig: SyncRig;
let letta: FakeLetta;
beforeEach(async () => {
  rig = SyncRig.inMemory();
  letta = await startFakeLetta({ version: '0.16.6', stdio: true });
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  await letta.close();
});

const writes = () =>
  letta.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

describe('Letta 0.16', () => {
  it('takes a stdio server with a secret and holds exactly what was meant', async () => {
    const server = await rig.server({
      name: 'github',
      transport: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', 'x'],
        env: { TOKEN: { newSecret: 'g1-secret' }, LOG: '1' },
      },
    });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: letta.url });
    const link = await rig.sync.link(server.id, remote.id);
    expect(link).toMatchObject({ state: 'local_ahead', remoteName: 'github' });
    expect(writes()).toEqual([]);

    const step = await rig.plan(link.id);
    expect(step).toMatchObject({ action: 'create', losses: [] });
    expect(JSON.stringify(step)).not.toContain('g1-secret');
    expect(step.changes).toContainEqual({ field: 'transport.env.TOKEN', local: '••••', secret: true });

    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced', verified: true });
    expect(letta.state.find('github')).toMatchObject({
      server_type: 'stdio',
      stdio_config: { command: 'npx', args: ['-y', 'x'], env: { TOKEN: 'g1-secret', LOG: '1' } },
    });
    expect(rig.link(link.id)).toMatchObject({ state: 'in_sync', remoteEntryId: letta.state.rows[0]?.id });
    expect(JSON.stringify(rig.link(link.id))).not.toContain('g1-secret');

    const before = letta.requests.length;
    expect(await rig.apply(link.id)).toMatchObject({ status: 'unchanged', verified: true });
    expect(letta.requests.slice(before).every(({ method }) => method === 'GET')).toBe(true);
  });

  it('asks before it patches a server in without its folder, and asks once', async () => {
    const server = await rig.server({
      name: 'folder',
      transport: { type: 'stdio', command: 'npx', args: ['a'], cwd: '/w' },
    });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: letta.url });
    const { linkId, outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'blocked', error: { code: 'unsupported' } });
    expect(writes()).toEqual([]);
    expect(await rig.plan(linkId)).toMatchObject({ action: 'blocked', overridable: true });
    expect(await rig.apply(linkId, { resolve: { [linkId]: 'local' } })).toMatchObject({ status: 'synced' });
    await rig.update(server.id, { transport: { args: ['b'] } });
    const step = await rig.plan(linkId);
    expect(step).toMatchObject({ action: 'update', losses: [{ field: 'transport.cwd' }] });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
  });

  it('is ahead at once when the server is edited, and keeps the environment on the next sync', async () => {
    const server = await rig.server({
      name: 'gh',
      transport: { type: 'stdio', command: 'npx', args: ['a'], env: { TOKEN: { newSecret: 'g1-secret' } } },
    });
    const remote = await rig.remote({ kind: 'letta', name: 'Home', baseUrl: letta.url });
    const { linkId } = await rig.patch(server, remote);
    await rig.update(server.id, { transport: { args: ['b'] } });
    await expect.poll(() => rig.link(linkId).state).toBe('local_ahead');
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    expect(letta.state.rows[0]?.stdio_config).toEqual({
      server_name: 'gh',
      command: 'npx',
      args: ['b'],
      env: { TOKEN: 'g1-secret' },
    });
    await rig.update(server.id, { transport: { args: ['c'] } });
    await rig.update(server.id, { transport: { args: ['b'] } });
    await expect.poll(() => rig.link(linkId).state).toBe('in_sync');
  });
});
