import { describe, expect, it } from 'vitest';
import { foo, Home } from './home.js';
import { server } from './servers.js';

// Which entry of a client's file is a server's own, and which is somebody else's.

const home = Home.use();
const CODEX = '.codex/config.toml';
const stdio = (name: string, command: string) => server(name, { type: 'stdio', command, args: [] });

describe('the entry that a server is written to', () => {
  it('is not another one that only has its name as the client would have it', async () => {
    await home.put(home.at(CODEX), '[mcp_servers.my-server]\ncommand = "theirs"\n');
    const { warnings } = await home.interchange.exportApply('codex', [stdio('my server', 'mine')]);
    const text = await home.read(home.at(CODEX));
    expect(text).toContain('[mcp_servers.my-server]\ncommand = "theirs"\n');
    expect(text).toContain('[mcp_servers.my-server-2]\ncommand = "mine"\n');
    expect(warnings.join()).toContain('"my server" is called "my-server-2" in Codex');
  });

  it('is that one where it starts the same thing', async () => {
    await home.put(home.at(CODEX), '[mcp_servers.my-server]\ncommand = "same"\n');
    await home.interchange.exportApply('codex', [stdio('my server', 'same')]);
    expect(await home.read(home.at(CODEX))).toBe('[mcp_servers.my-server]\ncommand = "same"\n');
  });

  it('is never one that another server has there, whatever either is called', async () => {
    const first = { ...stdio('github', 'first'), id: 'one' };
    await home.interchange.exportApply('cursor', [first]);
    const second = { ...stdio('github', 'second'), id: 'two' };
    const isServer = (id: string): boolean => ['one', 'two'].includes(id);
    await home.interchange.exportApply('cursor', [second], { isServer });
    const file = JSON.parse(await home.read(home.at('.cursor/mcp.json'))) as { mcpServers: object };
    expect(file.mcpServers).toMatchObject({
      github: { command: 'first' },
      'github-2': { command: 'second' },
    });
    // Each goes on with its own.
    await home.interchange.exportApply('cursor', [{ ...first, name: 'gh' }], { isServer });
    await home.interchange.removalApply('cursor', { serverIds: ['two'], entries: [] });
    expect(JSON.parse(await home.read(home.at('.cursor/mcp.json')))).toEqual({
      mcpServers: { github: { type: 'stdio', command: 'first', args: [] } },
    });
  });

  it('is that of a server that is gone, where nobody has it any more', async () => {
    await home.interchange.exportApply('cursor', [{ ...foo, id: 'gone' }]);
    await home.interchange.exportApply('cursor', [{ ...foo, id: 'new' }], { isServer: (id) => id === 'new' });
    const file = JSON.parse(await home.read(home.at('.cursor/mcp.json'))) as { mcpServers: object };
    expect(Object.keys(file.mcpServers)).toEqual(['foo']);
  });

  it('is told of when its server is gone, and can be taken out then', async () => {
    const { interchange } = home;
    await interchange.exportApply('cursor', [foo]);
    await interchange.exportApply('codex', [foo]);
    const path = home.at('.cursor/mcp.json');
    expect(await interchange.leftOf('foo')).toEqual([
      { client: 'cursor', title: 'Cursor', path, entry: 'foo' },
      { client: 'codex', title: 'Codex', path: home.at(CODEX), entry: 'foo' },
    ]);
    const { backup } = await interchange.removalApply('cursor', { serverIds: ['foo'], entries: [] });
    expect((await interchange.leftOf('foo')).map(({ client }) => client)).toEqual(['codex']);
    expect(await home.read(backup ?? '')).toContain('foo-mcp');
    await home.put(home.at(CODEX), '');
    expect(await interchange.leftOf('foo')).toEqual([]);
  });
});
