import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foo, Home, TOKEN } from './home.js';

const home = Home.use();
const { at, put, read } = home;

describe('scanning', () => {
  it('finds what is there, and what could be made', async () => {
    await put(at('.cursor/mcp.json'), { mcpServers: { a: { command: 'x' }, b: { url: 'https://b.test' } } });
    const clients = await home.interchange.scan();
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
    const [cursor] = await home.interchange.scan();
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
    const found = (await home.interchange.scan()).filter(({ exists }) => exists);
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
    await home.interchange.exportApply(letta, [foo]);
    expect(JSON.parse(await read(at('.letta/settings.json')))).toMatchObject({
      agents: [{ mcpServers: [{ name: 'foo' }] }],
    });
    for (const { client } of found) expect(client.length).toBeLessThanOrEqual(100);
  });

  it('makes a new file where the client was installed', async () => {
    const pathOfLmStudio = async (): Promise<string | undefined> =>
      (await home.interchange.scan()).find(({ client }) => client === 'lm-studio')?.path;
    expect(await pathOfLmStudio()).toBe(at('.lmstudio/mcp.json'));
    await put(at('.cache/lm-studio/other.json'), '{}');
    expect(await pathOfLmStudio()).toBe(at('.cache/lm-studio/mcp.json'));
  });

  it('knows where clients are on other systems', async () => {
    const windows = home.on('win32', { APPDATA: 'D:\\Roaming' }, 'C:\\Users\\me');
    const paths = Object.fromEntries((await windows.scan()).map(({ client, path }) => [client, path]));
    expect(paths['claude-desktop']).toBe('D:\\Roaming\\Claude\\claude_desktop_config.json');
    expect(paths['vscode']).toBe('D:\\Roaming\\Code\\User\\mcp.json');
    expect(paths['cursor']).toBe('C:\\Users\\me\\.cursor\\mcp.json');
  });
});
