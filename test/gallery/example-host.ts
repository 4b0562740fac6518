import type { ClientCell, Link, Step } from '../../src-main/contract/index.js';
import { FakeHost, fakeRemote, fakeServer } from '../renderer/fake-host.js';
import { ago, KEPT_SECRET, LOST_SECRET } from './example-values.js';

/** A server, a remote and a client that the panels are about. */
export const SERVER = fakeServer({
  id: 'server',
  name: 'search',
  transport: {
    type: 'streamable_http',
    url: 'https://search.example.com/mcp',
    headers: { 'X-Org': '7' },
  },
});
export const LOCAL_SERVER = fakeServer({
  id: 'local',
  name: 'files',
  description: 'Reads and writes the shared drive.',
  tags: ['files', 'demo'],
  tools: { execute: ['read_file', 'list'], autoExecute: ['list'], pricing: { read_file: 0.001 } },
  lifecycle: { onDemand: true, idleMinutes: 10 },
});
export const REMOTE = fakeRemote({ id: 'remote', name: 'Letta team' });

export const LINK: Link = {
  id: 'link',
  serverId: SERVER.id,
  remoteId: REMOTE.id,
  remoteEntryId: 'entry',
  remoteName: 'search',
  state: 'conflict',
  lastSyncedAt: ago(90),
};
export const WAITING: Link = {
  ...LINK,
  id: 'waiting',
  state: 'queued',
  error: {
    code: 'remote_unreachable',
    message: 'Nothing answers at Letta team: the connection was refused.',
    hint: 'Start it, or check its host and port.',
  },
  waiting: { since: ago(30), attempts: 4 },
} as Link;
export const SIGN_IN: Link = {
  ...LINK,
  id: 'sign-in',
  state: 'queued',
  signInUrl: 'https://auth.example.com/',
};

const step = (action: Step['action'], more: Partial<Step> = {}): Step => ({
  linkId: LINK.id,
  action,
  changes: [],
  losses: [],
  warnings: [],
  ...more,
});
const URLS = {
  field: 'transport.url',
  base: 'https://search.example.com/mcp',
  local: 'https://search.example.org/here',
  remote: 'https://search.example.net/there',
};
const SECRET = {
  field: 'transport.headers.Authorization',
  local: '••••',
  remote: '••••',
  secret: true as const,
};

export const STEPS = {
  equal: step('none'),
  update: step('update', {
    changes: [URLS, SECRET],
    losses: [{ field: 'transport.cwd', reason: 'It has no field for a folder.' }],
    warnings: ['Letta shows these secrets in clear to everybody who may read its servers.'],
  }),
  create: step('create', { changes: [{ field: 'transport.url', local: URLS.local }] }),
  conflict: step('conflict', { changes: [URLS], changedOn: 'both' }),
  unreachable: step('blocked', { warnings: ['Nothing answers at Letta team. Start it.'] }),
  overridable: step('blocked', {
    changes: [URLS],
    warnings: ['It takes no such header.'],
    overridable: true,
  }),
};

export const FILE = {
  path: '/home/ada/.cursor/mcp.json',
  before:
    '{\n  "mcpServers": {\n    "notes": { "command": "uvx", "args": ["notes"] },\n    "search": {\n      "url": "https://search.example.net/there"\n    }\n  }\n}\n',
  after:
    '{\n  "mcpServers": {\n    "notes": { "command": "uvx", "args": ["notes"] },\n    "search": {\n      "url": "https://search.example.org/here",\n      "headers": { "X-Org": "7" }\n    }\n  }\n}\n',
  warnings: ['A token is left out: Cursor would keep it in plain text.'],
};
export const DIFFERENCES = [
  { field: 'transport.url', local: URLS.local, client: URLS.remote, changedBy: 'client' as const },
];

const CELL: ClientCell = {
  client: 'cursor',
  serverId: SERVER.id,
  entry: 'search',
  state: 'client_ahead',
  form: 'direct',
  writtenAt: ago(200),
};

/** The panels ask a host; here it is one in memory that knows these few things. */
export function exampleHost(): FakeHost {
  const host = new FakeHost();
  host.snapshot.servers = [SERVER, LOCAL_SERVER];
  host.snapshot.remotes = [REMOTE];
  host.snapshot.links = [LINK, WAITING, SIGN_IN];
  host.snapshot.runs = [
    { serverId: SERVER.id, state: 'running', restarts: 0, toolCount: 12 },
    { serverId: LOCAL_SERVER.id, state: 'failed', restarts: 3 },
  ];
  host.snapshot.lostSecrets = [LOST_SECRET];
  host.handlers = {
    'client.list': () => ({
      columns: [
        {
          client: 'cursor',
          title: 'Cursor',
          path: FILE.path,
          exists: true,
          serverCount: 2,
          isPatched: true,
          isProject: false,
          otherCount: 1,
        },
      ],
      cells: [CELL],
    }),
    'client.diff': () => ({ cell: CELL, changes: DIFFERENCES }),
    'export.preview': () => FILE,
    'export.backups': () => ({ backups: [{ backup: 'mcp.1.json', at: ago(200), bytes: 312 }] }),
    'sync.plan': () => ({ steps: [STEPS.conflict] }),
    'import.read': () => ({
      servers: [
        {
          name: 'fetch',
          transport: {
            type: 'stdio',
            command: 'uvx',
            args: ['mcp-server-fetch'],
            env: { TOKEN: { secret: KEPT_SECRET } },
          },
          warnings: ['The name may be one of npm as well.'],
        },
      ],
      problems: [],
      kind: 'package',
    }),
  };
  return host;
}
