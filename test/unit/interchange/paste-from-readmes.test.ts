import { describe, expect, it } from 'vitest';
import { readPasted } from '../../../src-main/interchange/paste/paste.js';
import { read } from './pasted.js';

// Snippets as they stand in READMEs of MCP servers, with other names, addresses and keys. Each was misread or refused
// once, or is of a kind that easily is.

const runs = (command: string, args: string[], env = {}): object => ({ type: 'stdio', command, args, env });
const npx = (...args: string[]): object => runs('npx', args);
const http = (url: string, headers = {}): object => ({ type: 'streamable_http', url, headers });
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

type Case = [title: string, text: string, name: string, transport: object];

const COMMANDS: Case[] = [
  [
    'claude, JSON over several lines',
    `claude mcp add-json weather '{\n  "command": "node",\n  "args": ["/srv/weather/dist/index.js"],\n  "env": {\n    "LOG_LEVEL": "debug"\n  }\n}'`,
    'weather',
    runs('node', ['/srv/weather/dist/index.js'], { LOG_LEVEL: 'debug' }),
  ],
  [
    'claude, JSON over several lines, the scope behind it',
    `claude mcp add-json home \\\n  '{\n  "url": "http://localhost:8086/mcp",\n  "transport": "http"\n}' --scope user`,
    'home',
    http('http://localhost:8086/mcp'),
  ],
  [
    'claude, JSON with a variable in a header',
    `claude mcp add-json bills \\\n  '{"type":"http","url":"https://bills.example/mcp","headers":{"Authorization":"Bearer \${BILLS}"}}' \\\n  --scope user`,
    'bills',
    http('https://bills.example/mcp', { Authorization: 'Bearer ${BILLS}' }),
  ],
  [
    'claude, JSON in double quotes',
    `claude mcp add-json --scope user cua "{\\"command\\":\\"$HOME/.local/bin/cua\\",\\"args\\":[\\"mcp\\"]}"`,
    'cua',
    runs('${HOME}/.local/bin/cua', ['mcp']),
  ],
  [
    'claude, headers with variables',
    'claude mcp add --transport http edu \\\n  https://api.edu.example/mcp \\\n  --header "X-API-Key: $EDU_KEY" \\\n  --header "X-Tenant-ID: $TENANT"',
    'edu',
    http('https://api.edu.example/mcp', { 'X-API-Key': '${EDU_KEY}', 'X-Tenant-ID': '${TENANT}' }),
  ],
  ['claude, for Windows', 'claude mcp add lsp -- cmd /c npx -y lsp-mcp', 'lsp', npx('-y', 'lsp-mcp')],
  [
    'claude, options before the name',
    'claude mcp add -s user -e ENCODING=utf-8 zotero -- zot mcp serve',
    'zotero',
    runs('zot', ['mcp', 'serve'], { ENCODING: 'utf-8' }),
  ],
  [
    'claude, on lines that cmd goes on with, with a relative path',
    'claude mcp add -s user lake ^\r\n  .venv\\Scripts\\python.exe ^\r\n  server.py',
    'lake',
    runs('.venv\\Scripts\\python.exe', ['server.py']),
  ],
  [
    'gemini, a whole line in quotes and its own options behind it',
    'gemini mcp add stocks "uv run python -m src.mcp.server" --trust -s project',
    'stocks',
    runs('uv', ['run', 'python', '-m', 'src.mcp.server']),
  ],
  [
    'gemini, without --',
    'gemini mcp add -s user recall python -m total_recall.mcp_server',
    'recall',
    runs('python', ['-m', 'total_recall.mcp_server']),
  ],
  [
    'gemini, a scope to choose',
    'gemini mcp add -t stdio -s [scope] svelte npx -y @sveltejs/mcp',
    'svelte',
    npx('-y', '@sveltejs/mcp'),
  ],
  [
    'codex, the address before the name',
    'codex mcp add --url https://docs.livekit.example/mcp livekit-docs',
    'livekit-docs',
    http('https://docs.livekit.example/mcp'),
  ],
  [
    'codex, through npx',
    'npx @openai/codex mcp add roof \\\n  --url https://api.roof.example/mcp \\\n  --bearer-token-env-var ROOF_PAT',
    'roof',
    http('https://api.roof.example/mcp', { Authorization: 'Bearer ${ROOF_PAT}' }),
  ],
  [
    'codex, out of a repository',
    'codex mcp add zep \\\n  --env ZEP_USER=me \\\n  -- uvx --from git+https://github.com/acme/mcp-server-zep mcp-server-zep',
    'zep',
    runs('uvx', ['--from', 'git+https://github.com/acme/mcp-server-zep', 'mcp-server-zep'], {
      ZEP_USER: 'me',
    }),
  ],
  [
    'codex, an option nobody knows',
    'codex mcp add disk --url http://127.0.0.1:51733/mcp --oauth-client-registration dcr',
    'disk',
    http('http://127.0.0.1:51733/mcp'),
  ],
  [
    'copilot, with tools',
    'copilot mcp add play --tools "*" -- npx -y @playwright/mcp',
    'play',
    npx('-y', '@playwright/mcp'),
  ],
  [
    'kiro, everything named',
    'kiro-cli mcp add --scope global --name backlog --command backlog --args mcp,start',
    'backlog',
    runs('backlog', ['mcp', 'start']),
  ],
  [
    'kiro, an address and headers',
    `kiro-cli mcp add --name ghost --url http://localhost:64057/mcp \\\n  --headers '{"Authorization": "Bearer \${GHOST}"}' --scope global`,
    'ghost',
    http('http://localhost:64057/mcp', { Authorization: 'Bearer ${GHOST}' }),
  ],
  [
    'amazon q, one argument after the other',
    'q mcp add --name "promptz/mcp" \\\n--command "npx" \\\n--args "-y" \\\n--args "@promptz/mcp" \\\n--scope "global" \\\n--env "PROMPTZ_URL = https://x.example/graphql"',
    'promptz/mcp',
    runs('npx', ['-y', '@promptz/mcp'], { PROMPTZ_URL: 'https://x.example/graphql' }),
  ],
  [
    'amazon q, a whole line for a command',
    'q mcp add --name base --command "docker run -i --rm -e URL=http://host.docker.internal:54321 base-mcp"',
    'base',
    runs('docker', ['run', '-i', '--rm', '-e', 'URL=http://host.docker.internal:54321', 'base-mcp']),
  ],
  [
    'cursor --add-mcp',
    'cursor --add-mcp "{\\"name\\":\\"ton\\",\\"type\\":\\"http\\",\\"url\\":\\"http://localhost:3000/mcp\\"}"',
    'ton',
    http('http://localhost:3000/mcp'),
  ],
  [
    'goose, for one session',
    'goose session --with-extension "MEMORY_FILE=/tmp/m npx -y @modelcontextprotocol/server-memory"',
    'memory',
    runs('npx', ['-y', '@modelcontextprotocol/server-memory'], { MEMORY_FILE: '/tmp/m' }),
  ],
  [
    'goose, an address for one session',
    'goose session --with-streamable-http-extension "https://mcp.linear.app/mcp"',
    'linear',
    http('https://mcp.linear.app/mcp'),
  ],
  [
    'add-mcp, an address',
    'npx add-mcp http://127.0.0.1:4789/mcp --transport http --name executor',
    'executor',
    http('http://127.0.0.1:4789/mcp'),
  ],
  [
    'add-mcp, a package',
    'npx -y add-mcp@latest @upstash/context7-mcp --env REGION=eu',
    'context7',
    runs('npx', ['-y', '@upstash/context7-mcp'], { REGION: 'eu' }),
  ],
  [
    'PowerShell, on one line',
    '$env:API_URL="https://x.example"; npx -y foo-mcp',
    'foo',
    runs('npx', ['-y', 'foo-mcp'], { API_URL: 'https://x.example' }),
  ],
  [
    'cmd, an assignment in quotes',
    'set "API_URL=https://x.example" && npx -y foo-mcp',
    'foo',
    runs('npx', ['-y', 'foo-mcp'], { API_URL: 'https://x.example' }),
  ],
  [
    'a container of a name alone',
    'docker run --rm -i weather-mcp:latest',
    'weather',
    runs('docker', ['run', '--rm', '-i', 'weather-mcp:latest']),
  ],
  [
    'a folder with a script in it',
    'uv --directory /srv/stocks-mcp run server.py',
    'stocks',
    runs('uv', ['--directory', '/srv/stocks-mcp', 'run', 'server.py']),
  ],
];

const CONFIGURATIONS: Case[] = [
  [
    'settings of VS Code, a piece',
    '"mcp.servers": {\n  "vulns": {\n    "command": "wsl.exe",\n    "args": ["bash", "-c", "cd /srv && uv run server.py"]\n  }\n}',
    'vulns',
    runs('wsl.exe', ['bash', '-c', 'cd /srv && uv run server.py']),
  ],
  [
    'what to do with it, in the fence',
    '**step 3**:\n\n```json\nlocate the config file (typically in AppData), and add:\n// e.g.\n{\n  "mcpServers": {\n    "mssql": {\n      "command": "wsl",\n      "args": ["/usr/local/bin/bridge.sh"]\n    }\n  }\n}\n```',
    'mssql',
    runs('wsl', ['/usr/local/bin/bridge.sh']),
  ],
  [
    'what an API of models takes',
    '{"mcp_servers": [{"type": "url", "url": "https://vrm.example/mcp", "name": "vrm", "authorization_token": "<your-token>"}], "tools": [{"type": "mcp_toolset", "mcp_server_name": "vrm"}]}',
    'vrm',
    http('https://vrm.example/mcp', { Authorization: 'Bearer <your-token>' }),
  ],
  [
    'what another API of models takes',
    '{"model": "x", "tools": [{"type": "mcp", "server_label": "deepwiki", "server_url": "https://mcp.deepwiki.com/mcp", "require_approval": "never"}]}',
    'deepwiki',
    http('https://mcp.deepwiki.com/mcp'),
  ],
  [
    'arguments in one text',
    '{"servers": [{"name": "files", "type": "stdio", "command": "npx", "args": "-y @modelcontextprotocol/server-filesystem /home/me"}]}',
    'files',
    npx('-y', '@modelcontextprotocol/server-filesystem', '/home/me'),
  ],
  [
    'variables as Windows has them',
    '{"mcpServers": {"db": {"command": "cmd", "args": ["/c", "npx", "-y", "@modelcontextprotocol/server-postgres", "%POSTGRES_URL%"]}}}',
    'db',
    npx('-y', '@modelcontextprotocol/server-postgres', '${POSTGRES_URL}'),
  ],
  [
    'headers in a list',
    '{"mcpServers": {"x": {"url": "https://x.example/mcp", "headers": ["X-Team: core"]}}}',
    'x',
    http('https://x.example/mcp', { 'X-Team': 'core' }),
  ],
  [
    'a trailing comma, comments and a byte order mark',
    '\ufeff{\n  // Codeium\n  "mcpServers": {\n    "linear": { "serverUrl": "https://mcp.linear.app/mcp", }, /* more */\n  },\n}',
    'linear',
    http('https://mcp.linear.app/mcp'),
  ],
  [
    'TOML of Codex, with tables below',
    '# ~/.codex/config.toml\nexperimental_use_rmcp_client = true\n\n[mcp_servers."git hub"]\nurl = "https://api.example/mcp/"\nbearer_token_env_var = "GH_PAT"\n\n[mcp_servers."git hub".http_headers]\nX-Toolsets = "repos"\n',
    'git hub',
    http('https://api.example/mcp/', { 'X-Toolsets': 'repos', Authorization: 'Bearer ${GH_PAT}' }),
  ],
  [
    'YAML of Goose, as its page shows it',
    'extensions:\n  remote-tools:\n    type: streamable_http\n    name: remote-tools\n    enabled: true\n    uri: "https://tools.example/mcp"\n    headers: {}\n    env_keys: []\n    envs: {}\n    timeout: 300\n',
    'remote-tools',
    http('https://tools.example/mcp'),
  ],
  [
    'YAML of a block of Continue',
    'name: Browser\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: Browser search\n    command: npx\n    args:\n      - "@playwright/mcp@latest"\n',
    'Browser search',
    npx('@playwright/mcp@latest'),
  ],
  [
    'a button that leads to VS Code by way of a page, encoded twice',
    `[<img src="https://img.example/VS_Code?style=flat">](https://insiders.vscode.dev/redirect?url=vscode%3Amcp%2Finstall%3F${encodeURIComponent(encodeURIComponent('{"term":{"command":"npx","args":["-y","term-mcp@latest"]}}'))})`,
    'term',
    npx('-y', 'term-mcp@latest'),
  ],
  [
    'the same, encoded once',
    `https://vscode.dev/redirect?url=vscode:mcp/install?${encodeURIComponent('{"name":"ris","command":"npx","args":["-y","@acme/ris"]}')}`,
    'ris',
    npx('-y', '@acme/ris'),
  ],
  [
    'a button of Cursor in another language',
    `[Add](https://cursor.com/en/install-mcp?name=octen&config=${base64({ command: 'npx', args: ['-y', 'octen-mcp'] })})`,
    'octen',
    npx('-y', 'octen-mcp'),
  ],
  [
    'a button of Cursor whose base64 is percent-encoded inside',
    `https://cursor.com/en/install-mcp?name=dyna&config=${Buffer.from(encodeURIComponent('{"command":"uvx acme.dyna@latest","env":{"A":"b"}}')).toString('base64')}`,
    'dyna',
    runs('uvx', ['acme.dyna@latest'], { A: 'b' }),
  ],
  [
    'Zed in brackets that are none of JSON’s, with the command in its older shape',
    '"context_servers": [\n  "mcp-server-git": {\n    "command": {\n      "path": "uvx",\n      "args": ["mcp-server-git"]\n    }\n  }\n],',
    'mcp-server-git',
    runs('uvx', ['mcp-server-git']),
  ],
  [
    'a block out of a quotation',
    '> [mcp_servers.octen]\n> command = "npx"\n> args = [\n>   "-y",\n>   "octen-mcp"\n> ]',
    'octen',
    npx('-y', 'octen-mcp'),
  ],
  [
    'a line of a table',
    '| Client | Command |\n|---|---|\n| Codex | `codex mcp add octen --env REGION=eu -- npx -y octen-mcp` |',
    'octen',
    runs('npx', ['-y', 'octen-mcp'], { REGION: 'eu' }),
  ],
];

describe('out of READMEs', () => {
  it.each(COMMANDS)('a command: %s', (_, text, name, transport) =>
    expect(read(text)).toMatchObject([{ name, transport }]),
  );

  it.each(CONFIGURATIONS)('a configuration: %s', (_, text, name, transport) =>
    expect(read(text)).toMatchObject([{ name, transport }]),
  );

  it.each([
    [
      'docker run -i --rm -e API_URL=<your url> acme/mcp',
      ['run', '-i', '--rm', '-e', 'API_URL=<your url>', 'acme/mcp'],
    ],
    ['npx -y foo-mcp --workspace <WORKSPACE_ID>', ['-y', 'foo-mcp', '--workspace', '<WORKSPACE_ID>']],
    ['npx -y foo-mcp --header "X: <id>"', ['-y', 'foo-mcp', '--header', 'X: <id>']],
  ])('says what is to be put in: %s', (text, args) => {
    const [server] = read(text);
    expect(server?.transport).toMatchObject({ args });
    expect(server?.warnings).toMatch(/<[^>]+> stands for something of yours/);
  });

  it('knows the folder of a terminal, and asks for its path', () => {
    const [server] = read('docker run -i --rm -v "$(pwd)/data:/data" acme/mcp');
    expect(server?.transport).toMatchObject({
      args: ['run', '-i', '--rm', '-v', '${PWD}/data:/data', 'acme/mcp'],
    });
    expect(server?.warnings).toContain('put the full path in its place');
  });

  it.each(['docker run -d -p 8931:8931 acme/mcp', 'podman run --detach acme/mcp'])(
    'says that nobody could speak with a container: %s',
    (text) => expect(read(text)[0]?.warnings).toContain('Leave it out, or add the address'),
  );

  it.each([
    ['npx -y @smithery/cli@latest install @upstash/context7-mcp --client claude', /gets something ready/],
    ['/mcp add', /gets something ready/],
    ['/plugin install playwright@claude-plugins', /gets something ready/],
    ['https://cursor.com/docs/context/mcp', /address of a page/],
    ['https://kiro.dev/docs/mcp/configuration/#loading', /address of a page/],
    [
      'https://cursor.com/en/install-mcp?name=a&config=eyJjb21tYW5kIjoidXZ4I',
      /configuration inside it cannot/,
    ],
    ['npx -y foo-mcp --token "$(op read op://a/b)"', /asks a shell for more/],
    ['npx -y foo-mcp < input.txt > out.txt', /asks a shell for more/],
    ['claude mcp add-from-claude-desktop', /gets something ready and ends/],
    ['{"lspServers": {"csharp": {"command": "roslyn", "args": ["lsp"]}}}', /no entry has a command or a URL/],
    [`claude mcp add-json broken '{\n "command": "npx"`, /./],
  ])('takes no server out of: %s', (text, reason) => {
    const { found, problems } = readPasted(text);
    expect(found).toEqual([]);
    expect(problems.join('\n')).toMatch(reason);
  });
});
