import { describe, expect, it } from 'vitest';
import { compareTools, refreshWords } from '../../src-renderer/screens/server/sync/link-tools.js';
import {
  referableFields,
  referenceFault,
  suggestedReference,
} from '../../src-renderer/screens/server/sync/link-references.svelte.js';
import {
  costOfDay,
  policyRows,
  usualDay,
} from '../../src-renderer/screens/server/tools/policy/policy-rows.js';
import { fakeServer } from './fake-host.js';

describe('tools of a link', () => {
  it('are compared with what the server offers now', () => {
    expect(compareTools({ registered: ['a', 'b'], live: ['b', 'c'] })).toEqual({
      isKnown: true,
      isEqual: false,
      missing: ['c'],
      gone: ['a'],
    });
    expect(compareTools({ registered: ['a'], live: ['a'] }).isEqual).toBe(true);
    expect(compareTools({ registered: ['a'] })).toMatchObject({ isKnown: false, missing: [], gone: [] });
  });

  it('say what a refresh changed', () => {
    const none = { added: [], updated: [], deleted: [] };
    expect(refreshWords(none)).toBe('Nothing was new.');
    expect(refreshWords({ ...none, added: ['a'], deleted: ['b', 'c'] })).toBe(
      'The refresh added a; took away b, c.',
    );
    expect(refreshWords({ ...none, toolCount: 0 })).toMatch(/still sees no tools/);
  });
});

describe('references', () => {
  const server = fakeServer({
    transport: {
      type: 'sse',
      url: 'https://a.example.com',
      headers: { 'X-Org': '7' },
      auth: { type: 'header', header: 'Authorization', token: { newSecret: 'x' } },
    },
  });

  it('stand for headers and tokens; for the URL with Bifrost alone; never for an environment', () => {
    const paths = (kind: 'letta' | 'bifrost') => referableFields(server, kind).map(({ path }) => path);
    expect(paths('letta')).toEqual(['transport.headers.X-Org', 'transport.auth.token']);
    expect(paths('bifrost')).toEqual(['transport.url', 'transport.headers.X-Org', 'transport.auth.token']);
    expect(referableFields(fakeServer({ transport: { type: 'stdio', command: 'x' } }), 'letta')).toEqual([]);
  });

  it.each([
    ['letta', '{{TOKEN}}', true],
    ['letta', 'Bearer {{ TOKEN | none }}', true],
    ['letta', '{{token}}', false],
    ['letta', 'env.TOKEN', false],
    ['bifrost', 'env.TOKEN', true],
    ['bifrost', 'vault.team/token', true],
    ['bifrost', 'Bearer env.TOKEN', false],
    ['bifrost', '{{TOKEN}}', false],
  ] as const)('%s: %s', (kind, text, isRight) => {
    expect(referenceFault(kind, text) === undefined).toBe(isRight);
  });

  it('are suggested in a shape that holds', () => {
    for (const kind of ['letta', 'bifrost'] as const)
      for (const name of ['X-Api-Key', 'Authorization', 'URL'])
        expect(referenceFault(kind, suggestedReference(kind, name))).toBeUndefined();
  });
});

describe('the table of rules', () => {
  const policy = { execute: ['*'], autoExecute: ['a'], pricing: { a: 0.5, gone: 1 } };

  it('has a row for every tool that is offered, and one for each name the lists hold beside', () => {
    const rows = policyRows(policy, ['a', 'b'], new Map([['a', 4]]));
    expect(rows).toEqual([
      { name: 'a', may: true, auto: true, price: 0.5, calls: 4, isStranger: false },
      { name: 'b', may: true, auto: false, price: undefined, calls: 0, isStranger: false },
      { name: 'gone', may: true, auto: false, price: 1, calls: 0, isStranger: true },
    ]);
    expect(costOfDay(rows)).toBe(2);
  });

  it('takes a usual day from the last seven with calls', () => {
    const days = Array.from({ length: 9 }, (_, index) => ({
      day: `2026-11-0${9 - index}`,
      calls: { a: index < 7 ? 2 : 100 },
    }));
    const usual = usualDay(days);
    expect(usual.days).toBe(7);
    expect(usual.calls.get('a')).toBe(2);
    expect(usualDay([])).toEqual({ calls: new Map(), days: 0 });
  });
});
