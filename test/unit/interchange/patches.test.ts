import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Server } from '../../../src-main/contract/index.js';
import { foo, Home, TOKEN, withToken } from './home.js';
import { secret, server } from './servers.js';

const home = Home.use();
const { at, put, read } = home;

const CURSOR = '.cursor/mcp.json';
const mcp = async (): Promise<Record<string, Record<string, unknown>>> =>
  (JSON.parse(await read(at(CURSOR))) as { mcpServers: Record<string, Record<string, unknown>> }).mcpServers;

async function edit(change: (entry: Record<string, unknown>) => void, name = 'foo'): Promise<void> {
  const servers = await mcp();
  change(servers[name] ?? {});
  await put(at(CURSOR), { mcpServers: servers });
}

const stateOf = async (one: Server, client = 'cursor'): Promise<string | undefined> => {
  const { cells } = await home.interchange.clients([one], [client]);
  return cells[0]?.state;
};
const withArgs = (...args: string[]): Server => ({
  ...foo,
  transport: { type: 'stdio', command: 'npx', args, env: {} },
});

describe('what is patched into a client', () => {
  it('stands as in sync once it is written, also after a restart', async () => {
    expect(await stateOf(foo)).toBeUndefined();
    await home.interchange.exportApply('cursor', [foo]);
    home.interchange = home.on('linux');
    const { columns, cells } = await home.interchange.clients([foo], ['cursor']);
    expect(columns).toMatchObject([{ client: 'cursor', exists: true, isPatched: true, otherCount: 0 }]);
    expect(cells).toMatchObject([
      { client: 'cursor', serverId: 'foo', entry: 'foo', state: 'in_sync', form: 'direct' },
    ]);
    expect(cells[0]?.writtenAt).toBeTruthy();
  });

  it('knows which side moved', async () => {
    await home.interchange.exportApply('cursor', [foo]);
    expect(await stateOf(withArgs('foo-mcp', '--new'))).toBe('local_ahead');
    await edit((entry) => (entry['args'] = ['foo-mcp', '--theirs']));
    expect(await stateOf(foo)).toBe('client_ahead');
    expect(await stateOf(withArgs('foo-mcp', '--new'))).toBe('conflict');
    // Both came to the same: there is nothing to do.
    expect(await stateOf(withArgs('foo-mcp', '--theirs'))).toBe('in_sync');
    await edit((entry) => (entry['args'] = ['foo-mcp']));
    expect(await stateOf(foo)).toBe('in_sync');
    await put(at(CURSOR), '{}');
    expect(await stateOf(foo)).toBe('missing');
    await put(at(CURSOR), '{ broken');
    expect(await stateOf(foo)).toBe('unknown');
  });

  it('takes no notice of what is the client’s own: other keys, a switch, another order', async () => {
    await home.interchange.exportApply('cursor', [foo]);
    await edit((entry) => Object.assign(entry, { disabled: true, timeout: 7 }));
    await put(at(CURSOR), { other: 1, mcpServers: { z: { command: 'z' }, ...(await mcp()) } });
    expect(await stateOf(foo)).toBe('in_sync');
  });

  it('keeps no secret and no value of one on disk', async () => {
    await home.interchange.exportApply('cursor', [withToken], { resolve: () => Promise.resolve(TOKEN) });
    const book = await readFile(at('data/clients.json'), 'utf8');
    expect(book).not.toContain(TOKEN);
    expect(book).not.toContain('foo-mcp');
    expect(await stateOf(withToken)).toBe('in_sync');
    const other = server('foo', { ...withToken.transport, env: { TOKEN: secret('2') } } as never);
    expect(await stateOf(other)).toBe('local_ahead');
  });

  it('tells what differs, field by field, and shows no secret', async () => {
    await home.interchange.exportApply('cursor', [withToken]);
    await edit((entry) =>
      Object.assign(entry, { args: ['foo-mcp', '--key', TOKEN], env: { TOKEN, LOG: 'x' } }),
    );
    const { changes } = await home.interchange.diff('cursor', withToken);
    expect(changes).toEqual([
      {
        field: 'transport.args',
        changedBy: 'client',
        local: 'foo-mcp',
        client: 'foo-mcp --key ••••',
        secret: true,
      },
      { field: 'transport.env.TOKEN', changedBy: 'client', local: '••••', client: '••••', secret: true },
      { field: 'transport.env.LOG', changedBy: 'client', client: 'x' },
    ]);
    await expect(home.interchange.diff('cursor', server('bar', { command: 'y' }))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('takes over chosen fields, and then all', async () => {
    const mine = server('foo', {
      type: 'stdio',
      command: 'npx',
      args: ['foo-mcp'],
      env: { OLD: '1', KEEP: 'k' },
    });
    await home.interchange.exportApply('cursor', [mine]);
    await edit((entry) => Object.assign(entry, { args: ['foo-mcp@2'], env: { KEEP: 'k', TOKEN } }));
    const some = await home.interchange.pull('cursor', mine, ['transport.args']);
    expect(some.patch).toEqual({ transport: { type: 'stdio', args: ['foo-mcp@2'] } });
    const edited = { ...mine, transport: { ...mine.transport, args: ['foo-mcp@2'] } } as Server;
    await some.settle(edited);
    expect(await stateOf(edited)).toBe('client_ahead');
    const rest = await home.interchange.pull('cursor', edited);
    expect(rest.patch).toEqual({
      transport: { type: 'stdio', env: { OLD: null, TOKEN: { newSecret: TOKEN } } },
    });
    const whole = {
      ...edited,
      transport: { ...edited.transport, env: { KEEP: 'k', TOKEN: secret('1') } },
    } as Server;
    await rest.settle(whole);
    // The token stands in the file in plain text, as its person wrote it; both sides agree.
    expect(await stateOf(whole)).toBe('in_sync');
    await expect(home.interchange.pull('cursor', whole)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('takes over a header under the name it has here, and a token that is kept apart', async () => {
    const mine = server('foo', {
      type: 'streamable_http',
      url: 'https://x.test/mcp',
      headers: { 'X-Team': 'core' },
      auth: { type: 'header', header: 'Authorization', token: secret('1') },
    });
    await home.interchange.exportApply('cursor', [mine]);
    await edit((entry) =>
      Object.assign(entry, { headers: { authorization: `Bearer ${TOKEN}`, 'x-team': 'b', 'X-New': 'n' } }),
    );
    const { patch } = await home.interchange.pull('cursor', mine);
    expect(patch).toEqual({
      transport: {
        type: 'streamable_http',
        headers: { 'X-Team': 'b', 'X-New': 'n' },
        auth: { type: 'header', header: 'Authorization', token: { newSecret: `Bearer ${TOKEN}` } },
      },
    });
  });

  it('takes over another kind of transport whole', async () => {
    await home.interchange.exportApply('cursor', [foo]);
    await put(at(CURSOR), { mcpServers: { foo: { url: 'https://x.test/mcp' } } });
    const { patch } = await home.interchange.pull('cursor', foo);
    expect(patch).toMatchObject({ transport: { type: 'streamable_http', url: 'https://x.test/mcp' } });
  });

  it('sees the address behind a bridge', async () => {
    const mine = server('foo', { type: 'streamable_http', url: 'https://x.test/mcp' });
    await home.interchange.exportApply('claude-desktop', [mine]);
    const path = '.config/Claude/claude_desktop_config.json';
    await put(at(path), (await read(at(path))).replace('x.test', 'y.test'));
    expect(await stateOf(mine, 'claude-desktop')).toBe('client_ahead');
    const { patch } = await home.interchange.pull('claude-desktop', mine);
    expect(patch).toEqual({ transport: { type: 'streamable_http', url: 'https://y.test/mcp' } });
  });

  it('overwrites what was changed there only when that was looked at, or agreed to', async () => {
    await home.interchange.exportApply('cursor', [foo]);
    await edit((entry) => (entry['command'] = 'theirs'));
    const before = await read(at(CURSOR));
    await expect(home.interchange.exportApply('cursor', [foo])).rejects.toMatchObject({
      code: 'consent_required',
    });
    await expect(
      home.interchange.removalApply('cursor', { serverIds: ['foo'], entries: [] }),
    ).rejects.toMatchObject({ code: 'consent_required' });
    expect(await read(at(CURSOR))).toBe(before);
    await home.interchange.exportApply('cursor', [foo], { overwrite: true });
    expect((await mcp())['foo']).toMatchObject({ command: 'npx' });
    await edit((entry) => (entry['command'] = 'theirs'));
    await home.interchange.exportPreview('cursor', [foo]);
    await home.interchange.exportApply('cursor', [foo]);
    expect(await stateOf(foo)).toBe('in_sync');
  });

  it('says which entries it would replace that are not ours, and replaces what was shown alone', async () => {
    const theirs = { mcpServers: { foo: { command: 'theirs' }, old: { command: 'x' } } };
    await put(at(CURSOR), theirs);
    expect((await home.interchange.exportPreview('cursor', [foo])).replaces).toEqual(['foo']);
    await edit((entry) => (entry['command'] = 'theirs again'));
    await expect(home.interchange.exportApply('cursor', [foo])).rejects.toMatchObject({
      code: 'revision_conflict',
    });
    await home.interchange.exportPreview('cursor', [foo]);
    await home.interchange.exportApply('cursor', [foo]);
    expect((await mcp())['foo']).toMatchObject({ command: 'npx' });
    // From now on it is ours, and an edit here is written as before.
    expect(
      (await home.interchange.exportPreview('cursor', [withArgs('foo-mcp', 'x')])).replaces,
    ).toBeUndefined();
    await home.interchange.exportApply('cursor', [withArgs('foo-mcp', 'x')]);
  });

  it('asks nothing about an entry that says what would be written', async () => {
    await put(at(CURSOR), { mcpServers: { foo: { type: 'stdio', command: 'npx', args: ['foo-mcp'] } } });
    expect((await home.interchange.exportPreview('cursor', [foo])).replaces).toBeUndefined();
    await home.interchange.exportApply('cursor', [foo]);
    expect(await stateOf(foo)).toBe('in_sync');
  });

  it('keeps the entry’s name when the server gets another', async () => {
    await home.interchange.exportApply('cursor', [foo]);
    await home.interchange.exportApply('cursor', [{ ...withArgs('foo-mcp', 'x'), name: 'bar' }]);
    expect(Object.keys(await mcp())).toEqual(['foo']);
  });

  it('takes entries of servers out, and forgets them', async () => {
    await put(at(CURSOR), { mcpServers: { old: { command: 'x' } } });
    await home.interchange.exportApply('cursor', [foo]);
    await home.interchange.removalApply('cursor', { serverIds: ['foo'], entries: [] });
    expect(Object.keys(await mcp())).toEqual(['old']);
    expect(await stateOf(foo)).toBeUndefined();
  });

  it('shows a server that the client has by itself, and does not follow what it was told to forget', async () => {
    await put(at(CURSOR), {
      mcpServers: { mine: { command: 'npx', args: ['-y', 'foo-mcp@3'] }, z: { command: 'z' } },
    });
    const { columns, cells } = await home.interchange.clients([foo], ['cursor']);
    expect(columns[0]).toMatchObject({ otherCount: 1, isPatched: false });
    expect(cells).toEqual([
      { client: 'cursor', serverId: 'foo', entry: 'mine', state: 'found', form: 'direct' },
    ]);
    await home.interchange.exportApply('cursor', [withArgs('other')]);
    expect(await stateOf(withArgs('other'))).toBe('in_sync');
    expect(await home.interchange.forget('cursor', 'foo')).toBe(true);
    expect(await stateOf(withArgs('other'))).toBe('found');
  });

  it('after an undo, what is there again waits for the newer', async () => {
    await home.interchange.exportApply('cursor', [foo]);
    const newer = withArgs('foo-mcp', '2');
    await home.interchange.exportApply('cursor', [newer]);
    await home.interchange.undo('cursor');
    expect(await stateOf(newer)).toBe('local_ahead');
    expect(await stateOf(foo)).toBe('in_sync');
  });

  it('sets a book that cannot be read aside, and goes on', async () => {
    await home.interchange.exportApply('cursor', [foo]);
    await put(at('data/clients.json'), '{ "version": 9 }');
    home.interchange = home.on('linux');
    expect(await stateOf(foo)).toBe('found');
    await home.interchange.exportApply('cursor', [foo]);
    expect(await stateOf(foo)).toBe('in_sync');
  });
});

describe('the launcher in the place of a server', () => {
  const launcher = { words: ['/opt/Jackfield/jackfield'] as const, dataDir: '/data' };
  const withLauncher = () => home.with({ launcher });

  it('stands in the file with no secret, and is known again', async () => {
    const interchange = withLauncher();
    await interchange.exportApply('cursor', [withToken], { form: 'launcher' });
    expect((await mcp())['foo']).toEqual({
      type: 'stdio',
      command: '/opt/Jackfield/jackfield',
      args: ['run', 'foo', '--data-dir', '/data'],
    });
    const one = async (given: Server) => (await interchange.clients([given], ['cursor'])).cells[0];
    expect(await one(withToken)).toMatchObject({ state: 'in_sync', form: 'launcher' });
    // What the server runs is not the client's to know.
    expect(await one(withArgs('else'))).toMatchObject({ state: 'in_sync' });
    await interchange.exportApply('cursor', [withToken]);
    expect((await mcp())['foo']?.['command']).toBe('/opt/Jackfield/jackfield');
    await edit((entry) => Object.assign(entry, { env: { DEBUG: '1' } }));
    expect((await interchange.diff('cursor', withToken)).changes).toEqual([
      { field: 'transport.env.DEBUG', changedBy: 'client', client: '1' },
    ]);
  });

  it('gives way to the server itself, and comes back', async () => {
    const interchange = withLauncher();
    await interchange.exportApply('cursor', [foo], { form: 'launcher' });
    await interchange.exportApply('cursor', [foo], { form: 'direct' });
    expect((await mcp())['foo']).toMatchObject({ command: 'npx', args: ['foo-mcp'] });
    await interchange.exportApply('cursor', [foo], { form: 'launcher' });
    expect((await mcp())['foo']).toMatchObject({ args: ['run', 'foo', '--data-dir', '/data'] });
  });

  it('is found again by a catalog that has forgotten it', async () => {
    const interchange = withLauncher();
    await interchange.exportApply('cursor', [foo], { form: 'launcher' });
    await interchange.forget('cursor', 'foo');
    expect((await interchange.clients([foo], ['cursor'])).cells[0]).toMatchObject({
      state: 'found',
      form: 'launcher',
    });
  });

  it('is refused where there is no command to start', async () => {
    await expect(home.interchange.exportApply('cursor', [foo], { form: 'launcher' })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
