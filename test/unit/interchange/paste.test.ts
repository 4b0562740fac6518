import { MCPConfigRegistry } from '@gleanwork/mcp-config-schema';
import { describe, expect, it } from 'vitest';
import type { ServerInput } from '../../../src-main/contract/index.js';
import { planImport } from '../../../src-main/interchange/import/import-plan.js';
import { readServers } from '../../../src-main/interchange/import/read-servers.js';
import { readPasted } from '../../../src-main/interchange/paste/paste.js';
import { cpuMs } from '../../support/cpu-time.js';

type Read = { name: string; transport: ServerInput['transport']; warnings: string[]; action: string };

function paste(text: string, fileName?: string): { servers: Read[]; problems: string[] } {
  const { planned, problems } = planImport(readPasted(text, fileName), [], 'salt');
  const servers = planned.map(({ item, read }) => ({
    name: item.name,
    transport: read.transport,
    warnings: item.warnings,
    action: item.action,
  }));
  return { servers, problems };
}

const one = (text: string, fileName?: string): Read => {
  const { servers, problems } = paste(text, fileName);
  expect(problems).toEqual([]);
  expect(servers).toHaveLength(1);
  return servers[0] as Read;
};

const npx = (...args: string[]): object => ({ type: 'stdio', command: 'npx', args, env: {} });
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

describe('a command line', () => {
  it.each<[string, string, object]>([
    [
      'npx -y @modelcontextprotocol/server-github',
      'github',
      npx('-y', '@modelcontextprotocol/server-github'),
    ],
    ['$ npx -y foo-mcp@1.2', 'foo', npx('-y', 'foo-mcp@1.2')],
    ['npx \\\n  -y \\\n  foo-mcp', 'foo', npx('-y', 'foo-mcp')],
    ['cmd /c npx -y foo-mcp', 'foo', npx('-y', 'foo-mcp')],
    ['KEY="a b" npx foo-mcp', 'foo', { ...npx('foo-mcp'), env: { KEY: 'a b' } }],
    ['uvx mcp-server-fetch', 'fetch', { type: 'stdio', command: 'uvx', args: ['mcp-server-fetch'], env: {} }],
    [
      'node "/a b/files-mcp/dist/index.js" --x',
      'files',
      { type: 'stdio', command: 'node', args: ['/a b/files-mcp/dist/index.js', '--x'], env: {} },
    ],
    [
      'C:\\Python\\python.exe C:\\s\\weather.py',
      'weather',
      { type: 'stdio', command: 'C:\\Python\\python.exe', args: ['C:\\s\\weather.py'], env: {} },
    ],
    [
      'docker run -i --rm -e TOKEN ghcr.io/github/github-mcp-server',
      'github',
      {
        type: 'stdio',
        command: 'docker',
        args: ['run', '-i', '--rm', '-e', 'TOKEN', 'ghcr.io/github/github-mcp-server'],
        env: {},
      },
    ],
    [
      'claude mcp add files -e A=1 -- npx -y files-mcp --flag',
      'files',
      { ...npx('-y', 'files-mcp', '--flag'), env: { A: '1' } },
    ],
    [
      'claude mcp add --transport http sentry https://mcp.sentry.dev/mcp --header "X-A: b"',
      'sentry',
      { type: 'streamable_http', url: 'https://mcp.sentry.dev/mcp', headers: { 'X-A': 'b' } },
    ],
    ['claude mcp add-json w \'{"command":"npx","args":["w"]}\'', 'w', npx('w')],
    [
      'codex mcp add docs --url https://docs.example/mcp --bearer-token-env-var TOK',
      'docs',
      {
        type: 'streamable_http',
        url: 'https://docs.example/mcp',
        headers: { Authorization: 'Bearer ${TOK}' },
      },
    ],
  ])('%s', (text, name, transport) => expect(one(text)).toMatchObject({ name, transport }));

  it('asks nothing of a shell', () => {
    expect(paste('npx foo-mcp | tee log').servers).toEqual([]);
    expect(paste('npx foo-mcp && rm -rf /').servers).toEqual([]);
    expect(paste('hello there, this is prose.').servers).toEqual([]);
  });
});

describe('a snippet of a config file', () => {
  const entry = { command: 'npx', args: ['foo-mcp'] };
  it.each<[string, string, string]>([
    ['Claude and most others', JSON.stringify({ mcpServers: { foo: entry } }), 'foo'],
    ['VS Code', JSON.stringify({ servers: { foo: entry }, inputs: [] }), 'foo'],
    ['VS Code settings', JSON.stringify({ mcp: { servers: { foo: entry } } }), 'foo'],
    ['a map alone', JSON.stringify({ foo: entry }), 'foo'],
    ['an entry alone', JSON.stringify(entry), 'foo'],
    ['an entry with a name', JSON.stringify({ name: 'bar', ...entry }), 'bar'],
    ['a list', JSON.stringify([{ name: 'foo', ...entry }]), 'foo'],
    ['a piece out of the middle', `"foo": ${JSON.stringify(entry)},`, 'foo'],
    ['a Markdown block', '```json\n{"mcpServers":{"foo":{"command":"npx","args":["foo-mcp"]}}}\n```', 'foo'],
    [
      'comments and trailing commas',
      '{ // mine\n "mcpServers": { "foo": { "command": "npx", "args": ["foo-mcp",], }, }, }',
      'foo',
    ],
    ['JSON5', "{ mcpServers: { foo: { command: 'npx', args: ['foo-mcp'] } } }", 'foo'],
    ['TOML', '[mcp_servers.foo]\ncommand = "npx"\nargs = ["foo-mcp"]\n', 'foo'],
    [
      'YAML of Goose',
      'extensions:\n  developer:\n    type: builtin\n  foo:\n    type: stdio\n    cmd: npx\n    args: [foo-mcp]\n',
      'foo',
    ],
    ['YAML of Continue', 'mcpServers:\n  - name: foo\n    command: npx\n    args:\n      - foo-mcp\n', 'foo'],
    ['a YAML list', '- name: foo\n  command: npx\n  args: [foo-mcp]\n', 'foo'],
    [
      'Zed, as it was',
      JSON.stringify({ context_servers: { foo: { command: { path: 'npx', args: ['foo-mcp'] } } } }),
      'foo',
    ],
    ['OpenCode', JSON.stringify({ mcp: { foo: { type: 'local', command: ['npx', 'foo-mcp'] } } }), 'foo'],
    ['Cline', JSON.stringify({ mcpServers: { foo: { transport: { type: 'stdio', ...entry } } } }), 'foo'],
    [
      'Bifrost',
      JSON.stringify({
        mcp: { client_configs: [{ name: 'foo', connection_type: 'stdio', stdio_config: entry }] },
      }),
      'foo',
    ],
    [
      'Windows',
      JSON.stringify({ mcpServers: { foo: { command: 'cmd', args: ['/c', 'npx', 'foo-mcp'] } } }),
      'foo',
    ],
  ])('%s', (_, text, name) => expect(one(text)).toMatchObject({ name, transport: npx('foo-mcp') }));

  it('says where a text is broken, and quotes nothing of it', () => {
    const { servers, problems } = paste('{\n "mcpServers": { "a": { "env": { "T": "s3cret" oops } } }\n}');
    expect(servers).toEqual([]);
    expect(problems.join()).toMatch(/line 2, column/);
    expect(problems.join()).not.toMatch(/s3cret|oops/);
  });

  it('takes over no approval from a stranger', () => {
    const text = JSON.stringify({ mcpServers: { foo: { ...entry, autoApprove: ['delete_all'] } } });
    const { planned } = planImport(readPasted(text), [], 'salt');
    expect(planned[0]?.read.tools?.autoExecute).toBeUndefined();
    expect(planned[0]?.item.warnings.join()).toContain('delete_all');
  });

  it('is safe from hostile keys', () => {
    const text =
      '{"mcpServers":{"__proto__":{"command":"npx","env":{"__proto__":"x","constructor":"y"}},"constructor":{"command":"a"}}}';
    expect(paste(text).servers.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['command']).toBeUndefined();
  });
});

describe('an address, a package, a link', () => {
  const http = (url: string): object => ({ type: 'streamable_http', url, headers: {} });
  const config = { command: 'npx', args: ['-y', 'foo-mcp>>>???'] };
  it.each<[string, string, object]>([
    ['https://mcp.linear.app/sse', 'linear', { type: 'sse', url: 'https://mcp.linear.app/sse', headers: {} }],
    ['https://api.example.com/mcp', 'example', http('https://api.example.com/mcp')],
    ['@scope/foo-mcp', 'foo', npx('-y', '@scope/foo-mcp')],
    ['npm install -g foo-mcp', 'foo', npx('-y', 'foo-mcp')],
    ['https://www.npmjs.com/package/@scope/foo-mcp', 'foo', npx('-y', '@scope/foo-mcp')],
    [
      'pip install mcp-server-time',
      'time',
      { type: 'stdio', command: 'uvx', args: ['mcp-server-time'], env: {} },
    ],
    [
      `cursor://anysphere.cursor-deeplink/mcp/install?name=foo&config=${base64(config)}`,
      'foo',
      npx(...config.args),
    ],
    [
      `https://cursor.com/install-mcp?name=foo&config=${encodeURIComponent(base64(config))}`,
      'foo',
      npx(...config.args),
    ],
    [
      `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: 'foo', ...config }))}`,
      'foo',
      npx(...config.args),
    ],
    [
      `https://insiders.vscode.dev/redirect/mcp/install?name=foo&config=${encodeURIComponent(JSON.stringify(config))}`,
      'foo',
      npx(...config.args),
    ],
    [`lmstudio://add_mcp?name=foo&config=${base64(config)}`, 'foo', npx(...config.args)],
    [
      `cherrystudio://mcp/install?servers=${base64({ mcpServers: { foo: config } })}`,
      'foo',
      npx(...config.args),
    ],
    ['goose://extension?cmd=npx&arg=-y&arg=%40a%2Fb&id=foo&name=Foo', 'Foo', npx('-y', '@a/b')],
    [
      'goose://extension?type=streamable_http&url=https%3A%2F%2Fx.example%2Fmcp&name=x',
      'x',
      http('https://x.example/mcp'),
    ],
    [
      `[![Install](https://img.example/b.svg)](https://kiro.dev/launch/mcp/add?name=foo&config=${encodeURIComponent(JSON.stringify(config)).replace(/[()']/g, escape)})`,
      'foo',
      npx(...config.args),
    ],
  ])('%s', (text, name, transport) => expect(one(text)).toMatchObject({ name, transport }));

  it('offers both registries where a name may be of either', () => {
    expect(
      paste('mcp-server-fetch').servers.map(({ transport, action }) => [
        'command' in transport && transport.command,
        action,
      ]),
    ).toEqual([
      ['uvx', 'add'],
      ['npx', 'skip'],
    ]);
    expect(paste('hello').servers).toEqual([]);
  });

  it('tells a page about a server from a server', () => {
    expect(paste('https://github.com/github/github-mcp-server').problems.join()).toContain(
      'page about a server',
    );
  });

  it.each(['cursor', 'vscode'] as const)('reads what another maker of links for %s makes', (client) => {
    const builder = new MCPConfigRegistry().createBuilder(client);
    const options = {
      transport: 'http',
      serverUrl: 'https://x.example/mcp',
      serverName: 'x',
      headers: { 'X-A': 'b' },
    } as const;
    const link = (builder as unknown as { buildOneClickUrl(o: typeof options): string }).buildOneClickUrl(
      options,
    );
    expect(one(link).transport).toEqual({
      type: 'streamable_http',
      url: 'https://x.example/mcp',
      headers: { 'X-A': 'b' },
    });
  });
});

describe('a server.json of the registry', () => {
  const server = {
    name: 'io.github.me/weather',
    description: 'Weather',
    version: '1.0.2',
    packages: [
      {
        registryType: 'npm',
        identifier: '@me/weather',
        version: '1.0.2',
        transport: { type: 'stdio' },
        packageArguments: [{ type: 'named', name: '--units', value: 'metric' }],
        environmentVariables: [
          { name: 'API_KEY', isRequired: true, isSecret: true, description: 'Your key' },
          { name: 'OPTIONAL' },
        ],
      },
      { registryType: 'oci', identifier: 'ghcr.io/me/weather', version: '1.0.2' },
    ],
    remotes: [{ type: 'streamable-http', url: 'https://weather.example/mcp' }],
  };

  it('offers each way to run it, the first one proposed', () => {
    const { servers } = paste(JSON.stringify(server));
    expect(servers.map(({ action }) => action)).toEqual(['add', 'skip', 'skip']);
    expect(servers[0]).toMatchObject({
      name: 'weather',
      transport: {
        command: 'npx',
        args: ['-y', '@me/weather@1.0.2', '--units', 'metric'],
        env: { API_KEY: '' },
      },
    });
    expect(servers[0]?.warnings.join()).toContain('API_KEY needs a value: Your key');
    expect(servers[1]?.transport).toMatchObject({
      command: 'docker',
      args: ['run', '-i', '--rm', 'ghcr.io/me/weather:1.0.2'],
    });
    expect(servers[2]?.transport).toMatchObject({ url: 'https://weather.example/mcp' });
  });

  it('is understood as the API answers it', () => {
    expect(paste(JSON.stringify({ servers: [{ server }] })).servers).toHaveLength(3);
  });
});

describe('a great deal of text', () => {
  const many = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, i) => [
      `s${i}`,
      { command: 'npx', args: ['-y', `pkg-${i}`], env: { A: 'x'.repeat(400) } },
    ]),
  );

  it('of 10,000 entries and 5 MB is read in a few seconds', async () => {
    const text = JSON.stringify({ mcpServers: many }, null, 1);
    expect(text.length).toBeGreaterThan(5_000_000);
    const spent = await cpuMs(() => expect(paste(text).servers).toHaveLength(10_000));
    expect(spent).toBeLessThan(10_000);
  });

  it.each([
    ['noise', 'lorem ipsum dolor sit amet '.repeat(190_000)],
    ['brackets', '['.repeat(5_000_000)],
    ['spaces', `a${' '.repeat(4_999_999)}b`],
    ['lines that look like YAML', 'a: b\n'.repeat(1_000_000)],
    ['a string without end', `{"a": "${'x'.repeat(4_900_000)}`],
    ['assignments', 'a=b\n'.repeat(1_200_000)],
  ])('of %s ends', async (_, text) => {
    expect(await cpuMs(() => expect(paste(text).servers).toEqual([]))).toBeLessThan(10_000);
  });
});

describe('reading a text for a form', () => {
  const only = (text: string) => {
    const { servers } = readServers(readPasted(text));
    expect(servers).toHaveLength(1);
    return servers[0];
  };

  it.each([
    ['$ LOG=1 npx -y @modelcontextprotocol/server-github --x', 'github', 'command_line'],
    ['docker run -i --rm -e TOKEN mcp/slack:latest', 'slack', 'command_line'],
    ['uvx mcp-server-fetch', 'fetch', 'command_line'],
    ['node /srv/server-everything/dist/index.js stdio', 'everything', 'command_line'],
    ['/opt/bin/my-tool --stdio', 'my-tool', 'command_line'],
    ['@acme/mcp-server', 'acme', 'package'],
    ['https://mcp.linear.app/sse', 'linear', 'address'],
    ['{ // note\n "mcpServers": { "gh": { "command": "npx", }, } }', 'gh', 'configuration'],
    ['```json\n{"command":"uvx","args":["mcp-server-git"]}\n```', 'git', 'configuration'],
    ['claude mcp add gh -s user -e A=b -- npx -y srv --flag', 'gh', 'command_line'],
    [JSON.stringify({ command: 'mytool', args: ['serve'] }), 'mytool', 'configuration'],
    [JSON.stringify({ command: 'mytool', args: [] }), 'mytool', 'configuration'],
  ])('%s', (text, name, kind) => {
    expect(only(text)?.name).toBe(name);
    expect(readServers(readPasted(text)).kind).toBe(kind);
  });

  it('puts what looks like a token where tokens are kept', () => {
    const { transport } = only('GITHUB_TOKEN=ghp_0123456789abcdef0123 LOG=debug npx srv') ?? {};
    expect(transport).toMatchObject({
      env: { GITHUB_TOKEN: { newSecret: 'ghp_0123456789abcdef0123' }, LOG: 'debug' },
    });
  });

  it('says nothing of a text that holds no server', () => {
    expect(readServers(readPasted('hello there'))).toMatchObject({ servers: [], kind: 'nothing' });
    expect(readServers(readPasted('{ "a": '))).toMatchObject({ servers: [], kind: 'nothing' });
  });
});
