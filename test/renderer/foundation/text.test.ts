import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../../src-main/app/merge-patch.js';
import { joinCommand, splitCommand } from '../../../src-renderer/components/command-words.js';
import { readEnvLines, readHeaderLines } from '../../../src-renderer/components/env-lines.js';
import { errorAt, errorsUnder } from '../../../src-renderer/components/field-errors.js';
import { looksLikeSecret } from '../../../src-main/contract/looks-like-secret.js';
import {
  bytes,
  duration,
  milliseconds,
  relativeTime,
} from '../../../src-renderer/components/relative-time.js';
import { entityPatch } from '../../../src-renderer/components/server-form/entity-patch.js';
import { parseRoute, to } from '../../../src-renderer/state/router.svelte.js';
import { keysOf, strokeOf } from '../../../src-renderer/state/shortcuts.js';

describe('command lines', () => {
  it.each([
    ['npx -y @scope/server /home/ada', ['npx', '-y', '@scope/server', '/home/ada']],
    [`node 'my server.js' "a \\"b\\"" c\\ d`, ['node', 'my server.js', 'a "b"', 'c d']],
    ['uvx mcp \\\n  --flag', ['uvx', 'mcp', '--flag']],
    [`run '' ""`, ['run', '', '']],
    [
      String.raw`C:\tools\server.exe --dir C:\data`,
      [String.raw`C:\tools\server.exe`, '--dir', String.raw`C:\data`],
    ],
    ['   ', []],
  ])('%s', (line, words) => expect(splitCommand(line)).toEqual(words));

  it('reads back what it joined', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        expect(splitCommand(joinCommand(words))).toEqual(words);
      }),
    );
  });
});

describe('pasted lines', () => {
  it('reads .env lines', () => {
    expect(readEnvLines('# keys\nexport A=1\nB="two words"\nC=three # note\n')).toEqual([
      ['A', '1'],
      ['B', 'two words'],
      ['C', 'three'],
    ]);
    expect(readEnvLines('just a value')).toBeUndefined();
    expect(readEnvLines('')).toBeUndefined();
  });

  it('reads header lines, also out of a curl command', () => {
    expect(readHeaderLines(`Accept: a/b\n-H 'X-Key: 1' \\`)).toEqual([
      ['Accept', 'a/b'],
      ['X-Key', '1'],
    ]);
    expect(readHeaderLines('https://example.org')).toBeUndefined();
  });
});

describe('what looks like a secret', () => {
  it.each([
    ['GITHUB_TOKEN', 'abcdefgh'],
    ['api-key', 'x1y2z3w4'],
    ['Authorization', 'Bearer abcdefghijkl'],
    ['X', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
    ['X', `sk-ant-${'a1b2'.repeat(6)}`],
    ['DATABASE_URL', 'postgres://ada:hunter2@db.example.org/app'],
    ['API_KEY', 'f3b1c9d27ae84d55a1c0e8b7d9f61234'],
  ])('%s=%s does', (name, value) => expect(looksLikeSecret(name, value)).toBe(true));

  it.each([
    ['LOG_LEVEL', 'debug'],
    ['TOKEN', ''],
    ['API_KEY', '${API_KEY}'],
    ['API_KEY', '<your key>'],
    ['TOKEN_LIMIT', '4096'],
    ['SECRET_FILE', '/run/secrets/x'],
    ['PATH', '/usr/local/bin:/usr/bin:/bin'],
    ['PACKAGE', '@modelcontextprotocol/server-filesystem'],
  ])('%s=%s does not', (name, value) => expect(looksLikeSecret(name, value)).toBe(false));
});

describe('the patch of an edit', () => {
  it('names only what changed, and null for what is gone', () => {
    const before = {
      name: 'a',
      tags: ['x'],
      transport: { type: 'stdio', env: { A: '1', B: { secret: 's' } }, cwd: '/' },
    };
    const after = {
      name: 'a',
      tags: ['x', 'y'],
      transport: { type: 'stdio', env: { B: { newSecret: 'n' }, C: '' } },
    };
    expect(entityPatch(before, after)).toEqual({
      tags: ['x', 'y'],
      transport: { env: { A: null, B: { newSecret: 'n' }, C: '' }, cwd: null },
    });
    expect(entityPatch(after, structuredClone(after))).toEqual({});
  });

  it('sends all of a transport or an authentication of another kind', () => {
    const http = { type: 'sse', url: 'https://a', headers: {}, auth: { type: 'none' } };
    expect(entityPatch({ transport: { type: 'stdio', command: 'x' } }, { transport: http })).toEqual({
      transport: http,
    });
    const auth = { type: 'header', header: 'A', token: 't' };
    expect(
      entityPatch({ transport: http }, { transport: { ...http, type: 'streamable_http', auth } }),
    ).toEqual({
      transport: { type: 'streamable_http', auth },
    });
  });

  it('makes the host arrive at what was meant', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constant({ secret: 'sec-1' }),
      fc.constant({ newSecret: 'n' }),
      fc.array(fc.string()),
    );
    const map = fc.dictionary(fc.stringMatching(/^[A-C]$/), value);
    const transport = fc.oneof(
      fc.record({ type: fc.constant('stdio'), command: fc.string(), env: map }),
      fc.record({ type: fc.constantFrom('sse', 'streamable_http'), url: fc.string(), headers: map }),
    );
    const entity = fc.record({ name: fc.string(), transport, tools: map });
    fc.assert(
      fc.property(entity, entity, (before, after) => {
        expect(mergePatch(before, entityPatch(before, after))).toEqual(after);
      }),
    );
  });
});

describe('field errors', () => {
  it('finds the error of a field, also where it is told of a secret’s inside', () => {
    const errors = {
      'transport.auth.token.newSecret': 'must not be empty',
      'transport.env.A.newSecret': 'no',
    };
    expect(errorAt(errors, 'transport.auth.token')).toBe('must not be empty');
    expect(errorsUnder(errors, 'transport.env')).toEqual({ A: 'no' });
  });
});

describe('addresses', () => {
  it.each([
    ['', { name: 'patch-bay' }],
    ['#/', { name: 'patch-bay' }],
    ['#/servers/a%20b/logs', { name: 'server', id: 'a b', tab: 'logs' }],
    ['#/servers/x/nonsense', { name: 'server', id: 'x', tab: 'overview' }],
    ['#/remotes/r1', { name: 'remotes', id: 'r1' }],
    ['#/settings', { name: 'settings' }],
    ['#/nowhere', { name: 'unknown', hash: '#/nowhere' }],
    ['#/servers/%E0%A4%A', { name: 'server', id: '%E0%A4%A', tab: 'overview' }],
  ])('%s', (hash, route) => expect(parseRoute(hash)).toEqual(route));

  it('reads back every address it makes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        expect(parseRoute(to.server(id, 'tools'))).toEqual({ name: 'server', id, tab: 'tools' });
      }),
    );
  });
});

describe('times and sizes', () => {
  it('says how long ago', () => {
    const now = Date.parse('2026-01-02T12:00:00Z');
    expect(relativeTime(now - 20_000, now)).toBe('just now');
    expect(relativeTime(now - 3 * 60_000, now)).toMatch(/3/);
    expect(duration(3_720_000)).toBe('1 h 2 min');
    expect(milliseconds(2_345)).toBe('2.3 s');
    expect(bytes(48_300_000)).toBe('48 MB');
  });
});

describe('keys', () => {
  it('names strokes as commands do', () => {
    expect(strokeOf(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }))).toBe('mod+k');
    expect(strokeOf(new KeyboardEvent('keydown', { key: '?', shiftKey: true }))).toBe('?');
    expect(keysOf('mod+k')).toEqual(['Ctrl', 'K']);
    expect(keysOf('g p')).toEqual(['G', 'P']);
  });
});
