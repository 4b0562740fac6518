import { describe, expect, it } from 'vitest';
import type { Server } from '../../../src-main/contract/index.js';
import { CLIENTS } from '../../../src-main/interchange/clients/index.js';
import { planExport } from '../../../src-main/interchange/export/export-plan.js';
import { readEntry } from '../../../src-main/interchange/dialect/read-entry.js';
import { formatOf } from '../../../src-main/interchange/formats/index.js';
import { entriesOf, placeOf } from '../../../src-main/interchange/clients/entries.js';
import { isMap } from '../../../src-main/interchange/plain.js';
import { targetFor } from './messy/client-file.js';
import { Home } from './home.js';
import { linux, secret, server } from './servers.js';

// Peculiarities of single clients that a change of an entry must not cost.

const home = Home.use();

async function exported(
  word: string,
  text: string,
  given: Server,
): Promise<{ text: string; warnings: string[] }> {
  return planExport(text, targetFor(word), [given], { place: linux });
}

function read(word: string, text: string, name: string) {
  const { spec } = targetFor(word);
  const root = formatOf(spec.format).read(text);
  const entry = entriesOf(root, placeOf(spec, root, undefined)).get(name);
  return isMap(entry) ? readEntry(entry, { dialect: spec.dialect }) : undefined;
}

describe('Codex', () => {
  const FILE = `[mcp_servers.files]
command = "npx"
args = ["old"]
env_vars = ["HOME_TOKEN", { name = "FAR_TOKEN", source = "remote" }]
`;

  it('keeps from where a variable is taken', async () => {
    const { transport } = read('codex', FILE, 'files') ?? {};
    expect(transport).toMatchObject({ env: { HOME_TOKEN: '${HOME_TOKEN}', FAR_TOKEN: '${FAR_TOKEN}' } });
    const given = server('files', {
      type: 'stdio',
      command: 'npx',
      args: ['new'],
      env: { HOME_TOKEN: secret('1'), FAR_TOKEN: secret('2') },
    });
    expect((await exported('codex', FILE, given)).text).toBe(FILE.replace('old', 'new'));
  });

  it('gets nothing in a program’s entry that would spoil its whole file', async () => {
    const remote =
      '[mcp_servers.files]\nurl = "https://x.example/mcp"\noauth_resource = "r"\n\n[mcp_servers.files.oauth]\nclient_id = "c"\n';
    const { text } = await exported(
      'codex',
      remote,
      server('files', { type: 'stdio', command: 'npx', args: [] }),
    );
    expect(formatOf('toml').read(text)).toEqual({ mcp_servers: { files: { command: 'npx', args: [] } } });
  });
});

describe('Continue', () => {
  const FILE = `mcpServers:
  - name: api
    type: streamable-http
    url: https://x.example/mcp
    apiKey: \${{ secrets.KEY }} # mine
    requestOptions:
      timeout: 5
`;
  const api = (token: string) =>
    server('api', {
      type: 'streamable_http',
      url: 'https://y.example/mcp',
      headers: { Authorization: token },
    });

  it('has its key read as the token it is, and keeps it under its own name', async () => {
    expect(read('continue', FILE, 'api')?.transport).toMatchObject({
      headers: { Authorization: 'Bearer ${KEY}' },
    });
    const { text } = await exported('continue', FILE, api('Bearer ${KEY}'));
    expect(text).toBe(FILE.replace('x.example', 'y.example'));
  });

  it('gets a header in its place where the token is another one', async () => {
    const { text } = await exported('continue', FILE, api('Basic abc'));
    expect(text).not.toContain('apiKey');
    expect(read('continue', text, 'api')?.transport).toMatchObject({
      headers: { Authorization: 'Basic abc' },
    });
  });
});

describe('an entry that is switched off in its client', () => {
  it.each([
    ['cline', '{ "mcpServers": { "files": { "command": "x", "disabled": true } } }'],
    ['codex', '[mcp_servers.files]\ncommand = "x"\nenabled = false\n'],
    ['goose', 'extensions:\n  files: { type: stdio, cmd: x, enabled: false }\n'],
    ['opencode', '{ "mcp": { "files": { "type": "local", "command": ["x"], "enabled": false } } }'],
  ])('stays so, and that is said: %s', async (word, text) => {
    const plan = await exported(word, text, server('files', { type: 'stdio', command: 'y' }));
    expect(plan.warnings.join()).toContain(`"files" is switched off in ${targetFor(word).title}`);
    expect(read(word, plan.text, 'files')).toMatchObject({ off: true, transport: { command: 'y' } });
  });
});

describe('VS Code', () => {
  it('keeps what it alone knows', async () => {
    const own =
      '"dev": { "watch": "**/*.ts" }, "sandboxEnabled": true, "sandbox": { "network": { "allowedDomains": ["*.x"] } }';
    const text = `{ "servers": { "files": { "type": "stdio", "command": "x", ${own}, "envFile": "\${workspaceFolder}/.env" } } }`;
    const transport = { type: 'stdio', command: 'y', envFile: '${workspaceFolder}/.env' } as const;
    expect((await exported('vscode', text, server('files', transport))).text).toContain(own);
  });
});

describe('mcp-hub', () => {
  const files = server('files', { type: 'stdio', command: 'y' });

  it('is written where it reads, of two places for servers in one file', async () => {
    const text = `{ "servers": { "files": { "command": "x", "args": [] } }, "mcpServers": { "files": { "command": "x", "args": [] } } }`;
    expect((await exported('mcp-hub', text, files)).text).toBe(text.replace('"x"', '"y"'));
    expect(read('mcp-hub', text.replace('"x"', '"z"'), 'files')?.transport).toMatchObject({ command: 'z' });
  });

  it('keeps a yes to all tools a yes to all', async () => {
    const text = `{ "mcpServers": { "files": { "command": "x", "args": [], "autoApprove": true } } }`;
    const given = { ...files, tools: { execute: ['*'], autoExecute: ['read'], pricing: {} } };
    expect((await exported('mcp-hub', text, given)).text).toBe(text.replace('"x"', '"y"'));
  });
});

describe('Goose', () => {
  it('gets a key that it finds by the name', async () => {
    const { text, warnings } = await exported(
      'goose',
      'extensions: {}\n',
      server('My Files (2)', { type: 'stdio', command: 'x' }),
    );
    expect(formatOf('yaml').read(text)).toMatchObject({
      extensions: { myfiles_2_: { name: 'My Files (2)', cmd: 'x', args: [] } },
    });
    expect(warnings.join()).toContain('"My Files (2)" is called "myfiles_2_" in Goose');
  });

  it('reaches by way of a program what it reaches no more', async () => {
    const events = server('events', { type: 'sse', url: 'https://events.example/sse' });
    const { text } = await exported('goose', 'extensions: {}\n', events);
    expect(formatOf('yaml').read(text)).toMatchObject({
      extensions: {
        events: {
          type: 'stdio',
          cmd: 'npx',
          args: ['-y', 'mcp-remote', 'https://events.example/sse', '--transport', 'sse-only'],
        },
      },
    });
  });
});

describe('Bifrost', () => {
  const api = (team: string) =>
    server('api', { type: 'streamable_http', url: 'https://x.example/mcp', headers: { 'X-Team': team } });
  const entry = (text: string): unknown => {
    const root = formatOf('json').read(text) as { mcp: { client_configs: unknown[] } };
    return root.mcp.client_configs[0];
  };

  it('is told to send the headers', async () => {
    const { text } = await exported('bifrost', '{}', api('core'));
    expect(entry(text)).toMatchObject({ auth_type: 'headers', headers: { 'X-Team': 'core' } });
    const none = text.replace('"auth_type": "headers"', '"auth_type": "none"');
    expect(entry((await exported('bifrost', none, api('other'))).text)).toMatchObject({
      auth_type: 'headers',
    });
  });

  it('is told nothing that an entry has said in its own way', async () => {
    const { text } = await exported('bifrost', '{}', api('core'));
    const mine = text.replace('"auth_type": "headers"', '"auth_type": "per_user_headers"');
    expect((await exported('bifrost', mine, api('other'))).text).toBe(mine.replace('core', 'other'));
  });
});

describe('of two files that mcporter may have', () => {
  it('the one that it reads is written', async () => {
    await home.put(home.at('.mcporter/mcporter.jsonc'), { mcpServers: { second: { command: 'x' } } });
    await home.put(home.at('.mcporter/mcporter.json'), { mcpServers: { first: { command: 'x' } } });
    const found = (await home.interchange.scan()).find(({ client }) => client === 'mcporter');
    expect(found?.path).toBe(home.at('.mcporter/mcporter.json'));
  });
});

describe('projects', () => {
  it('have the files of their own that their clients look for', () => {
    const files = Object.fromEntries(
      CLIENTS.flatMap(({ word, inProject }) => (inProject ? [[word, inProject]] : [])),
    );
    expect(files).toEqual({
      'claude-code-project': '.mcp.json',
      'cursor-project': '.cursor/mcp.json',
      'vscode-workspace': '.vscode/mcp.json',
      'zed-project': '.zed/settings.json',
      'roo-code-project': '.roo/mcp.json',
      'codex-project': '.codex/config.toml',
      'gemini-cli-project': '.gemini/settings.json',
      'opencode-project': 'opencode.json',
      'junie-project': '.junie/mcp/mcp.json',
      'kiro-project': '.kiro/settings/mcp.json',
      'warp-project': '.warp/.mcp.json',
      'amazon-q-project': '.amazonq/mcp.json',
      'mcporter-project': 'config/mcporter.json',
    });
  });
});
