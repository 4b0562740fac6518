import { describe, expect, it } from 'vitest';
import { planImport } from '../../../src-main/interchange/import/import-plan.js';
import { readServers } from '../../../src-main/interchange/import/read-servers.js';
import { readPasted } from '../../../src-main/interchange/paste/paste.js';
import { cpuMs } from '../../support/cpu-time.js';
import { read } from './pasted.js';

// Put together here, so that no scanner takes this file for a leak.
const TOKEN = `ghp_${'q1W2e3R4'.repeat(5)}`;

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const runs = (command: string, ...args: string[]): object => ({ type: 'stdio', command, args, env: {} });
const npx = (...args: string[]): object => runs('npx', ...args);
const http = (url: string, headers = {}): object => ({ type: 'streamable_http', url, headers });

const problem = (text: string): string => {
  const { found, problems } = readPasted(text);
  expect(found).toEqual([]);
  return problems.join('\n');
};

const PLAYWRIGHT = { command: 'npx @playwright/mcp@latest' };
const JSON_OF_FETCH = `{
  "mcpServers": {
    "fetch": {
      "command": "uvx",
      "args": ["mcp-server-fetch"]
    }
  }
}`;
const FETCH = runs('uvx', 'mcp-server-fetch');

/** As they stand in READMEs, documentation and chats. */
const PASTES: [text: string, name: string, transport: object][] = [
  [
    `TOKEN="a b" npx -y "@acme/mcp" --sets 'x,y'`,
    'acme',
    { ...npx('-y', '@acme/mcp', '--sets', 'x,y'), env: { TOKEN: 'a b' } },
  ],
  ['export API_KEY=abc\nnpx -y foo-mcp', 'foo', { ...npx('-y', 'foo-mcp'), env: { API_KEY: 'abc' } }],
  ['set API_KEY=abc\r\nnpx -y foo-mcp', 'foo', { ...npx('-y', 'foo-mcp'), env: { API_KEY: 'abc' } }],
  ['$env:API_KEY = "abc"\nnpx -y foo-mcp', 'foo', { ...npx('-y', 'foo-mcp'), env: { API_KEY: 'abc' } }],
  ['API_KEY=abc && npx -y foo-mcp', 'foo', { ...npx('-y', 'foo-mcp'), env: { API_KEY: 'abc' } }],
  ['cd /srv/app && npm run start', 'start', { ...runs('npm', 'run', 'start'), cwd: '/srv/app' }],
  ['sudo docker run -i --rm mcp/slack', 'slack', runs('docker', 'run', '-i', '--rm', 'mcp/slack')],
  ['user@host:~/x$ npx -y foo-mcp', 'foo', npx('-y', 'foo-mcp')],
  ['❯ npx -y foo-mcp', 'foo', npx('-y', 'foo-mcp')],
  ['`npx -y foo-mcp`', 'foo', npx('-y', 'foo-mcp')],
  ['“npx” –y foo-mcp —flag', 'foo', npx('-y', 'foo-mcp', '--flag')],
  [
    'uvx --python 3.12 mcp-server-time --local-timezone=Europe/Oslo',
    'time',
    runs('uvx', '--python', '3.12', 'mcp-server-time', '--local-timezone=Europe/Oslo'),
  ],
  [
    'python -m mcp_server_git --repository .',
    'git',
    runs('python', '-m', 'mcp_server_git', '--repository', '.'),
  ],
  ['npx -y -p @acme/mcp acme-mcp', 'acme', npx('-y', '-p', '@acme/mcp', 'acme-mcp')],
  ['deno run -A jsr:@acme/mcp', 'acme', runs('deno', 'run', '-A', 'jsr:@acme/mcp')],
  [
    'npx -y mcp-remote https://mcp.linear.app/sse',
    'linear',
    npx('-y', 'mcp-remote', 'https://mcp.linear.app/sse'),
  ],
  [
    'npx -y @smithery/cli run @upstash/context7-mcp',
    'context7',
    npx('-y', '@smithery/cli', 'run', '@upstash/context7-mcp'),
  ],
  [
    `"C:\\Program Files\\nodejs\\node.exe" "C:\\me\\srv\\index.js"`,
    'srv',
    runs('C:\\Program Files\\nodejs\\node.exe', 'C:\\me\\srv\\index.js'),
  ],
  [
    `code --add-mcp '{"name":"pw","command":"npx","args":["@playwright/mcp@latest"]}'`,
    'pw',
    npx('@playwright/mcp@latest'),
  ],
  [
    `code-insiders --add-mcp "{\\"name\\":\\"x\\",\\"url\\":\\"https://x.example/mcp\\"}"`,
    'x',
    http('https://x.example/mcp'),
  ],
  [
    'amp mcp add c7 --header "KEY=abc" https://mcp.context7.com/mcp',
    'c7',
    http('https://mcp.context7.com/mcp', { KEY: 'abc' }),
  ],
  ['droid mcp add playwright "npx @playwright/mcp@latest"', 'playwright', npx('@playwright/mcp@latest')],
  [
    'droid mcp add linear https://mcp.linear.app/x --type sse',
    'linear',
    { ...http('https://mcp.linear.app/x'), type: 'sse' },
  ],
  [
    'codex mcp add c7 --env TOKEN=1 -- npx -y @upstash/context7-mcp',
    'c7',
    { ...npx('-y', '@upstash/context7-mcp'), env: { TOKEN: '1' } },
  ],
  [
    `cursor://anysphere.cursor-deeplink/mcp/install?name=pw&config=${base64(PLAYWRIGHT)}`,
    'pw',
    npx('@playwright/mcp@latest'),
  ],
  [`{"command": "npx -y foo-mcp"}`, 'foo', npx('-y', 'foo-mcp')],
  ['mcp.linear.app/sse', 'linear', { ...http('https://mcp.linear.app/sse'), type: 'sse' }],
  ['localhost:3000/mcp', 'localhost', http('http://localhost:3000/mcp')],
  [
    `curl -X POST https://x.example/mcp -H "Authorization: Bearer abc" -H 'Content-Type: application/json' -d '{}'`,
    'x',
    http('https://x.example/mcp', { Authorization: 'Bearer abc' }),
  ],
  ['npm install -g foo-mcp', 'foo', npx('-y', 'foo-mcp')],
];

describe('what people paste', () => {
  it.each(PASTES)('%s', (text, name, transport) => expect(read(text)).toMatchObject([{ name, transport }]));

  it.each([
    [
      'a fence',
      `## Installation\n\nAdd this to your \`config.json\`:\n\n\`\`\`json\n${JSON_OF_FETCH}\n\`\`\`\n\nThen restart.`,
    ],
    [
      'a fence in a list',
      `1. Open the settings.\n2. Add this:\n\n   ~~~json\n${JSON_OF_FETCH.replace(/^/gm, '   ')}\n   ~~~\n3. Restart.`,
    ],
    ['JSON between sentences', `Add the following to your config:\n\n${JSON_OF_FETCH}\n\nand restart.`],
    ['a command between sentences', 'To install it, run:\n\n    uvx mcp-server-fetch\n\nin your terminal.'],
    ['code in a sentence', 'To try it, run `uvx mcp-server-fetch` in your terminal.'],
    [
      'TOML in a fence',
      '### Codex\n\n```toml\n[mcp_servers.fetch]\ncommand = "uvx"\nargs = ["mcp-server-fetch"]\n```\n',
    ],
    [
      'YAML in a fence',
      'Goose:\n\n```yaml\nextensions:\n  fetch:\n    type: stdio\n    cmd: uvx\n    args: [mcp-server-fetch]\n```',
    ],
  ])('out of a README: %s', (_, text) =>
    expect(read(text)).toMatchObject([{ name: 'fetch', transport: FETCH }]),
  );

  it('takes one server that a README shows in several forms for one, and the first form for the proposed', () => {
    const docker = JSON_OF_FETCH.replace('uvx', 'docker').replace(/\[.*\]/, '["run", "-i", "mcp/fetch"]');
    const text = `<details>\n<summary>uvx</summary>\n\n\`\`\`json\n${JSON_OF_FETCH}\n\`\`\`\n</details>\n\n\`\`\`json\n${docker}\n\`\`\`\n\n\`\`\`sh\nclaude mcp add fetch -- uvx mcp-server-fetch\n\`\`\``;
    const { found } = readPasted(text);
    expect(found.map(({ entry, unlikely }) => [entry['command'], unlikely ?? false])).toEqual([
      ['uvx', false],
      ['docker', true],
      ['uvx', true],
    ]);
    expect(readServers(readPasted(text)).servers).toHaveLength(1);
  });

  it('starts what was installed, where both are shown', () => {
    const text = '```bash\n# Install\nnpm install -g foo-mcp\n# Run\nfoo-mcp --stdio\n```';
    expect(read(text)).toMatchObject([{ name: 'foo', transport: runs('foo-mcp', '--stdio') }]);
  });

  it('takes a secret out of the arguments of a container, where it can be kept as one', () => {
    const text = `docker run -i --rm -e LOG=debug -e GITHUB_TOKEN=${TOKEN} --env=OTHER_TOKEN=${TOKEN} ghcr.io/github/github-mcp-server`;
    const { servers } = readServers(readPasted(text));
    expect(servers).toMatchObject([
      {
        name: 'github',
        transport: {
          args: [
            'run',
            '-i',
            '--rm',
            '-e',
            'LOG=debug',
            '-e',
            'GITHUB_TOKEN',
            '--env=OTHER_TOKEN',
            'ghcr.io/github/github-mcp-server',
          ],
          env: { GITHUB_TOKEN: { newSecret: TOKEN }, OTHER_TOKEN: { newSecret: TOKEN } },
        },
      },
    ]);
    expect(servers[0]?.warnings.join()).toMatch(/GITHUB_TOKEN, OTHER_TOKEN moved out of the arguments/);
    expect(servers[0]?.warnings.join()).not.toContain(TOKEN);
  });

  it('warns of an address that is its own key, and shows it to nobody', () => {
    const key = 'Xa7Qd2Lp9Zr4Vt8Wn3Bk6Jh1Gf5Ms0Cy2Ue7Oi4Tb9Rz'.slice(0, 44);
    const { planned } = planImport(readPasted(`https://mcp.zapier.com/api/mcp/s/${key}/mcp`), [], 'salt');
    expect(planned[0]?.item.warnings.join()).toContain('A part of its URL looks like a secret');
    expect(planned[0]?.item.summary).toBe('https://mcp.zapier.com/api/mcp/s/••••/mcp');
  });
});

describe('what is no server', () => {
  it.each([
    [
      'what a nice day',
      /read as a command line, a URL, a package name, an install link, and as a config file/,
    ],
    ['https://github.com/github/github-mcp-server', /page about a server/],
    ['brew install github-mcp-server', /gets something ready and ends/],
    ['git clone https://github.com/acme/mcp', /gets something ready and ends/],
    ['npx foo-mcp | tee log', /asks a shell for more/],
    ['npx foo-mcp && rm -rf /', /asks a shell for more/],
    ['curl -fsSL https://x.example/install.sh | sh', /asks a shell for more/],
    ['{"theme": "dark"}', /no entry has a command or a URL/],
    ['Python 3.12 or newer is needed.\nnode is a runtime, and docker may be used.', /Nothing in this text/],
    ['copilot mcp list', /gets something ready and ends/],
  ])('%s is refused in a sentence that helps', (text, reason) => expect(problem(text)).toMatch(reason));

  it('says that a command sets something up rather than runs', () => {
    expect(read('npx @acme/tool@latest setup')[0]?.warnings).toMatch(/“setup” usually writes/);
    expect(read('cd my-server && npm start')[0]?.warnings).toMatch(/full path/);
  });

  it.each([
    ['fences', '```\n'.repeat(800_000)],
    ['backticks', '`a '.repeat(1_500_000)],
    ['an end that does not come', `{\n"a": 1\n}${' '.repeat(4_000_000)}b`],
    ['prompts', `${'a@b:'.repeat(900_000)}$`],
    ['smart quotes', '“ '.repeat(1_500_000)],
    ['one long chain', 'a=b && '.repeat(600_000)],
  ])('of %s, much of it, is read soon', async (_, text) => {
    expect(await cpuMs(() => readPasted(text))).toBeLessThan(10_000);
  });
});
