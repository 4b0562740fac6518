import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireError } from '../support/rpc-client.js';
import { Host } from '../support/host.js';

type Started = Awaited<ReturnType<typeof Host.start>>;

const error = async (promise: Promise<unknown>): Promise<WireError> => {
  try {
    await promise;
  } catch (caught) {
    return caught as WireError;
  }
  throw new Error('was accepted');
};

const transport = { type: 'stdio' as const, command: 'node', args: ['a.js'] };

describe('servers, edited over the wire', () => {
  let host: Started;
  beforeAll(async () => {
    host = await Host.start();
  });
  afterAll(() => host[Symbol.asyncDispose]());

  const create = async (name: string, more: object = {}) =>
    (await host.client.call('server.create', { server: { name, transport, ...more } })).server;

  it('creates with defaults, tells every window, and survives a restart', async () => {
    const told = host.client.next('catalog.changed', ({ servers }) => servers?.[0]?.name === 'kept');
    const server = await create('kept');
    expect(server).toMatchObject({
      revision: 1,
      tools: { execute: ['*'] },
      lifecycle: { restart: 'on_failure' },
    });
    expect((await told).servers).toEqual([server]);
    expect((await host.client.call('app.snapshot', {})).servers).toContainEqual(server);
  });

  it('merges a patch deeply, removes what is null, replaces arrays, counts the revision', async () => {
    const { id } = await create('patched', {
      transport: { ...transport, env: { A: '1', B: '2' }, cwd: '/tmp' },
    });
    const { server } = await host.client.call('server.update', {
      id,
      patch: { transport: { args: ['b.js'], env: { A: null, C: '3' }, cwd: null } },
      revision: 1,
    });
    expect(server.revision).toBe(2);
    expect(server.transport).toEqual({
      type: 'stdio',
      command: 'node',
      args: ['b.js'],
      env: { B: '2', C: '3' },
    });
  });

  it('refuses a stale revision and changes nothing', async () => {
    const { id } = await create('stale');
    await host.client.call('server.update', { id, patch: { description: 'first' }, revision: 1 });
    const refused = await error(
      host.client.call('server.update', { id, patch: { description: 'second' }, revision: 1 }),
    );
    expect(refused).toMatchObject({ code: -32000, data: { code: 'revision_conflict' } });
    const { servers } = await host.client.call('app.snapshot', {});
    expect(servers.find((server) => server.id === id)?.description).toBe('first');
  });

  it('lets two edits at once both count', async () => {
    const { id } = await create('twice');
    await Promise.all([
      host.client.call('server.update', { id, patch: { transport: { env: { A: '1' } } } }),
      host.client.call('server.update', { id, patch: { transport: { env: { B: '2' } } } }),
    ]);
    const { servers } = await host.client.call('app.snapshot', {});
    expect(servers.find((server) => server.id === id)).toMatchObject({
      revision: 3,
      transport: { env: { A: '1', B: '2' } },
    });
  });

  it('keeps names unique without regard to case', async () => {
    await create('Taken');
    expect(await error(create('tAKEN'))).toMatchObject({
      code: -32000,
      data: { code: 'name_taken', issues: [{ path: 'name' }] },
    });
    const other = await create('other');
    const renamed = host.client.call('server.update', { id: other.id, patch: { name: 'TAKEN' } });
    expect(await error(renamed)).toMatchObject({ data: { code: 'name_taken' } });
    await host.client.call('server.update', { id: other.id, patch: { name: 'OTHER' } });
  });

  it.each([
    ['no transport', { name: 'x' }, -32602, 'transport'],
    [
      'a command that is a number',
      { name: 'x', transport: { type: 'stdio', command: 7 } },
      -32602,
      'transport.command',
    ],
    ['an unknown field', { name: 'x', transport, colour: 'red' }, -32602, 'colour'],
    [
      'a negative price',
      { name: 'x', transport, tools: { pricing: { a: -0.1 } } },
      -32000,
      'tools.pricing.a',
    ],
    [
      'autoExecute outside execute',
      { name: 'x', transport, tools: { execute: [], autoExecute: ['a'] } },
      -32000,
      'tools.autoExecute.0',
    ],
    [
      'a URL that is not http',
      { name: 'x', transport: { type: 'sse', url: 'ftp://a/' } },
      -32000,
      'transport.url',
    ],
    [
      'somebody else’s secret',
      {
        name: 'x',
        transport: {
          ...transport,
          env: { A: { secret: `sec-${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}` } },
        },
      },
      -32000,
      'transport.env.A',
    ],
    [
      'a hostile key',
      JSON.parse('{"name":"x","transport":{"type":"stdio","command":"a"},"__proto__":{"a":1}}') as object,
      -32602,
      '__proto__',
    ],
  ])('refuses %s with its path, and stores nothing', async (_what, server, code, path) => {
    const before = (await host.client.call('app.snapshot', {})).servers.length;
    const refused = await error(host.client.raw('server.create', { server }));
    expect(refused).toMatchObject({ code, data: { issues: [{ path }] } });
    expect((await host.client.call('app.snapshot', {})).servers).toHaveLength(before);
  });

  it('shows its history, newest first, and restores a revision as a new one', async () => {
    const { id } = await create('remembered', { description: 'one' });
    await host.client.call('server.update', { id, patch: { description: 'two' } });
    const { revisions } = await host.client.call('server.history', { id });
    expect(revisions.map(({ revision, server }) => [revision, server.description])).toEqual([
      [2, 'two'],
      [1, 'one'],
    ]);
    const { server } = await host.client.call('server.restore', { id, revision: 1 });
    expect(server).toMatchObject({ revision: 3, description: 'one' });
    expect(await error(host.client.call('server.restore', { id, revision: 99 }))).toMatchObject({
      data: { code: 'not_found' },
    });
  });

  it('duplicates under a free name', async () => {
    const { id } = await create('twin', { tags: ['a'] });
    const { server } = await host.client.call('server.duplicate', { id });
    expect(server).toMatchObject({ name: 'twin copy', revision: 1, tags: ['a'] });
    expect((await host.client.call('server.duplicate', { id })).server.name).toBe('twin copy 2');
  });

  it('removes, says so, and does not know it any more', async () => {
    const { id } = await create('gone');
    const told = host.client.next(
      'catalog.changed',
      ({ removed }) => removed?.servers?.includes(id) ?? false,
    );
    expect(await host.client.call('server.remove', { id })).toEqual({});
    await told;
    expect(await error(host.client.call('server.remove', { id }))).toMatchObject({
      data: { code: 'not_found' },
    });
    expect(await error(host.client.call('run.start', { serverId: id }))).toMatchObject({
      data: { code: 'not_found' },
    });
  });

  it('changes settings, one field at a time, and refuses what they cannot be', async () => {
    const { settings } = await host.client.call('settings.update', { patch: { theme: 'dark' } });
    expect(settings).toMatchObject({ theme: 'dark', secretStorage: 'keychain' });
    const refused = await error(host.client.call('settings.update', { patch: { logLimitMb: -1 } }));
    expect(refused).toMatchObject({
      code: -32000,
      data: { code: 'invalid', issues: [{ path: 'logLimitMb' }] },
    });
    expect((await host.client.call('settings.update', { patch: { theme: null } })).settings.theme).toBe(
      'system',
    );
  });
});
