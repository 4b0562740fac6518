import { describe, expect, it } from 'vitest';
import { parse, serverInputSchema, type Server } from '../../../src-main/contract/index.js';
import type { Interchange } from '../../../src-main/interchange/interchange.js';
import { foo, Home, TOKEN, withToken } from './home.js';
import { secret, server } from './servers.js';

const home = Home.use();
const { at, put } = home;

describe('importing', () => {
  const plan = async (
    entry: object,
    existing: readonly Server[] = [],
  ): ReturnType<Interchange['preview']> => {
    await put(at('.cursor/mcp.json'), { mcpServers: { foo: entry } });
    return home.interchange.preview({ client: 'cursor' }, existing);
  };

  it('offers secrets to the keychain, shows none, and takes them as chosen', async () => {
    const { items } = await plan({
      command: 'npx',
      args: ['foo-mcp', '--key', TOKEN],
      env: { TOKEN, LOG: 'x' },
    });
    const [item] = items;
    expect(item).toMatchObject({
      action: 'add',
      secretPaths: ['transport.env.TOKEN'],
      summary: 'npx foo-mcp --key ••••',
    });
    expect(item?.warnings.join()).toContain('Argument 3 looks like a secret');
    expect(JSON.stringify(items)).not.toContain(TOKEN);
    const key = item?.key ?? '';
    const [kept] = await home.interchange.draft({ client: 'cursor' }, [], { [key]: { action: 'add' } });
    expect(kept?.server.transport).toMatchObject({ env: { TOKEN: { newSecret: TOKEN }, LOG: 'x' } });
    const [plain] = await home.interchange.draft({ client: 'cursor' }, [], {
      [key]: { action: 'add', secretPaths: [] },
    });
    expect(plain?.server.transport).toMatchObject({ env: { TOKEN } });
    expect(parse(serverInputSchema, kept?.server).ok).toBe(true);
  });

  it('takes headers as secrets too', async () => {
    const { items } = await plan({
      url: 'https://x.test/mcp?api_key=abcdef123456',
      headers: { Authorization: `Bearer ${TOKEN}` },
    });
    expect(items[0]).toMatchObject({
      secretPaths: ['transport.headers.Authorization'],
      summary: 'https://x.test/mcp?api_key=••••',
    });
  });

  it.each<[string, object, Server, string]>([
    ['the same', { command: 'npx', args: ['foo-mcp'] }, foo, 'same'],
    ['the same, its secret unread', { command: 'npx', args: ['foo-mcp'], env: { TOKEN } }, withToken, 'same'],
    ['a newer version', { command: 'npx', args: ['foo-mcp@2'] }, foo, 'overwrite'],
    ['another one of that name', { command: 'node', args: ['/else.js'] }, foo, 'rename'],
    ['the same under another name', { command: 'npx', args: ['foo-mcp'] }, { ...foo, name: 'bar' }, 'skip'],
    [
      'the same program for another account',
      { command: 'npx', args: ['foo-mcp'], env: { ACCOUNT: 'b' } },
      server('bar', { type: 'stdio', command: 'npx', args: ['foo-mcp'], env: { ACCOUNT: 'a' } }),
      'add',
    ],
    [
      'the same address through a bridge',
      { command: 'npx', args: ['-y', 'mcp-remote', 'https://x.test/mcp'] },
      server('FOO', { type: 'streamable_http', url: 'https://x.test/mcp' }),
      'overwrite',
    ],
  ])('proposes what loses nothing: %s', async (_, entry, existing, action) => {
    const { items } = await plan(entry, [existing]);
    expect(items[0]?.action).toBe(action);
    if (action !== 'add') expect(items[0]?.existingServerId).toBe(existing.id);
    if (action === 'rename') expect(items[0]?.newName).toBe('foo 2');
  });

  it('shows what overwriting would change, and no secret', async () => {
    const existing = server('foo', {
      type: 'stdio',
      command: 'npx',
      args: ['foo-mcp'],
      env: { TOKEN: secret('1'), KEPT: secret('2'), OLD: '1' },
    });
    const found = { command: 'npx', args: ['foo-mcp@2'], env: { TOKEN, NEW: '2' } };
    const { items } = await plan(found, [existing]);
    expect(items[0]?.changes).toEqual([
      { field: 'transport.args', before: 'foo-mcp', after: 'foo-mcp@2' },
      { field: 'transport.env.TOKEN', before: '••••', after: '••••', secret: true },
      { field: 'transport.env.OLD', before: '1' },
      { field: 'transport.env.NEW', after: '2' },
    ]);
  });

  it('does not import what starts our own launcher', async () => {
    const { items } = await plan({ command: '/usr/bin/jackfield', args: ['run', 'foo'] }, [foo]);
    expect(items[0]).toMatchObject({ action: 'same', existingServerId: 'foo' });
    expect(items[0]?.changes).toBeUndefined();
  });

  it('says for good where a server came from', async () => {
    const { items } = await plan({ command: 'npx', args: ['foo-mcp'] });
    const choices = { [items[0]?.key ?? '']: { action: 'rename' as const, newName: 'bar' } };
    const [draft] = await home.interchange.draft({ client: 'cursor' }, [], choices);
    expect(draft?.server.provenance).toMatchObject({
      kind: 'client',
      client: 'cursor',
      entry: 'foo',
      source: `Cursor (${at('.cursor/mcp.json')})`,
    });
    const text = { text: 'npx -y foo-mcp' };
    const pasted = await home.interchange.preview(text, []);
    const [other] = await home.interchange.draft(text, [], {
      [pasted.items[0]?.key ?? '']: { action: 'add' },
    });
    expect(other?.server.provenance).toMatchObject({ kind: 'text', source: 'pasted text' });
  });

  it('overwrites without forgetting a secret that the client could not hold', async () => {
    const existing = server('foo', {
      type: 'stdio',
      command: 'npx',
      args: ['foo-mcp'],
      env: { TOKEN: secret('1'), OLD: '1' },
    });
    const { items } = await plan({ command: 'npx', args: ['foo-mcp', '--new'], env: { NEW: '2' } }, [
      existing,
    ]);
    const choices = { [items[0]?.key ?? '']: { action: 'overwrite' as const } };
    // Another argument is another server to the plan; the person may still say that it is this one.
    const [draft] = await home.interchange.draft({ client: 'cursor' }, [existing], choices);
    expect(draft).toMatchObject({ action: 'overwrite', existingServerId: 'foo', server: { name: 'foo' } });
    expect(draft?.server.transport).toMatchObject({
      args: ['foo-mcp', '--new'],
      env: { NEW: '2', OLD: null },
    });
    expect(Object.keys((draft?.server.transport as { env: object }).env)).not.toContain('TOKEN');
  });

  it('refuses a choice that is no longer what was shown', async () => {
    const { items } = await plan({ command: 'npx', args: ['foo-mcp'] });
    await put(at('.cursor/mcp.json'), { mcpServers: { foo: { command: 'rm', args: ['-rf', '/'] } } });
    const choices = { [items[0]?.key ?? '']: { action: 'add' as const } };
    await expect(home.interchange.draft({ client: 'cursor' }, [], choices)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('tells what it cannot take, and takes the rest', async () => {
    await put(at('.cursor/mcp.json'), {
      mcpServers: {
        a: { command: 'x' },
        b: 7,
        c: {},
        d: { type: 'ws', url: 'ws://x' },
        e: { url: 'nonsense' },
      },
    });
    const { items, problems } = await home.interchange.preview({ client: 'cursor' }, []);
    expect(items.map(({ name }) => name)).toEqual(['a']);
    expect(problems).toHaveLength(4);
  });

  it('reads a folder, trusting nobody in it', async () => {
    await put(at('repo/.mcp.json'), { mcpServers: { a: { command: 'x', autoApprove: ['t'] } } });
    await put(at('repo/.vscode/mcp.json'), { servers: { b: { command: 'y' } } });
    const { items } = await home.interchange.preview({ folder: at('repo') }, []);
    expect(items.map(({ name }) => name).sort()).toEqual(['a', 'b']);
    expect(items.find(({ name }) => name === 'a')?.warnings.join()).toContain('not taken over');
  });

  it('refuses an unknown client', async () => {
    await expect(home.interchange.preview({ client: 'nobody' }, [])).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
