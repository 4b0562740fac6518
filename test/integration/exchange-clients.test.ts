import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCell, Server } from '../../src-main/contract/index.js';
import { Host, realServer } from '../support/host.js';
import { filesThatHold } from '../support/look-for.js';

// A real host in a home folder of its own, with clients' files in it as their programs keep them.

type Started = Awaited<ReturnType<typeof Host.start>>;

// Put together here, so that no scanner takes this file for a leak.
const TOKEN = `ghp_${'z9Y8x7W6'.repeat(5)}`;
const CURSOR = '// mine\n{\n  "mcpServers": {\n    "other": { "command": "x" }, // keep\n  },\n}\n';

describe('AI clients’ files, through the host', () => {
  let host: Started;
  let home = '';
  const at = (...parts: string[]): string => join(home, ...parts);
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  };
  const cursor = (): Promise<string> => readFile(at('.cursor/mcp.json'), 'utf8');
  const start = (): Promise<Started> =>
    Host.start({ dataDir: at('data'), env: { HOME: home, XDG_CONFIG_HOME: '', CLAUDE_CONFIG_DIR: '' } });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'jackfield-clients-'));
    await put('.cursor/mcp.json', CURSOR);
    host = await start();
    await host.client.call('settings.update', { patch: { secretStorage: 'session' } });
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  const create = async (name: string): Promise<Server> =>
    (await host.client.call('server.create', { server: { name, transport: realServer('everything') } }))
      .server;
  const cell = async (serverId: string): Promise<ClientCell | undefined> =>
    (await host.client.call('client.list', { clients: ['cursor'] })).cells.find(
      (one) => one.serverId === serverId,
    );
  const told = () => host.client.next('clients.changed', ({ clients }) => clients.includes('cursor'));

  it('exports, undoes, exports again and takes out, byte for byte', async () => {
    const { id } = await create('one');
    const params = { client: 'cursor', serverIds: [id] };
    const { after } = await host.client.call('export.preview', params);
    const heard = told();
    const { backup } = await host.client.call('export.apply', params);
    await heard;
    expect(await cursor()).toBe(after);
    expect(await cell(id)).toMatchObject({ state: 'in_sync', entry: 'one' });
    const { backups } = await host.client.call('export.backups', { client: 'cursor' });
    expect(backups).toMatchObject([{ backup, bytes: CURSOR.length }]);

    expect((await host.client.call('export.undoPreview', { client: 'cursor' })).after).toBe(CURSOR);
    await host.client.call('export.undo', { client: 'cursor' });
    expect(await cursor()).toBe(CURSOR);
    expect(await cell(id)).toBeUndefined();

    await host.client.call('export.apply', params);
    expect(await cursor()).toBe(after);
    expect((await host.client.call('export.removePreview', params)).after).toBe(CURSOR);
    await host.client.call('export.remove', params);
    expect(await cursor()).toBe(CURSOR);

    const { entries } = await host.client.call('activity.list', { limit: 20 });
    const titles = entries.map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining([
        'Wrote one into the file of Cursor',
        'Put a backup of the file of Cursor back',
        'Took entries out of the file of Cursor',
      ]),
    );
  });

  it('says what a deleted server leaves in clients’ files, and takes it out afterwards', async () => {
    const { id } = await create('leaving');
    const before = await cursor();
    await host.client.call('export.apply', { client: 'cursor', serverIds: [id] });
    const { left } = await host.client.call('server.remove', { id });
    expect(left).toMatchObject([{ client: 'cursor', title: 'Cursor', entry: 'leaving' }]);
    const { backup } = await host.client.call('export.remove', { client: 'cursor', serverIds: [id] });
    expect(await cursor()).toBe(before);
    expect(backup && (await readFile(backup, 'utf8'))).toContain('leaving');
    await host.client.call('export.undo', { client: 'cursor' });
    expect(await cursor()).toContain('leaving');
    await host.client.call('export.undo', { client: 'cursor' });
    expect(await cursor()).toBe(before);
  });

  it('sees an edit made by hand, shows it, and takes it over', async () => {
    const { id } = await create('two');
    await host.client.call('export.apply', { client: 'cursor', serverIds: [id] });
    expect((await cell(id))?.state).toBe('in_sync');
    const changed = (await cursor()).replace('dist/index.js"', `dist/index.js", "sse"`);
    expect(changed).not.toBe(await cursor());
    const heard = host.client.next('activity.added', ({ entries }) =>
      entries.some(({ title }) => title === 'Cursor has changed its entry for two'),
    );
    // As editors do it: beside it, then over it.
    await put('.cursor/mcp.json.tmp', changed);
    await rename(at('.cursor/mcp.json.tmp'), at('.cursor/mcp.json'));
    await heard;
    expect((await cell(id))?.state).toBe('client_ahead');
    const { changes } = await host.client.call('client.diff', { client: 'cursor', serverId: id });
    expect(changes).toMatchObject([{ field: 'transport.args', changedBy: 'client' }]);

    const { server } = await host.client.call('client.pull', { client: 'cursor', serverId: id });
    expect((server.transport as { args: string[] }).args.at(-1)).toBe('sse');
    expect((await cell(id))?.state).toBe('in_sync');
    expect(await cursor()).toBe(changed);

    const again = host.client.next('clients.changed', ({ clients }) => clients.includes('cursor'));
    await put('.cursor/mcp.json', changed.replace('"sse"', '"stdio"'));
    await again;
    expect((await cell(id))?.state).toBe('client_ahead');
  });

  it('overwrites nothing unseen, and says which columns an edit here concerns', async () => {
    const { id } = await create('three');
    await host.client.call('export.apply', { client: 'cursor', serverIds: [id] });
    await put('.cursor/mcp.json', (await cursor()).replaceAll('dist/index.js"', 'dist/theirs.js"'));
    const theirs = await cursor();
    const heard = told();
    await host.client.call('server.update', { id, patch: { transport: { type: 'stdio', env: { A: '1' } } } });
    await heard;
    expect((await cell(id))?.state).toBe('conflict');
    await expect(
      host.client.call('export.apply', { client: 'cursor', serverIds: [id] }),
    ).rejects.toMatchObject({ data: { code: 'consent_required' } });
    expect(await cursor()).toBe(theirs);
    await host.client.call('export.apply', { client: 'cursor', serverIds: [id], consent: ['overwrite'] });
    expect((await cell(id))?.state).toBe('in_sync');
  });

  it('imports a folder, keeps where each came from, and takes its token to where tokens are kept', async () => {
    await put(
      'repo/.mcp.json',
      JSON.stringify({ mcpServers: { shared: { command: 'x', env: { API_TOKEN: TOKEN } } } }),
    );
    const source = { folder: at('repo') };
    const { items } = await host.client.call('import.preview', { source });
    expect(JSON.stringify(items)).not.toContain(TOKEN);
    const [item] = items;
    const { added } = await host.client.call('import.apply', {
      source,
      choices: { [item?.key ?? '']: { action: 'add' } },
    });
    const { servers } = await host.client.call('app.snapshot', {});
    expect(servers.find(({ id }) => id === added[0])).toMatchObject({
      name: 'shared',
      transport: { env: { API_TOKEN: { secret: expect.stringMatching(/^ses-/) as string } } },
      provenance: { kind: 'folder', entry: 'shared', source: expect.stringContaining('.mcp.json') as string },
    });
    expect(await filesThatHold(at('data'), TOKEN)).toEqual([]);
  });

  it('reads a text for a form, and saves nothing', async () => {
    const { servers, kind } = await host.client.call('import.read', {
      text: 'API_TOKEN=abc123def456 npx -y foo-mcp',
    });
    expect(kind).toBe('command_line');
    expect(servers).toMatchObject([
      { name: 'foo', transport: { command: 'npx', env: { API_TOKEN: { newSecret: 'abc123def456' } } } },
    ]);
    expect(await filesThatHold(at('data'), 'abc123def456')).toEqual([]);
  });

  it('points a client at the launcher, which becomes the server', async () => {
    const { id } = await create('launched');
    await host.client.call('export.apply', { client: 'windsurf', serverIds: [id], form: 'launcher' });
    const { mcpServers } = JSON.parse(await readFile(at('.codeium/windsurf/mcp_config.json'), 'utf8')) as {
      mcpServers: Record<string, { command: string; args: string[] }>;
    };
    const entry = mcpServers['launched'] ?? { command: '', args: [] };
    expect(entry.args.slice(-4)).toEqual(['run', id, '--data-dir', at('data')]);
    // As the client does it: the entry's own words, and nothing of the person's environment but what it hands on.
    const transport = new StdioClientTransport({
      ...entry,
      env: { PATH: process.env['PATH'] ?? '', HOME: home },
      stderr: 'ignore',
    });
    const client = new Client({ name: 'a client', version: '1' });
    await client.connect(transport);
    const { tools } = await client.listTools();
    await client.close();
    expect(tools.map(({ name }) => name)).toContain('echo');
    const { cells } = await host.client.call('client.list', { clients: ['windsurf'] });
    expect(cells).toMatchObject([{ serverId: id, state: 'in_sync', form: 'launcher' }]);
  });

  it('knows what it wrote after a restart, and what was changed meanwhile', async () => {
    const { id } = await create('four');
    await host.client.call('export.apply', { client: 'cursor', serverIds: [id] });
    await host.stop();
    await put('.cursor/mcp.json', (await cursor()).replaceAll('dist/index.js"', 'dist/while-away.js"'));
    host = await start();
    expect((await cell(id))?.state).toBe('client_ahead');
  });
});
