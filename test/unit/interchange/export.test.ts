import { chmod, link, lstat, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { foo, Home, TOKEN, withToken } from './home.js';
import { server } from './servers.js';
import { cpuMs } from '../../support/cpu-time.js';

const home = Home.use();
const { at, put, read } = home;

const reveal = (): Promise<string> => Promise.resolve(TOKEN);

describe('exporting', () => {
  const CURSOR =
    '// mine\r\n{\r\n\t"mcpServers": {\r\n\t\t"old": { "command": "x" }, // keep\r\n\t},\r\n}\r\n';

  it('edits in place, and backs the old bytes up first', async () => {
    const bytes = Buffer.from(`\ufeff${CURSOR}`);
    await put(at('.cursor/mcp.json'), bytes);
    await chmod(at('.cursor/mcp.json'), 0o640);
    const preview = await home.interchange.exportPreview('cursor', [foo]);
    expect(preview.before).toBe(CURSOR);
    const { backup } = await home.interchange.exportApply('cursor', [foo]);
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
    const { backup } = await home.interchange.exportApply('cursor', [foo]);
    expect(await home.interchange.backups('cursor')).toMatchObject([{ backup, bytes: CURSOR.length }]);
    await home.interchange.undo('cursor', backup ?? '');
    expect(await read(at('.cursor/mcp.json'))).toBe(CURSOR);
    await expect(home.interchange.undo('cursor', at('.cursor/mcp.json'))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('makes a missing file, for this person alone', async () => {
    const { backup } = await home.interchange.exportApply('cursor', [foo]);
    expect(backup).toBeUndefined();
    expect((await stat(at('.cursor/mcp.json'))).mode & 0o777).toBe(0o600);
  });

  it('takes a file away again that it has made, and brings it back', async () => {
    await mkdir(at('.cursor'));
    await symlink('../dotfiles/mcp.json', at('.cursor/mcp.json'));
    await home.interchange.exportApply('cursor', [foo]);
    const made = await read(at('dotfiles/mcp.json'));
    expect(await home.interchange.backups('cursor')).toMatchObject([{ absent: true }]);
    expect((await home.interchange.undoPreview('cursor')).after).toBe('');
    await home.interchange.undo('cursor');
    expect(await readdir(at('dotfiles'))).toEqual([]);
    expect((await lstat(at('.cursor/mcp.json'))).isSymbolicLink()).toBe(true);
    await home.interchange.undo('cursor');
    expect(await read(at('dotfiles/mcp.json'))).toBe(made);
  });

  it('shows no secret of a backup', async () => {
    await put(at('.cursor/mcp.json'), { mcpServers: { a: { command: 'x', env: { API_TOKEN: TOKEN } } } });
    await home.interchange.exportApply('cursor', [foo]);
    const preview = await home.interchange.undoPreview('cursor');
    expect(preview.before).toContain('"foo"');
    expect(preview.after).not.toContain('"foo"');
    expect(JSON.stringify(preview)).not.toContain(TOKEN);
  });

  it('writes nothing where nothing changes', async () => {
    await home.interchange.exportApply('cursor', [foo]);
    const before = await stat(at('.cursor/mcp.json'));
    expect(await home.interchange.exportApply('cursor', [foo])).not.toHaveProperty('backup');
    expect((await stat(at('.cursor/mcp.json'))).ino).toBe(before.ino);
  });

  it('follows links, and keeps them', async () => {
    await put(at('dotfiles/mcp.json'), CURSOR);
    await mkdir(at('.cursor'));
    await symlink('../dotfiles/mcp.json', at('.cursor/mcp.json'));
    await home.interchange.exportApply('cursor', [foo]);
    expect((await lstat(at('.cursor/mcp.json'))).isSymbolicLink()).toBe(true);
    expect(await read(at('dotfiles/mcp.json'))).toContain('"foo"');
  });

  it('makes the file that a link waits for', async () => {
    await mkdir(at('.cursor'));
    await symlink('../dotfiles/mcp.json', at('.cursor/mcp.json'));
    await home.interchange.exportApply('cursor', [foo]);
    expect((await lstat(at('.cursor/mcp.json'))).isSymbolicLink()).toBe(true);
    expect(await read(at('dotfiles/mcp.json'))).toContain('"foo"');
  });

  it('keeps both names of a file that has two', async () => {
    await put(at('.cursor/mcp.json'), CURSOR);
    await link(at('.cursor/mcp.json'), at('twin.json'));
    await home.interchange.exportApply('cursor', [foo]);
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
    await expect(home.interchange.exportPreview('cursor', [foo])).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(home.interchange.exportApply('cursor', [foo])).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(await readFile(at('.cursor/mcp.json'))).toEqual(before);
    expect(await home.interchange.backups('cursor')).toEqual([]);
  });

  it('respects a file that is marked read-only', async () => {
    await put(at('.cursor/mcp.json'), CURSOR);
    await chmod(at('.cursor/mcp.json'), 0o444);
    await expect(home.interchange.exportApply('cursor', [foo])).rejects.toMatchObject({ code: 'io' });
    expect(await read(at('.cursor/mcp.json'))).toBe(CURSOR);
  });

  it('keeps UTF-16, as Windows shells write it', async () => {
    await put(at('.cursor/mcp.json'), Buffer.from('\ufeff{"mcpServers":{}}', 'utf16le'));
    await home.interchange.exportApply('cursor', [foo]);
    const text = (await readFile(at('.cursor/mcp.json'))).toString('utf16le');
    expect(text.startsWith('\ufeff{"mcpServers":{"foo":')).toBe(true);
  });

  it('overwrites nothing that was changed after it was shown', async () => {
    await put(at('.cursor/mcp.json'), { mcpServers: { foo: { command: 'npx', args: ['foo-mcp@1'] } } });
    await home.interchange.exportPreview('cursor', [foo]);
    const theirs = { mcpServers: { foo: { command: 'npx', args: ['by-hand'] } } };
    await put(at('.cursor/mcp.json'), theirs);
    await expect(home.interchange.exportApply('cursor', [foo])).rejects.toMatchObject({
      code: 'revision_conflict',
    });
    expect(JSON.parse(await read(at('.cursor/mcp.json')))).toEqual(theirs);
  });

  it('keeps what else was changed after it was shown', async () => {
    await home.interchange.exportPreview('cursor', [foo]);
    await put(at('.cursor/mcp.json'), { mcpServers: { other: { command: 'y' } } });
    await home.interchange.exportApply('cursor', [foo]);
    expect(
      Object.keys((JSON.parse(await read(at('.cursor/mcp.json'))) as { mcpServers: object }).mcpServers),
    ).toEqual(['other', 'foo']);
  });

  it('writes several at once one after the other', async () => {
    const many = Array.from({ length: 8 }, (_, index) =>
      server(`s${index}`, { type: 'stdio', command: 'x' }),
    );
    await Promise.all(many.map((one) => home.interchange.exportApply('cursor', [one])));
    expect(
      Object.keys((JSON.parse(await read(at('.cursor/mcp.json'))) as { mcpServers: object }).mcpServers),
    ).toHaveLength(8);
  });

  it('writes a secret in plain text only where that was asked for, and shows it nowhere', async () => {
    expect((await home.interchange.exportPreview('cursor', [withToken])).after).toContain('${env:TOKEN}');
    const preview = await home.interchange.exportPreview('cursor', [withToken], { resolve: reveal });
    expect(JSON.stringify(preview)).not.toContain(TOKEN);
    await home.interchange.exportApply('cursor', [withToken]);
    expect(await read(at('.cursor/mcp.json'))).not.toContain(TOKEN);
    const result = await home.interchange.exportApply('cursor', [withToken], { resolve: reveal });
    expect(await read(at('.cursor/mcp.json'))).toContain(TOKEN);
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });

  it("shows nobody else's secrets either", async () => {
    await put(at('.claude.json'), {
      primaryApiKey: TOKEN,
      mcpServers: { a: { command: 'x', args: ['--token', TOKEN] } },
    });
    const preview = await home.interchange.exportPreview('claude-code', [foo]);
    expect(JSON.stringify(preview)).not.toContain(TOKEN);
    await home.interchange.exportApply('claude-code', [foo]);
    expect(await read(at('.claude.json'))).toContain(TOKEN);
  });

  it('takes a plain secret out where the client can point at it, and leaves it where it cannot', async () => {
    const entry = { mcpServers: { foo: { command: 'npx', args: ['foo-mcp'], env: { TOKEN } } } };
    await put(at('.cursor/mcp.json'), entry);
    await home.interchange.exportApply('cursor', [withToken]);
    expect(await read(at('.cursor/mcp.json'))).not.toContain(TOKEN);
    await put(at('.config/Claude/claude_desktop_config.json'), entry);
    const { warnings } = await home.interchange.exportApply('claude-desktop', [withToken]);
    expect(warnings.join()).toContain('in plain text already');
    expect(JSON.parse(await read(at('.config/Claude/claude_desktop_config.json')))).toEqual(entry);
  });

  it('keeps a reference the person made', async () => {
    const text = '{"mcpServers":{"foo":{"command":"npx","args":["foo-mcp"],"env":{"TOKEN":"${env:MINE}"}}}}';
    await put(at('.cursor/mcp.json'), text);
    await home.interchange.exportApply('cursor', [withToken]);
    expect(await read(at('.cursor/mcp.json'))).toBe(text);
  });

  it('says what a client cannot hold, and writes the rest', async () => {
    const gateway = server('inside', { type: 'inprocess' } as never);
    const { after, warnings } = await home.interchange.exportPreview('cursor', [
      { ...gateway, transport: { type: 'inprocess' } },
      foo,
    ]);
    expect(warnings.join()).toContain('inside its gateway');
    expect(Object.keys((JSON.parse(after) as { mcpServers: object }).mcpServers)).toEqual(['foo']);
  });

  it('warns of the same server under another name', async () => {
    await put(at('.cursor/mcp.json'), { mcpServers: { bar: { command: 'npx', args: ['-y', 'foo-mcp'] } } });
    expect((await home.interchange.exportPreview('cursor', [foo])).warnings.join()).toContain(
      'already as "bar"',
    );
  });

  it('wraps scripts for Windows, and leaves a wrapper that is there', async () => {
    const windows = home.on('win32', { APPDATA: home.folder });
    const { after } = await windows.exportPreview('claude-code', [foo]);
    expect(JSON.parse(after)).toMatchObject({
      mcpServers: { foo: { command: 'cmd', args: ['/c', 'npx', 'foo-mcp'] } },
    });
    const text = '{"mcpServers":{"foo":{"command":"cmd","args":["/c","npx","foo-mcp"]}}}';
    await put(at('.cursor/mcp.json'), text);
    expect((await home.interchange.exportPreview('cursor', [foo])).after).toBe(text);
  });

  it('takes entries out', async () => {
    await put(at('.cursor/mcp.json'), CURSOR);
    expect(
      (await home.interchange.removalPreview('cursor', { serverIds: [], entries: ['old', 'nobody'] })).after,
    ).toBe(CURSOR.replace('\t\t"old": { "command": "x" }, // keep\r\n', '\t\t// keep\r\n'));
    await home.interchange.removalApply('cursor', { serverIds: [], entries: ['old'] });
    expect(await read(at('.cursor/mcp.json'))).not.toContain('"old"');
  });

  it('exports 10,000 servers without a stall', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      server(`s${index}`, { type: 'stdio', command: 'npx', args: [`p${index}`] }),
    );
    expect(await cpuMs(() => home.interchange.exportApply('cursor', many))).toBeLessThan(20_000);
    expect((await home.interchange.scan())[0]).toMatchObject({ serverCount: 10_000 });
  });
});
