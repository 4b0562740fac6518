import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, serverInputSchema, type Server } from '../../../src-main/contract/index.js';
import { Interchange } from '../../../src-main/interchange/interchange.js';
import { secret, server } from './servers.js';

// Put together here, so that no scanner takes this file for a leak.
const TOKEN = `ghp_${'a1B2c3D4'.repeat(5)}`;

let home: string;
let interchange: Interchange;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jackfield-interchange-'));
  interchange = new Interchange({ home, env: {}, platform: 'linux', dataDir: join(home, 'data') });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const at = (...parts: string[]): string => join(home, ...parts);
async function put(path: string, content: string | Buffer | object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const isText = typeof content === 'string' || Buffer.isBuffer(content);
  await writeFile(path, isText ? content : JSON.stringify(content, null, 2));
}
const read = (path: string): Promise<string> => readFile(path, 'utf8');
const foo = server('foo', { type: 'stdio', command: 'npx', args: ['foo-mcp'] });
const withToken = server('foo', {
  type: 'stdio',
  command: 'npx',
  args: ['foo-mcp'],
  env: { TOKEN: secret('1') },
});
const reveal = (): Promise<string> => Promise.resolve(TOKEN);

describe('scanning', () => {
  it('finds what is there, and what could be made', async () => {
    await put(at('.cursor/mcp.json'), { mcpServers: { a: { command: 'x' }, b: { url: 'https://b.test' } } });
    const clients = await interchange.scan();
    expect(clients[0]).toEqual({
      client: 'cursor',
      title: 'Cursor',
      path: at('.cursor/mcp.json'),
      exists: true,
      serverCount: 2,
    });
    expect(clients.find(({ client }) => client === 'vscode')).toMatchObject({
      exists: false,
      serverCount: 0,
    });
    expect(new Set(clients.map(({ client }) => client)).size).toBe(clients.length);
  });

  it('says why a file cannot be read', async () => {
    await put(at('.cursor/mcp.json'), `{ "mcpServers": { "a": { "env": { "T": "${TOKEN}" }`);
    const [cursor] = await interchange.scan();
    expect(cursor).toMatchObject({ client: 'cursor', exists: true });
    expect(cursor?.problem).toMatch(/line 1, column/);
    expect(JSON.stringify(cursor)).not.toContain(TOKEN);
  });

  it('finds the files of projects, and the parts of a file', async () => {
    const project = at('work/app');
    await put(at('.claude.json'), {
      projects: { [project]: { mcpServers: { local: { command: 'x' } } }, '/gone': {} },
    });
    await put(join(project, '.mcp.json'), { mcpServers: { shared: { command: 'y' } } });
    await put(at('.config/Code/User/workspaceStorage/1/workspace.json'), {
      folder: `file://${at('work/two')}`,
    });
    await put(at('work/two/.vscode/mcp.json'), { servers: { w: { command: 'z' } } });
    await put(at('.letta/settings.json'), { agents: [{ agentId: 'agent-1' }] });
    const found = (await interchange.scan()).filter(({ exists }) => exists);
    expect(found.map(({ title, serverCount }) => [title, serverCount])).toEqual(
      expect.arrayContaining([
        ['Claude Code', 0],
        [`Claude Code: ${project}`, 1],
        ['Claude Code (project): app', 1],
        ['VS Code (workspace): two', 1],
        ['Letta Code: agent-1', 0],
      ]),
    );
    const letta = found.find(({ title }) => title === 'Letta Code: agent-1')?.client ?? '';
    await interchange.exportApply(letta, [foo]);
    expect(JSON.parse(await read(at('.letta/settings.json')))).toMatchObject({
      agents: [{ mcpServers: [{ name: 'foo' }] }],
    });
    for (const { client } of found) expect(client.length).toBeLessThanOrEqual(100);
  });

  it('knows where clients are on other systems', async () => {
    const windows = new Interchange({
      home: 'C:\\Users\\me',
      env: { APPDATA: 'D:\\Roaming' },
      platform: 'win32',
      dataDir: home,
    });
    const paths = Object.fromEntries((await windows.scan()).map(({ client, path }) => [client, path]));
    expect(paths['claude-desktop']).toBe('D:\\Roaming\\Claude\\claude_desktop_config.json');
    expect(paths['vscode']).toBe('D:\\Roaming\\Code\\User\\mcp.json');
    expect(paths['cursor']).toBe('C:\\Users\\me\\.cursor\\mcp.json');
  });
});

describe('importing', () => {
  const plan = async (
    entry: object,
    existing: readonly Server[] = [],
  ): ReturnType<Interchange['preview']> => {
    await put(at('.cursor/mcp.json'), { mcpServers: { foo: entry } });
    return interchange.preview({ client: 'cursor' }, existing);
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
    const [kept] = await interchange.draft({ client: 'cursor' }, [], { [key]: { action: 'add' } });
    expect(kept?.server.transport).toMatchObject({ env: { TOKEN: { newSecret: TOKEN }, LOG: 'x' } });
    const [plain] = await interchange.draft({ client: 'cursor' }, [], {
      [key]: { action: 'add', secretPaths: [] },
    });
    expect(plain?.server.transport).toMatchObject({ env: { TOKEN } });
    expect(parse(serverInputSchema, kept?.server).ok).toBe(true);
    expect(kept?.server.description).toContain('Cursor');
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
    const [draft] = await interchange.draft({ client: 'cursor' }, [existing], choices);
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
    await expect(interchange.draft({ client: 'cursor' }, [], choices)).rejects.toMatchObject({
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
    const { items, problems } = await interchange.preview({ client: 'cursor' }, []);
    expect(items.map(({ name }) => name)).toEqual(['a']);
    expect(problems).toHaveLength(4);
  });

  it('reads a folder, trusting nobody in it', async () => {
    await put(at('repo/.mcp.json'), { mcpServers: { a: { command: 'x', autoApprove: ['t'] } } });
    await put(at('repo/.vscode/mcp.json'), { servers: { b: { command: 'y' } } });
    const { items } = await interchange.preview({ folder: at('repo') }, []);
    expect(items.map(({ name }) => name).sort()).toEqual(['a', 'b']);
    expect(items.find(({ name }) => name === 'a')?.warnings.join()).toContain('not taken over');
  });

  it('refuses an unknown client', async () => {
    await expect(interchange.preview({ client: 'nobody' }, [])).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('exporting', () => {
  const CURSOR =
    '// mine\r\n{\r\n\t"mcpServers": {\r\n\t\t"old": { "command": "x" }, // keep\r\n\t},\r\n}\r\n';

  it('edits in place, and backs the old bytes up first', async () => {
    const bytes = Buffer.from(`\ufeff${CURSOR}`);
    await put(at('.cursor/mcp.json'), bytes);
    await chmod(at('.cursor/mcp.json'), 0o640);
    const preview = await interchange.exportPreview('cursor', [foo]);
    expect(preview.before).toBe(CURSOR);
    const { backup } = await interchange.exportApply('cursor', [foo]);
    const written = await readFile(at('.cursor/mcp.json'));
    expect(written.toString()).toBe(`\ufeff${preview.after}`);
    expect(preview.after).toContain('\r\n\t\t"foo": {\r\n\t\t\t"type": "stdio",\r\n');
    expect((await stat(at('.cursor/mcp.json'))).mode & 0o777).toBe(0o640);
    expect(await readFile(backup ?? '')).toEqual(bytes);
    expect((await stat(backup ?? '')).mode & 0o777).toBe(0o600);
    // Nothing is left lying beside the file.
    expect(await readdir(at('.cursor'))).toEqual(['mcp.json']);
  });

  it('takes an export back, byte for byte', async () => {
    await put(at('.cursor/mcp.json'), CURSOR);
    const { backup } = await interchange.exportApply('cursor', [foo]);
    expect(await interchange.backups('cursor')).toEqual([backup]);
    await interchange.undo('cursor', backup ?? '');
    expect(await read(at('.cursor/mcp.json'))).toBe(CURSOR);
    await expect(interchange.undo('cursor', at('.cursor/mcp.json'))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('makes a missing file, for this person alone', async () => {
    const { backup } = await interchange.exportApply('cursor', [foo]);
    expect(backup).toBeUndefined();
    expect((await stat(at('.cursor/mcp.json'))).mode & 0o777).toBe(0o600);
  });

  it('writes nothing where nothing changes', async () => {
    await interchange.exportApply('cursor', [foo]);
    const before = await stat(at('.cursor/mcp.json'));
    expect(await interchange.exportApply('cursor', [foo])).not.toHaveProperty('backup');
    expect((await stat(at('.cursor/mcp.json'))).ino).toBe(before.ino);
  });

  it('follows links, and keeps them', async () => {
    await put(at('dotfiles/mcp.json'), CURSOR);
    await mkdir(at('.cursor'));
    await symlink('../dotfiles/mcp.json', at('.cursor/mcp.json'));
    await interchange.exportApply('cursor', [foo]);
    expect((await lstat(at('.cursor/mcp.json'))).isSymbolicLink()).toBe(true);
    expect(await read(at('dotfiles/mcp.json'))).toContain('"foo"');
  });

  it('makes the file that a link waits for', async () => {
    await mkdir(at('.cursor'));
    await symlink('../dotfiles/mcp.json', at('.cursor/mcp.json'));
    await interchange.exportApply('cursor', [foo]);
    expect((await lstat(at('.cursor/mcp.json'))).isSymbolicLink()).toBe(true);
    expect(await read(at('dotfiles/mcp.json'))).toContain('"foo"');
  });

  it('keeps both names of a file that has two', async () => {
    await put(at('.cursor/mcp.json'), CURSOR);
    await link(at('.cursor/mcp.json'), at('twin.json'));
    await interchange.exportApply('cursor', [foo]);
    expect(await read(at('twin.json'))).toBe(await read(at('.cursor/mcp.json')));
    expect(await read(at('twin.json'))).toContain('"foo"');
  });

  it.each<[string, string | Buffer]>([
    ['broken', '{ "mcpServers": { '],
    ['a list', '[]'],
    ['of another kind', '{ "mcpServers": [] }'],
    ['no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('refuses a file that is %s, and leaves it', async (_, content) => {
    await put(at('.cursor/mcp.json'), content);
    const before = await readFile(at('.cursor/mcp.json'));
    await expect(interchange.exportPreview('cursor', [foo])).rejects.toMatchObject({ code: 'unsupported' });
    await expect(interchange.exportApply('cursor', [foo])).rejects.toMatchObject({ code: 'unsupported' });
    expect(await readFile(at('.cursor/mcp.json'))).toEqual(before);
    expect(await interchange.backups('cursor')).toEqual([]);
  });

  it('respects a file that is marked read-only', async () => {
    await put(at('.cursor/mcp.json'), CURSOR);
    await chmod(at('.cursor/mcp.json'), 0o444);
    await expect(interchange.exportApply('cursor', [foo])).rejects.toMatchObject({ code: 'io' });
    expect(await read(at('.cursor/mcp.json'))).toBe(CURSOR);
  });

  it('keeps UTF-16, as Windows shells write it', async () => {
    await put(at('.cursor/mcp.json'), Buffer.from('\ufeff{"mcpServers":{}}', 'utf16le'));
    await interchange.exportApply('cursor', [foo]);
    const text = (await readFile(at('.cursor/mcp.json'))).toString('utf16le');
    expect(text.startsWith('\ufeff{"mcpServers":{"foo":')).toBe(true);
  });

  it('overwrites nothing that was changed after it was shown', async () => {
    await put(at('.cursor/mcp.json'), { mcpServers: { foo: { command: 'npx', args: ['foo-mcp@1'] } } });
    await interchange.exportPreview('cursor', [foo]);
    const theirs = { mcpServers: { foo: { command: 'npx', args: ['by-hand'] } } };
    await put(at('.cursor/mcp.json'), theirs);
    await expect(interchange.exportApply('cursor', [foo])).rejects.toMatchObject({
      code: 'revision_conflict',
    });
    expect(JSON.parse(await read(at('.cursor/mcp.json')))).toEqual(theirs);
  });

  it('keeps what else was changed after it was shown', async () => {
    await interchange.exportPreview('cursor', [foo]);
    await put(at('.cursor/mcp.json'), { mcpServers: { other: { command: 'y' } } });
    await interchange.exportApply('cursor', [foo]);
    expect(
      Object.keys((JSON.parse(await read(at('.cursor/mcp.json'))) as { mcpServers: object }).mcpServers),
    ).toEqual(['other', 'foo']);
  });

  it('writes several at once one after the other', async () => {
    const many = Array.from({ length: 8 }, (_, index) =>
      server(`s${index}`, { type: 'stdio', command: 'x' }),
    );
    await Promise.all(many.map((one) => interchange.exportApply('cursor', [one])));
    expect(
      Object.keys((JSON.parse(await read(at('.cursor/mcp.json'))) as { mcpServers: object }).mcpServers),
    ).toHaveLength(8);
  });

  it('writes a secret in plain text only where that was asked for, and shows it nowhere', async () => {
    expect((await interchange.exportPreview('cursor', [withToken])).after).toContain('${env:TOKEN}');
    const preview = await interchange.exportPreview('cursor', [withToken], reveal);
    expect(JSON.stringify(preview)).not.toContain(TOKEN);
    await interchange.exportApply('cursor', [withToken]);
    expect(await read(at('.cursor/mcp.json'))).not.toContain(TOKEN);
    const result = await interchange.exportApply('cursor', [withToken], reveal);
    expect(await read(at('.cursor/mcp.json'))).toContain(TOKEN);
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });

  it("shows nobody else's secrets either", async () => {
    await put(at('.claude.json'), {
      primaryApiKey: TOKEN,
      mcpServers: { a: { command: 'x', args: ['--token', TOKEN] } },
    });
    const preview = await interchange.exportPreview('claude-code', [foo]);
    expect(JSON.stringify(preview)).not.toContain(TOKEN);
    await interchange.exportApply('claude-code', [foo]);
    expect(await read(at('.claude.json'))).toContain(TOKEN);
  });

  it('takes a plain secret out where the client can point at it, and leaves it where it cannot', async () => {
    const entry = { mcpServers: { foo: { command: 'npx', args: ['foo-mcp'], env: { TOKEN } } } };
    await put(at('.cursor/mcp.json'), entry);
    await interchange.exportApply('cursor', [withToken]);
    expect(await read(at('.cursor/mcp.json'))).not.toContain(TOKEN);
    await put(at('.config/Claude/claude_desktop_config.json'), entry);
    const { warnings } = await interchange.exportApply('claude-desktop', [withToken]);
    expect(warnings.join()).toContain('in plain text already');
    expect(JSON.parse(await read(at('.config/Claude/claude_desktop_config.json')))).toEqual(entry);
  });

  it('keeps a reference the person made', async () => {
    const text = '{"mcpServers":{"foo":{"command":"npx","args":["foo-mcp"],"env":{"TOKEN":"${env:MINE}"}}}}';
    await put(at('.cursor/mcp.json'), text);
    await interchange.exportApply('cursor', [withToken]);
    expect(await read(at('.cursor/mcp.json'))).toBe(text);
  });

  it('says what a client cannot hold, and writes the rest', async () => {
    const gateway = server('inside', { type: 'inprocess' } as never);
    const { after, warnings } = await interchange.exportPreview('cursor', [
      { ...gateway, transport: { type: 'inprocess' } },
      foo,
    ]);
    expect(warnings.join()).toContain('inside its gateway');
    expect(Object.keys((JSON.parse(after) as { mcpServers: object }).mcpServers)).toEqual(['foo']);
  });

  it('warns of the same server under another name', async () => {
    await put(at('.cursor/mcp.json'), { mcpServers: { bar: { command: 'npx', args: ['-y', 'foo-mcp'] } } });
    expect((await interchange.exportPreview('cursor', [foo])).warnings.join()).toContain('already as "bar"');
  });

  it('wraps scripts for Windows, and leaves a wrapper that is there', async () => {
    const windows = new Interchange({
      home,
      env: { APPDATA: home },
      platform: 'win32',
      dataDir: join(home, 'data'),
    });
    const { after } = await windows.exportPreview('claude-code', [foo]);
    expect(JSON.parse(after)).toMatchObject({
      mcpServers: { foo: { command: 'cmd', args: ['/c', 'npx', 'foo-mcp'] } },
    });
    const text = '{"mcpServers":{"foo":{"command":"cmd","args":["/c","npx","foo-mcp"]}}}';
    await put(at('.cursor/mcp.json'), text);
    expect((await interchange.exportPreview('cursor', [foo])).after).toBe(text);
  });

  it('takes entries out', async () => {
    await put(at('.cursor/mcp.json'), CURSOR);
    expect((await interchange.removalPreview('cursor', ['old', 'nobody'])).after).toBe(
      CURSOR.replace('\t\t"old": { "command": "x" }, // keep\r\n', '\t\t// keep\r\n'),
    );
    await interchange.removalApply('cursor', ['old']);
    expect(await read(at('.cursor/mcp.json'))).not.toContain('"old"');
  });

  it('exports 10,000 servers without a stall', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      server(`s${index}`, { type: 'stdio', command: 'npx', args: [`p${index}`] }),
    );
    const start = performance.now();
    await interchange.exportApply('cursor', many);
    expect(performance.now() - start).toBeLessThan(20_000);
    expect((await interchange.scan())[0]).toMatchObject({ serverCount: 10_000 });
  }, 40_000);
});
