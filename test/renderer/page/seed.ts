import type { Activity, LinkState, RunState } from '../../../src-main/contract/index.js';
import { FakeHost, fakeRemote, fakeServer } from '../fake-host.js';

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const stdio = (command: string, args: string[], env: Record<string, unknown> = {}) => ({
  type: 'stdio',
  command,
  args,
  env,
});
const http = (url: string, headers: Record<string, unknown> = {}) => ({
  type: 'streamable_http',
  url,
  headers,
});

type Row = [name: string, state: RunState, transport: object, tags: string[], links: (LinkState | '')[]];
const ROWS: Row[] = [
  [
    'brave-search',
    'running',
    stdio('npx', ['-y', '@brave/brave-search-mcp-server'], { BRAVE_API_KEY: { newSecret: 'x' } }),
    ['web'],
    ['in_sync', 'in_sync', ''],
  ],
  [
    'context7',
    'running',
    http('https://mcp.context7.com/mcp'),
    ['docs'],
    ['in_sync', 'local_ahead', 'in_sync'],
  ],
  [
    'everything',
    'stopped',
    stdio('npx', ['-y', '@modelcontextprotocol/server-everything']),
    ['test'],
    ['', '', ''],
  ],
  ['fetch', 'running', stdio('uvx', ['mcp-server-fetch']), ['web'], ['', 'in_sync', 'in_sync']],
  [
    'filesystem',
    'running',
    stdio('npx', ['-y', '@modelcontextprotocol/server-filesystem', '/home/ada/projects']),
    ['files'],
    ['', '', ''],
  ],
  [
    'git',
    'starting',
    stdio('uvx', ['mcp-server-git', '--repository', '/home/ada/projects/jackfield']),
    ['code'],
    ['', 'unknown', ''],
  ],
  [
    'github',
    'failed',
    stdio('github-mcp-server', ['stdio'], { GITHUB_PERSONAL_ACCESS_TOKEN: { newSecret: 'x' } }),
    ['code'],
    ['failed', 'in_sync', 'queued'],
  ],
  [
    'linear',
    'running',
    { type: 'sse', url: 'https://mcp.linear.app/sse' },
    ['work'],
    ['in_sync', 'in_sync', 'in_sync'],
  ],
  ['memory', 'running', stdio('npx', ['-y', '@modelcontextprotocol/server-memory']), [], ['', '', '']],
  [
    'notion',
    'backoff',
    http('https://mcp.notion.com/mcp', { Authorization: { newSecret: 'x' } }),
    ['work', 'docs'],
    ['conflict', 'remote_ahead', ''],
  ],
  [
    'playwright',
    'stopped',
    stdio('npx', ['-y', '@playwright/mcp@latest', '--headless']),
    ['web', 'test'],
    ['missing', '', ''],
  ],
  [
    'postgres (read only)',
    'running',
    stdio('uvx', ['postgres-mcp', '--access-mode=restricted'], { DATABASE_URI: { newSecret: 'x' } }),
    ['data'],
    ['', 'in_sync', ''],
  ],
  ['sentry', 'running', http('https://mcp.sentry.dev/mcp'), ['work'], ['in_sync', '', '']],
  [
    'sequential-thinking',
    'stopped',
    stdio('npx', ['-y', '@modelcontextprotocol/server-sequential-thinking']),
    [],
    ['in_sync', 'in_sync', 'in_sync'],
  ],
];

/** A catalog as a developer would have it, with every state of runs and links in it. */
export function fullHost(): FakeHost {
  const host = new FakeHost();
  const remotes = [
    fakeRemote({
      id: 'rem-a',
      kind: 'letta',
      name: 'Letta home',
      baseUrl: 'http://letta.lan:8283',
      allowInsecure: true,
    }),
    fakeRemote({
      id: 'rem-b',
      kind: 'bifrost',
      name: 'Bifrost team',
      baseUrl: 'https://bifrost.example.org',
      auth: { type: 'bearer', token: { newSecret: 'x' } },
    }),
    fakeRemote({
      id: 'rem-c',
      kind: 'bifrost',
      name: 'Bifrost staging',
      baseUrl: 'https://bifrost-staging.example.org',
    }),
  ];
  for (const remote of remotes) host.putRemote(remote);
  ROWS.forEach(([name, state, transport, tags, links], index) => {
    const server = host.putServer(fakeServer({ id: `srv-${index}`, name, transport, tags }));
    host.setRun({
      serverId: server.id,
      state,
      restarts: state === 'backoff' ? 3 : 0,
      ...(state === 'running'
        ? {
            pid: 41_200 + index,
            startedAt: ago(7 + index * 23),
            readyMs: 340 + index * 97,
            toolCount: 2 + ((index * 7) % 23),
            cpuPercent: 0.3,
            rssBytes: 61_000_000,
          }
        : {}),
      ...(state === 'failed'
        ? {
            error: {
              code: 'start_failed',
              message: 'The command “github-mcp-server” was not found.',
              hint: 'Searched in /usr/local/bin:/usr/bin:/bin. Install it, or give its full path.',
            },
          }
        : {}),
    });
    links.forEach((linkState, column) => {
      const remote = remotes[column];
      if (!linkState || !remote) return;
      host.putLink({
        id: `lnk-${index}-${column}`,
        serverId: server.id,
        remoteId: remote.id,
        remoteEntryId: `e-${index}`,
        remoteName: name,
        state: linkState,
        lastSyncedAt: ago(60 + index * 31),
        ...(linkState === 'failed'
          ? {
              error: {
                code: 'remote_rejected',
                message: 'Letta refused the entry: HTTP 422.',
                hint: 'Look at what it says in the plan.',
              },
            }
          : {}),
      });
    });
  });
  host.activity = activities();
  addHandlers(host);
  return host;
}

const STATES: LinkState[] = ['in_sync', 'local_ahead', 'remote_ahead', 'conflict', 'queued', 'failed'];

/** Fills a host up to `servers` × `remotes`, a third of the jacks patched. */
export function grow(host: FakeHost, servers: number, remotes: number): void {
  const { snapshot } = host;
  for (let index = snapshot.remotes.length; index < remotes; index += 1) {
    snapshot.remotes.push(
      fakeRemote({ id: `far-${index}`, name: `Remote ${index}`, baseUrl: `https://r${index}.example.org` }),
    );
  }
  for (let index = snapshot.servers.length; index < servers; index += 1) {
    const id = `many-${index}`;
    snapshot.servers.push(fakeServer({ id, name: `server ${index}`, tags: [`t${index % 7}`] }));
    snapshot.remotes.forEach((remote, column) => {
      if ((index + column) % 3 !== 0) return;
      const state = STATES[(index + column) % STATES.length] as LinkState;
      snapshot.links.push({
        id: `${id}-${remote.id}`,
        serverId: id,
        remoteId: remote.id,
        remoteName: id,
        state,
      });
    });
  }
}

function activities(): Activity[] {
  const lines: Omit<Activity, 'id' | 'at'>[] = [
    {
      kind: 'run',
      severity: 'error',
      title: 'github could not start',
      detail: 'The command “github-mcp-server” was not found.',
      serverId: 'srv-6',
    },
    {
      kind: 'sync',
      severity: 'info',
      title: 'linear is in sync with Bifrost team',
      serverId: 'srv-7',
      remoteId: 'rem-b',
    },
    {
      kind: 'edit',
      severity: 'info',
      title: 'context7 was changed',
      detail: 'transport.headers',
      serverId: 'srv-1',
    },
    {
      kind: 'run',
      severity: 'warning',
      title: 'notion ended by itself',
      detail: 'Exit code 1. It is tried again in 8 s.',
      serverId: 'srv-9',
    },
    {
      kind: 'call',
      severity: 'info',
      title: 'search was called on brave-search',
      detail: '412 ms',
      serverId: 'srv-0',
    },
    {
      kind: 'run',
      severity: 'info',
      title: 'filesystem started',
      detail: 'Ready after 728 ms with 14 tools.',
      serverId: 'srv-4',
    },
    { kind: 'notice', severity: 'warning', title: 'Two processes of an earlier run were ended' },
  ];
  return Array.from({ length: 120 }, (_, index) => ({
    ...(lines[index % lines.length] as (typeof lines)[number]),
    id: 1_000 - index,
    at: ago(index * 11 + 1),
  }));
}

function addHandlers(host: FakeHost): void {
  host.handlers['remote.entries'] = ({ id }) => ({
    entries: [
      {
        remoteEntryId: 'e-7',
        name: 'linear',
        transportType: 'sse',
        linkedServerId: 'srv-7',
        state: 'connected',
        toolCount: 22,
      },
      {
        remoteEntryId: 'e-90',
        name: 'weather',
        transportType: 'streamable_http',
        state: 'connected',
        toolCount: 3,
      },
      { remoteEntryId: 'e-91', name: 'legacy_tools', transportType: 'inprocess', state: 'disconnected' },
      ...(id === 'rem-a'
        ? []
        : [{ remoteEntryId: 'e-92', name: 'docs_search', transportType: 'stdio', toolCount: 5 }]),
    ],
  });
  host.handlers['remote.test'] = ({ id }) =>
    id === 'rem-c'
      ? {
          ok: false,
          problems: [
            {
              code: 'remote_unreachable',
              message: 'bifrost-staging.example.org did not answer within 10 s.',
              hint: 'Is it started, and is this computer online?',
            },
          ],
        }
      : {
          ok: true,
          version: id === 'rem-a' ? '0.16.1' : '1.4.8',
          profile: id === 'rem-a' ? 'letta-0.16' : 'bifrost-1.4',
          problems: [],
        };
  host.handlers['sync.plan'] = ({ linkIds }) => ({
    steps: (linkIds ?? host.snapshot.links.map((link) => link.id)).map((linkId) => {
      const link = host.snapshot.links.find((known) => known.id === linkId);
      if (link?.state === 'in_sync') return { linkId, action: 'none', changes: [], losses: [], warnings: [] };
      if (link?.state === 'conflict') {
        return {
          linkId,
          action: 'conflict',
          changes: [
            {
              field: 'transport.url',
              base: 'https://mcp.notion.com/sse',
              local: 'https://mcp.notion.com/mcp',
              remote: 'https://notion.example.org/mcp',
            },
            { field: 'transport.headers.Authorization', secret: true, local: '••••', remote: '••••' },
          ],
          losses: [],
          warnings: [],
        };
      }
      return {
        linkId,
        action: link?.remoteEntryId ? 'update' : 'create',
        changes: [
          { field: 'transport.command', local: 'npx', remote: link?.remoteEntryId ? 'node' : undefined },
          {
            field: 'transport.args',
            local: ['-y', '@modelcontextprotocol/server-everything'],
            remote: link?.remoteEntryId ? ['server.js'] : undefined,
          },
          { field: 'transport.env.API_KEY', secret: true, local: '••••' },
        ],
        losses: [{ field: 'tools.pricing', reason: 'Letta has no price for a tool.' }],
        warnings: ['The gateway runs this command on its own machine, not on this computer.'],
        ...(link?.state === 'missing' ? { requiresConsent: ['replace' as const] } : {}),
      };
    }),
  });
  host.handlers['import.scan'] = () => ({
    clients: [
      {
        client: 'claude-desktop',
        title: 'Claude Desktop',
        path: '/home/ada/.config/Claude/claude_desktop_config.json',
        exists: true,
        serverCount: 4,
      },
      { client: 'cursor', title: 'Cursor', path: '/home/ada/.cursor/mcp.json', exists: true, serverCount: 2 },
      {
        client: 'vscode',
        title: 'VS Code',
        path: '/home/ada/.config/Code/User/mcp.json',
        exists: true,
        serverCount: 0,
        problem: 'Line 7: a comma is missing.',
      },
    ],
  });
  host.handlers['import.preview'] = () => ({
    problems: [],
    items: [
      {
        key: 'a',
        name: 'slack',
        action: 'add',
        transportType: 'stdio',
        summary: 'npx -y @modelcontextprotocol/server-slack',
        secretPaths: ['transport.env.SLACK_BOT_TOKEN'],
        warnings: [],
        source: 'mcpServers.slack',
      },
      {
        key: 'b',
        name: 'linear',
        action: 'same',
        existingServerId: 'srv-7',
        transportType: 'sse',
        summary: 'https://mcp.linear.app/sse',
        secretPaths: [],
        warnings: [],
        source: 'mcpServers.linear',
      },
      {
        key: 'c',
        name: 'fetch',
        action: 'overwrite',
        newName: 'fetch 2',
        existingServerId: 'srv-3',
        transportType: 'stdio',
        summary: 'uvx mcp-server-fetch --ignore-robots-txt',
        secretPaths: [],
        warnings: ['“disabled” is not carried over: it will not be started by itself.'],
        source: 'mcpServers.fetch',
      },
    ],
  });
  host.handlers['import.apply'] = ({ choices }) => ({
    added: Object.keys(choices),
    overwritten: [],
    skipped: [],
  });
}
