import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AllowedCommands } from '../../../src-main/app/trust/allowed-commands.js';
import { commandOf, digestOf } from '../../../src-main/app/trust/command-line.js';
import { shownCommand, visible } from '../../../src-main/app/trust/shown-command.js';
import { Trust, type TrustRequest } from '../../../src-main/app/trust/trust.js';
import { serverSchema, type Server } from '../../../src-main/contract/index.js';

const SALT = 'a salt of sixteen or more';
const IMPORTED = { kind: 'import', label: 'cursor' };

function server(transport: object, more: object = {}): Server {
  return serverSchema.parse({
    id: 's1',
    revision: 1,
    name: 'One',
    transport: { type: 'stdio', command: 'npx', args: ['-y', 'one'], ...transport },
    ...more,
  });
}

describe('what a command line is', () => {
  const plain = server({ env: { TOKEN: 'a' } });
  const same = (other: Server): boolean => digestOf(plain, SALT) === digestOf(other, SALT);

  it.each([
    ['another value of an ordinary variable', server({ env: { TOKEN: 'b' } })],
    ['another name of the server', server({ env: { TOKEN: 'a' } }, { name: 'Two' })],
    ['another life cycle', server({ env: { TOKEN: 'a' } }, { lifecycle: { autostart: true } })],
  ])('stays the same with %s', (_what, other) => expect(same(other)).toBe(true));

  it.each([
    ['another command', { command: 'sh', env: { TOKEN: 'a' } }],
    ['another argument', { args: ['-y', 'two'], env: { TOKEN: 'a' } }],
    ['arguments cut elsewhere', { args: ['-y one'], env: { TOKEN: 'a' } }],
    ['another variable', { env: { TOKEN: 'a', NODE_OPTIONS: '--require ./x.js' } }],
    ['one variable less', { env: {} }],
    ['a folder', { cwd: '/tmp', env: { TOKEN: 'a' } }],
    ['an env file', { envFile: '.env', env: { TOKEN: 'a' } }],
  ])('is another with %s', (_what, transport) => expect(same(server(transport))).toBe(false));

  it.each([
    'NODE_OPTIONS',
    'PATH',
    'LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES',
    'npm_config_registry',
    'PYTHONPATH',
  ])('is another with another value of %s', (name) => {
    const [a, b] = ['1', '2'].map((value) => commandOf(server({ env: { [name]: value } })));
    expect(a).not.toBe(b);
  });

  it.each([{ command: '${TOOL}' }, { args: ['$TOOL'] }, { args: ['--x=${TOOL}/bin'] }, { cwd: '%TOOL%' }])(
    'is another with another value of a variable that %j refers to',
    (transport) => {
      const [a, b] = ['1', '2'].map((value) => commandOf(server({ ...transport, env: { TOOL: value } })));
      expect(a).not.toBe(b);
    },
  );

  it('is none for what runs elsewhere', () => {
    const remote = { type: 'sse', url: 'https://a.example' };
    expect(commandOf({ transport: remote })).toBeUndefined();
  });
});

describe('what the person is shown', () => {
  it.each([
    ['\u202egnp.exe', '⟨U+202E⟩gnp.exe'],
    ['a\u200bb', 'a⟨U+200B⟩b'],
    ['a\nb\tc\u0007', 'a⟨U+000A⟩b⟨U+0009⟩c⟨U+0007⟩'],
    ['\u{e0041}x', '⟨U+E0041⟩x'],
    ['a\u00a0b\u2028c', 'a⟨U+00A0⟩b⟨U+2028⟩c'],
    ['naïve 名前 ok', 'naïve 名前 ok'],
  ])('spells out in %j what cannot be seen', (text, shown) => expect(visible(text)).toBe(shown));

  it('is every part of the command', () => {
    const env = { TOKEN: 'hidden', PATH: '/evil' };
    const line = {
      command: 'npx',
      args: ['-y', '', 'a b'],
      envNames: Object.keys(env),
      steering: { PATH: '/evil' },
    };
    expect(shownCommand({ ...line, cwd: '/x', envFile: '.env' })).toEqual([
      'npx',
      '    -y',
      '    (empty)',
      '    a b',
      'Variable: PATH=/evil',
      'Variables: TOKEN',
      'Folder: /x',
      'Env file: .env',
    ]);
  });
});

describe('whether a command may run', () => {
  let folder: string;
  let current: Server;
  let asked: TrustRequest | undefined;
  let answers: [string, boolean][];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jackfield-trust-'));
    answers = [];
    asked = undefined;
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const open = async (): Promise<Trust> =>
    new Trust({
      allowed: await AllowedCommands.open(folder, SALT),
      server: (id) => (id === current.id ? current : undefined),
      revisions: async () => [{ record: current }],
      answered: (id, allowed) => void answers.push([id, allowed]),
      ask: async (request) => {
        asked = request;
        return { url: 'http://127.0.0.1:1/ask/x' };
      },
    });

  it('is no question for what the person typed', async () => {
    current = server({});
    expect((await open()).refusal(current)).toBeUndefined();
  });

  it('is a question for what came from elsewhere, until it is allowed, and again when it changes', async () => {
    current = server({}, { origin: IMPORTED });
    const trust = await open();
    expect(trust.refusal(current)).toMatchObject({
      code: 'consent_required',
      message: expect.stringContaining('imported from cursor') as string,
    });
    expect(await trust.ask('s1')).toEqual({ url: 'http://127.0.0.1:1/ask/x' });
    await asked?.answer(true);
    expect(answers).toEqual([['s1', true]]);
    expect(trust.refusal(current)).toBeUndefined();
    // It outlives the host.
    expect((await open()).refusal(current)).toBeUndefined();
    current = server({ args: ['-y', 'other'] }, { origin: IMPORTED });
    expect(trust.refusal(current)?.code).toBe('consent_required');
  });

  it('stays open after a no', async () => {
    current = server({}, { origin: IMPORTED });
    const trust = await open();
    await trust.ask('s1');
    await asked?.answer(false);
    expect(answers).toEqual([['s1', false]]);
    expect(trust.isTrusted(current)).toBe(false);
  });

  it('takes no yes for a command that was swapped after it was shown', async () => {
    current = server({}, { origin: IMPORTED });
    const trust = await open();
    await trust.ask('s1');
    current = server({ command: 'sh' }, { origin: IMPORTED });
    await expect(asked?.answer(true)).rejects.toMatchObject({ code: 'revision_conflict' });
    expect([answers, trust.isTrusted(current)]).toEqual([[], false]);
  });

  it('writes nothing of the command', async () => {
    current = server({ args: ['--token', 'plain-in-args'] }, { origin: IMPORTED });
    const trust = await open();
    await trust.ask('s1');
    await asked?.answer(true);
    expect(await readFile(join(folder, 'trust.json'), 'utf8')).not.toContain('plain-in-args');
  });

  it.each(['', '{', '{"version":2}', '{"version":1,"allowed":["x"]}'])(
    'counts nothing as allowed where the file holds %j, and sets that aside',
    async (text) => {
      await writeFile(join(folder, 'trust.json'), text);
      current = server({}, { origin: IMPORTED });
      expect((await open()).isTrusted(current)).toBe(false);
      expect(await readdir(join(folder, 'backups'))).toHaveLength(1);
    },
  );
});
