import type { MethodName } from '../../../src-main/contract/index.js';
import type { Facts } from './stage.js';

/**
 * What a hostile script asks of each method. A method that is missing here does not compile: whoever adds one has to
 * say what a script in the page could want of it.
 */
type Attack = (facts: Facts) => Record<string, unknown>[];

const none: Attack = () => [{}];
const server: Attack = ({ talkative, foreign }) => [{ serverId: talkative }, { serverId: foreign }];
const PATHS = [
  '../../etc/passwd',
  '/etc/passwd',
  'file:///etc/passwd',
  'cursor/../../x',
  '..\\..\\x',
  'cursor\0',
];
const clients: Attack = () => [...PATHS, 'cursor', 'claude-desktop'].map((client) => ({ client }));
const sources: Attack = ({ home, outside }) => [
  { source: { client: 'cursor' } },
  { source: { folder: home } },
  { source: { folder: '/etc' } },
  { source: { folder: outside } },
  ...PATHS.flatMap((path) => [{ source: { client: path } }, { source: { text: path, fileName: path } }]),
];
const stolen = (facts: Facts) => ({ secret: facts.secretId });

export const ATTACKS: Record<MethodName, Attack> = {
  'app.info': none,
  'app.snapshot': none,
  'notice.dismiss': () => [{ id: '../x' }],
  'activity.list': none,
  'secret.copy': ({ secretId }) => [{ id: secretId }],
  'sample.create': none,
  'environment.refresh': none,
  'package.fetch': ({ foreign }) => [{ serverId: foreign }, { serverId: '../x' }],
  'package.cancelFetch': ({ foreign }) => [{ serverId: foreign }],
  'settings.update': ({ outside }) => [
    { patch: { caFile: '/etc/passwd' } },
    { patch: { caFile: '' } },
    { patch: { proxy: 'file:///etc/passwd' } },
    { patch: { roots: [outside] } },
    { patch: { dataDir: outside, __proto__: { dataDir: outside } } },
  ],

  // A reference to somebody else's secret, in every place that takes one.
  'server.create': (facts) => [
    { server: { name: 'thief', transport: { type: 'stdio', command: 'env', env: { A: stolen(facts) } } } },
    {
      server: {
        name: 'thief 2',
        transport: { type: 'sse', url: 'http://127.0.0.1:9', headers: { A: stolen(facts) } },
      },
    },
    { server: { name: 'file', transport: { type: 'sse', url: 'file:///etc/passwd' } } },
    { server: { name: 'js', transport: { type: 'sse', url: 'javascript:alert(1)' } } },
    { server: { id: '../../x', name: 'ids', transport: { type: 'inprocess' } } },
  ],
  'server.update': (facts) => [
    { id: facts.web, patch: { transport: { headers: { B: stolen(facts) } } } },
    { id: facts.foreign, patch: { origin: null } },
    { id: facts.foreign, patch: { origin: undefined, id: 'x', revision: 1 } },
    { id: facts.foreign, patch: { lifecycle: { autostart: true, onDemand: true } } },
    { id: facts.foreign, patch: { transport: { cwd: facts.outside } } },
  ],
  'server.duplicate': ({ foreign, talkative }) => [{ id: foreign }, { id: talkative }],
  'server.remove': () => [{ id: '../../x' }],
  'server.history': ({ talkative, foreign }) => [{ id: talkative }, { id: foreign }, { id: '../x' }],
  'server.restore': ({ talkative, foreign }) => [
    { id: foreign, revision: 1 },
    { id: talkative, revision: 2 },
  ],

  'run.start': ({ foreign }) => [{ serverId: foreign }, { serverId: '../x' }],
  'run.restart': ({ foreign }) => [{ serverId: foreign }],
  'run.stop': ({ foreign }) => [{ serverId: foreign }],
  'run.logs': ({ talkative, foreign }) => [
    { serverId: talkative },
    { serverId: foreign },
    { serverId: '../catalog' },
    { serverId: talkative, search: 'mark' },
  ],
  'run.metrics': server,
  'tool.list': server,
  'tool.call': ({ talkative, foreign }) => [
    { serverId: talkative, name: 'get-env' },
    { serverId: talkative, name: 'echo', arguments: { message: '<img src=x onerror=alert(1)>' } },
    { serverId: foreign, name: 'x' },
  ],
  'tool.changes': server,
  'tool.accept': server,
  'tool.calls': ({ talkative }) => [{ serverId: talkative }],
  'tool.cancel': () => [{ callId: 'x' }],
  'resource.list': server,
  'resource.read': ({ talkative }) => [
    { serverId: talkative, uri: 'file:///etc/passwd' },
    { serverId: talkative, uri: '../../catalog.json' },
  ],
  'prompt.list': server,
  'prompt.get': ({ talkative }) => [{ serverId: talkative, name: '../x' }],
  'doctor.check': server,
  'question.answer': () => [{ id: 'x', action: 'accept' }],

  'remote.create': (facts) => [
    {
      remote: {
        kind: 'letta',
        name: 'thief',
        baseUrl: 'http://127.0.0.1:9',
        auth: { type: 'bearer', token: stolen(facts) },
      },
    },
    { remote: { kind: 'letta', name: 'file', baseUrl: 'file:///etc/passwd' } },
    { remote: { kind: 'letta', name: 'data', baseUrl: 'data:text/html,x' } },
  ],
  'remote.update': (facts) => [
    { id: facts.remote, patch: { headers: { A: stolen(facts) } } },
    { id: facts.remote, patch: { baseUrl: 'file:///etc/passwd' } },
  ],
  'remote.remove': () => [{ id: '../x' }],
  'remote.test': ({ remote }) => [{ id: remote }],
  'remote.entries': ({ remote }) => [{ id: remote }],
  'remote.adopt': ({ remote }) => [{ id: remote, remoteEntryId: '../../x' }],
  'link.create': ({ talkative, remote }) => [
    { serverId: talkative, remoteId: remote, remoteEntryId: '../x' },
  ],
  'link.remove': () => [{ id: '../x' }],
  'link.references': ({ link }) => [{ id: link, references: { 'transport.headers.X-Key': 'env.HOME' } }],
  'link.tools': ({ link }) => [{ id: link }],
  'link.refreshTools': ({ link }) => [{ id: link }],
  'link.signIn': ({ link }) => [{ id: link }],
  'sync.plan': none,
  'sync.apply': ({ link }) => [{ linkIds: [link], resolve: { [link]: 'remote' }, consent: [] }],
  'sync.retry': ({ link }) => [{ linkId: link }],
  'sync.cancel': ({ link }) => [{ linkId: link }],

  'import.scan': none,
  'import.preview': sources,
  'import.read': () => PATHS.map((text) => ({ text, fileName: text })),
  'import.apply': (facts) => sources(facts).map((params) => ({ ...params, choices: {} })),
  'export.preview': (facts) =>
    clients(facts).flatMap((params) => [
      { ...params, serverIds: [facts.talkative, facts.web], plainSecrets: true },
      { ...params, serverIds: [facts.foreign] },
    ]),
  'export.apply': (facts) =>
    clients(facts)
      .filter(({ client }) => client !== 'claude-desktop')
      .map((params) => ({ ...params, serverIds: [facts.talkative, facts.web], plainSecrets: true })),
  'export.removePreview': clients,
  'export.remove': () => PATHS.map((client) => ({ client })),
  'export.backups': clients,
  'export.undoPreview': () => PATHS.map((backup) => ({ client: 'cursor', backup })),
  'export.undo': () => PATHS.map((backup) => ({ client: 'cursor', backup })),
  'client.list': none,
  'client.diff': ({ talkative, web }) => [
    { client: 'cursor', serverId: talkative },
    { client: 'cursor', serverId: web },
    { client: '../x', serverId: web },
  ],
  'client.pull': ({ talkative }) => [{ client: 'cursor', serverId: talkative }],
  'client.forget': () => [{ client: '../x', serverId: '../x' }],

  'bundle.begin': () => PATHS.map((fileName) => ({ fileName, size: 10 })),
  'bundle.append': () => [{ id: '../x', data: 'eA==' }],
  'bundle.inspect': () => [{ id: '../x' }],
  'bundle.install': () => [{ id: '../x', config: {} }],
  'bundle.discard': () => PATHS.map((id) => ({ id })),
  'secret.scan': none,
  'secret.move': ({ talkative }) => [{ items: [{ id: talkative, path: '__proto__.x' }] }],
  'backup.list': none,
  'backup.preview': () => PATHS.map((name) => ({ name })),
  'backup.restore': () => PATHS.map((name) => ({ name })),
  'edit.list': none,
  'edit.undo': none,
  'edit.redo': none,
  'removed.list': none,
  'removed.restore': () => [{ kind: 'server', id: '../x' }],
  'remote.history': ({ remote }) => [{ id: remote }],
  'remote.restore': ({ remote }) => [{ id: remote, revision: 1 }],
  'link.history': ({ link }) => [{ id: link }],

  'update.status': none,
  'update.check': none,
  'update.install': none,

  'trust.state': server,
  // Asked for in a page of its own; `injected-script.test.ts` tries to answer it.
  'trust.ask': ({ foreign }) => [{ serverId: foreign }],
  'trust.allow': ({ foreign }) => [{ serverId: foreign, digest: '0'.repeat(64) }],
};
