import type { LogEntry, Metric, Server, Tool } from '../../src-main/contract/index.js';
import { FakeFault, FakeHost, fakeRemote, fakeServer } from './fake-host.js';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();

export const ECHO: Tool = {
  name: 'echo',
  title: 'Echo',
  description: 'Echoes back the input string.',
  inputSchema: {
    type: 'object',
    required: ['message'],
    properties: { message: { type: 'string', description: 'What is echoed' } },
  },
  annotations: { readOnlyHint: true },
};

export const SEARCH: Tool = {
  name: 'search_issues',
  description:
    'Searches issues and pull requests.\n\nThe query takes the same words as the search field of the web page. Results come newest first, at most a hundred of them.\n\n<b>Markup in a description</b> is shown as what it is: text.\n\nSorting by reactions is slow on large repositories.\nRepeat the call with the next page to read on.',
  inputSchema: {
    type: 'object',
    required: ['query', 'scope'],
    properties: {
      query: { type: 'string', description: 'Words to look for', minLength: 2 },
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'How many at most' },
      sort: { enum: ['created', 'updated', 'reactions'], description: 'What comes first' },
      closed: { type: 'boolean', description: 'Closed ones too' },
      labels: { type: 'array', items: { type: 'string' }, description: 'All of these must be on it' },
      states: { type: 'array', uniqueItems: true, items: { enum: ['open', 'closed', 'merged'] } },
      scope: {
        description: 'Where to look',
        oneOf: [
          {
            title: 'One repository',
            type: 'object',
            required: ['kind', 'owner', 'name'],
            properties: {
              kind: { const: 'repository' },
              owner: { type: 'string' },
              name: { type: 'string' },
            },
          },
          {
            title: 'A whole organisation',
            type: 'object',
            required: ['kind', 'login'],
            properties: { kind: { const: 'organisation' }, login: { type: 'string' } },
          },
        ],
      },
      since: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }], default: null },
      window: {
        type: 'object',
        description: 'Narrows the time',
        properties: { from: { type: 'string', format: 'date-time' }, days: { type: 'number' } },
      },
      extra: { type: 'object', additionalProperties: { type: 'string' } },
      hints: {},
    },
  },
  annotations: { readOnlyHint: true, openWorldHint: true },
};

export const DELETE: Tool = {
  name: 'delete_branch',
  description: 'Deletes a branch.',
  inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  annotations: { destructiveHint: true },
};

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A host with one server whose page has something to show on every tab. */
export function serverPageHost(change: Record<string, unknown> = {}): { host: FakeHost; server: Server } {
  const host = new FakeHost();
  const server = host.putServer(
    fakeServer({
      id: 'srv-page',
      name: 'github',
      description: 'Issues, pull requests and code',
      tags: ['code', 'work'],
      transport: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', '@modelcontextprotocol/server-github', '--toolsets', 'issues,pull_requests'],
        env: { GITHUB_TOKEN: { newSecret: 'x' }, GITHUB_HOST: 'github.example.org' },
        cwd: '/home/ada/projects',
      },
      tools: { execute: ['*'], autoExecute: ['echo'], pricing: { search_issues: 0.002 } },
      ...change,
    }),
  );
  host.setRun({
    serverId: server.id,
    state: 'running',
    restarts: 0,
    pid: 41_204,
    startedAt: ago(7_512),
    readyMs: 418,
    toolCount: 3,
    cpuPercent: 1.4,
    rssBytes: 84_200_000,
    serverInfo: { name: 'github-mcp-server', version: '0.18.0' },
    protocolVersion: '2025-11-25',
  });
  host.logs = logLines();
  addMcp(host);
  addSync(host, server);
  addHistory(host, server);
  return { host, server };
}

function logLines(): LogEntry[] {
  const texts: [LogEntry['stream'], string][] = [
    ['supervisor', 'Started "npx" as process 41204'],
    ['stderr', '\u001b[32minfo\u001b[0m  GitHub MCP server listening on stdio'],
    ['stderr', '\u001b[33mwarn\u001b[0m  rate limit: 4\u202f982 of 5\u202f000 left'],
    ['protocol', '→ {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"search_issues"}}'],
    [
      'stderr',
      '\u001b[31m\u001b[1merror\u001b[0m \u001b[38;5;208mrequest\u001b[0m failed: 502 from api.github.example.org, trying again in 2 s, then in 4 s, then in 8 s; the answer was <html><body>Bad gateway</body></html>',
    ],
    ['stdout', 'a line that is no message'],
  ];
  return Array.from({ length: 240 }, (_, seq) => {
    const [stream, text] = texts[seq % texts.length] as [LogEntry['stream'], string];
    return { seq, at: ago(600 - seq * 2), stream, text: `${text}${seq % 6 === 1 ? ` #${seq}` : ''}` };
  });
}

function addMcp(host: FakeHost): void {
  const running = new Map<string, (error: Error) => void>();
  host.handlers['tool.list'] = () => ({ tools: [ECHO, SEARCH, DELETE] });
  host.handlers['tool.cancel'] = ({ callId }) => {
    running.get(callId)?.(new FakeFault('timeout', 'The call was cancelled.'));
    return {};
  };
  host.handlers['tool.call'] = ({ name, arguments: input, callId }) => {
    if (name === 'echo' && input?.['message'] === 'wait') {
      host.notify('call.progress', {
        callId: callId ?? '',
        progress: 3,
        total: 10,
        message: 'Reading page 3 of 10',
      });
      return new Promise((_resolve, reject) => running.set(callId ?? '', reject));
    }
    if (name === 'echo') {
      return {
        result: { content: [{ type: 'text', text: `Echo: ${String(input?.['message'])}` }] },
        durationMs: 12,
      };
    }
    if (name === 'delete_branch') {
      return {
        result: { isError: true, content: [{ type: 'text', text: 'There is no such branch.' }] },
        durationMs: 231,
      };
    }
    const issues = Array.from({ length: 12 }, (_, index) => ({
      number: 1_204 - index,
      title: `The ${['import', 'sync', 'log', 'tray'][index % 4]} forgets where it was`,
      state: index % 3 ? 'open' : 'closed',
      comments: (index * 7) % 13,
    }));
    return {
      result: {
        content: [
          { type: 'text', text: JSON.stringify(issues) },
          { type: 'image', data: PIXEL, mimeType: 'image/png' },
          { type: 'resource_link', uri: 'https://github.example.org/issues/1204', name: 'Issue 1204' },
          { type: 'resource_link', uri: 'javascript:alert(1)', name: 'Not a web address' },
        ],
        structuredContent: { total: 12, issues },
      },
      durationMs: 1_284,
      costUsd: 0.002,
    };
  };
  host.handlers['resource.list'] = () => ({
    resources: [
      {
        uri: 'file:///home/ada/projects/README.md',
        name: 'README.md',
        mimeType: 'text/markdown',
        size: 4_210,
      },
      {
        uri: 'memory://graph',
        name: 'graph',
        title: 'Knowledge graph',
        mimeType: 'application/json',
        description: 'Everything that is known',
      },
      { uri: 'test://logo', name: 'logo.png', mimeType: 'image/png' },
    ],
    resourceTemplates: [
      {
        uriTemplate: 'repo://{owner}/{name}/contents{/path}{?ref}',
        name: 'Repository contents',
        description: 'A file of a repository',
      },
    ],
  });
  host.handlers['resource.read'] = ({ uri }) => {
    if (uri === 'test://logo') return { contents: [{ uri, mimeType: 'image/png', blob: PIXEL }] };
    if (uri === 'memory://graph') {
      const text = JSON.stringify({ entities: [{ name: 'Ada', type: 'person' }], relations: [], size: 1 });
      return { contents: [{ uri, mimeType: 'application/json', text }] };
    }
    if (uri.startsWith('repo:'))
      return { contents: [{ uri, mimeType: 'text/plain', text: `The file at ${uri}` }] };
    return {
      contents: [{ uri, mimeType: 'text/markdown', text: '# Jackfield\n\nA patch bay for MCP servers.\n' }],
    };
  };
  host.handlers['prompt.list'] = () => ({
    prompts: [
      {
        name: 'summarize',
        title: 'Summarise a thread',
        description: 'Sums up an issue.',
        arguments: [{ name: 'issue', required: true, description: 'Its number' }, { name: 'tone' }],
      },
      { name: 'triage', description: 'Sorts what is new.' },
    ],
  });
  host.handlers['prompt.get'] = ({ name, arguments: input }) => ({
    description: 'Two messages',
    messages: [
      { role: 'user', content: { type: 'text', text: `Please ${name} issue ${input?.['issue'] ?? '?'}.` } },
      { role: 'assistant', content: { type: 'text', text: 'Which tone would you like?' } },
    ],
  });
  host.handlers['doctor.check'] = () => ({
    findings: [
      {
        severity: 'warning',
        code: 'download',
        title: 'The package is fetched at each start',
        detail: 'npx looks for a newer version of @modelcontextprotocol/server-github first.',
        fix: 'Install it, or pin its version, to start without the network.',
      },
      { severity: 'ok', code: 'command', title: '"npx" was found', detail: '/usr/local/bin/npx' },
      {
        severity: 'ok',
        code: 'handshake',
        title: 'Ready in 418 ms',
        detail: 'It speaks MCP 2025-11-25 and offers 3 tools.',
      },
    ],
  });
  host.handlers['environment.refresh'] = () => ({
    path: '/usr/local/bin:/usr/bin:/bin',
    shell: '/bin/zsh',
    tookMs: 212,
  });
  host.handlers['run.metrics'] = () => ({ metrics: metrics() });
  host.handlers['run.logs'] = ({ before, limit = 500, search }) => ({
    entries: host.logs
      .filter((entry) => before === undefined || entry.seq < before)
      .filter((entry) => !search || entry.text.toLowerCase().includes(search.toLowerCase()))
      .slice(-limit),
  });
}

function metrics(): Metric[] {
  return Array.from({ length: 150 }, (_, index) => ({
    at: ago((150 - index) * 20),
    cpuPercent: Math.max(0, 2 + 3 * Math.sin(index / 9) + (index % 17 === 0 ? 14 : 0)),
    rssBytes: 70_000_000 + index * 90_000 + (index % 40) * 150_000,
  }));
}

function addSync(host: FakeHost, server: Server): void {
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
    }),
    fakeRemote({
      id: 'rem-c',
      kind: 'bifrost',
      name: 'Bifrost staging',
      baseUrl: 'https://bifrost-staging.example.org',
    }),
    fakeRemote({ id: 'rem-d', kind: 'letta', name: 'Letta lab', baseUrl: 'https://letta.example.org' }),
  ];
  for (const remote of remotes) host.putRemote(remote);
  const link = {
    serverId: server.id,
    remoteName: server.name,
    remoteEntryId: 'e-1',
    lastSyncedAt: ago(7_000),
  };
  host.putLink({ ...link, id: 'lnk-a', remoteId: 'rem-a', state: 'local_ahead' });
  host.putLink({ ...link, id: 'lnk-b', remoteId: 'rem-b', state: 'conflict' });
  host.putLink({ ...link, id: 'lnk-c', remoteId: 'rem-c', state: 'in_sync' });
  host.handlers['sync.plan'] = ({ linkIds }) => ({
    steps: (linkIds ?? []).map((linkId) => {
      const isConflict = linkId === 'lnk-b';
      if (linkId === 'lnk-c')
        return { linkId, action: 'none' as const, changes: [], losses: [], warnings: [] };
      return {
        linkId,
        action: isConflict ? ('conflict' as const) : ('replace' as const),
        changes: [
          {
            field: 'transport.args',
            local: ['-y', '@modelcontextprotocol/server-github'],
            remote: ['server.js'],
          },
          { field: 'transport.env.GITHUB_TOKEN', secret: true as const, local: '••••', remote: '••••' },
        ],
        losses: isConflict ? [] : [{ field: 'tools.pricing', reason: 'Letta has no price for a tool.' }],
        warnings: isConflict
          ? []
          : ['The remote runs this command on its own machine, not on this computer.'],
        ...(isConflict ? {} : { requiresConsent: ['replace' as const] }),
      };
    }),
  });
}

function addHistory(host: FakeHost, server: Server): void {
  const older: Server = { ...server, revision: 1, description: '', tags: [] };
  const middle: Server = {
    ...server,
    revision: 2,
    tags: ['code'],
    transport: {
      ...server.transport,
      args: ['-y', '@modelcontextprotocol/server-github'],
    } as Server['transport'],
  };
  const now = host.putServer({ ...server, revision: 3 });
  host.handlers['server.history'] = ({ id }) => ({
    revisions: [
      {
        revision: host.snapshot.servers.find((known) => known.id === id)?.revision ?? 3,
        at: ago(3_000),
        server: host.snapshot.servers.find((known) => known.id === id) ?? now,
      },
      { revision: 2, at: ago(90_000), server: middle },
      { revision: 1, at: ago(400_000), server: older },
    ],
  });
  host.handlers['server.restore'] = ({ revision }) => {
    const current = host.snapshot.servers.find((known) => known.id === server.id) ?? now;
    const source = revision === 1 ? older : middle;
    return { server: host.putServer({ ...source, revision: current.revision + 1 }) };
  };
}
