import type { Server } from '../../../src-main/contract/index.js';
import type { Place } from '../../../src-main/interchange/clients/client-spec.js';

// Servers for the interchange tests, as the catalog would hold them.

export const linux: Place = { platform: 'linux', home: '/home/me', env: {} };

const secretId = (digit: string): string => `sec-${digit.repeat(8)}-0000-4000-8000-000000000000`;
export const secret = (digit: string): { secret: string } => ({ secret: secretId(digit) });

export function server(
  name: string,
  transport: Partial<Server['transport']>,
  more: Partial<Server> = {},
): Server {
  const defaults =
    transport.type === 'stdio' || transport.type === undefined
      ? { type: 'stdio', command: 'x', args: [], env: {} }
      : { headers: {}, auth: { type: 'none' } };
  return {
    id: name,
    revision: 1,
    name,
    description: '',
    tags: [],
    transport: { ...defaults, ...transport } as Server['transport'],
    tools: { execute: ['*'], autoExecute: [], pricing: {} },
    codeMode: false,
    lifecycle: { autostart: false, restart: 'on_failure', onDemand: false, idleMinutes: 10 },
    protocolLog: false,
    ...more,
  };
}

/** What the golden files add: a program with a secret, and remote servers of both kinds. */
export const NEW_SERVERS: Server[] = [
  server('github', {
    type: 'stdio',
    command: 'docker',
    args: ['run', '-i', '--rm', '-e', 'GITHUB_TOKEN', 'ghcr.io/github/github-mcp-server'],
    env: { GITHUB_TOKEN: secret('1'), MODE: 'a "b" \\ ü' },
    cwd: '/work',
  }),
  server(
    'Linear MCP',
    {
      type: 'streamable_http',
      url: 'https://mcp.linear.app/mcp',
      headers: { 'X-Team': 'core' },
      auth: { type: 'header', header: 'Authorization', token: secret('2') },
    },
    { tools: { execute: ['list_issues', 'get_issue'], autoExecute: ['get_issue'], pricing: {} } },
  ),
  server('events', { type: 'sse', url: 'https://events.example/sse' }),
];

/** What the golden files make of the entry "files" that each of them begins with. */
export const CHANGED_FILES = server('files', {
  type: 'stdio',
  command: 'npx',
  args: ['-y', '@modelcontextprotocol/server-filesystem', '/data', '/more'],
  env: { LOG_LEVEL: 'debug', TOKEN: secret('3') },
});
