import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalText,
  Hasher,
  isSameJson,
  type Base,
  type Json,
  type LocalCells,
  type RemoteCells,
} from '../../../src-main/sync/cells.js';
import { redact } from '../../../src-main/sync/bifrost/redaction.js';
import { differences, relationOf } from '../../../src-main/sync/three-way.js';

const hasher = new Hasher('a salt for tests');
const plain = { hasher, redact: (text: string) => text };
const local = (value?: Json): LocalCells => new Map(value === undefined ? [] : [['f', { path: 'f', value }]]);
const remote = (value?: Json): RemoteCells =>
  new Map(value === undefined ? [] : [['f', { path: 'f', value }]]);
const base = (value?: Json): Base =>
  value === undefined ? {} : { f: { path: 'f', hash: hasher.value(value) } };

describe('one field', () => {
  it.each<[string, Json | undefined, Json | undefined, Json | undefined, string | undefined]>([
    ['untouched', 'a', 'a', 'a', undefined],
    ['edited here', 'b', 'a', 'a', 'local'],
    ['edited there', 'a', 'a', 'b', 'remote'],
    ['edited on both sides to the same', 'b', 'a', 'b', undefined],
    ['edited on both sides', 'b', 'a', 'c', 'both'],
    ['added here', 'a', undefined, undefined, 'local'],
    ['added there', undefined, undefined, 'a', 'remote'],
    ['removed here', undefined, 'a', 'a', 'local'],
    ['removed there', 'a', 'a', undefined, 'remote'],
    ['removed on both sides', undefined, 'a', undefined, undefined],
    ['removed here, edited there', undefined, 'a', 'b', 'both'],
  ])('%s', (_what, mine, before, theirs, verdict) => {
    expect(differences(local(mine), base(before), remote(theirs), plain)[0]?.verdict).toBe(verdict);
  });

  it('an equal secret id needs no value', () => {
    const cells: LocalCells = new Map([['f', { path: 'f', secretId: 's1' }]]);
    const before: Base = { f: { path: 'f', hash: hasher.value('x'), secretId: 's1' } };
    expect(differences(cells, before, remote('x'), plain)).toEqual([]);
  });

  it('a redaction shows an edit there, and hides none made here', () => {
    const shown = (mask: string): RemoteCells => new Map([['f', { path: 'f', mask }]]);
    const comparison = { hasher, redact };
    const mask = redact('Bearer one-secret-1');
    const before: Base = {
      f: { path: 'f', hash: hasher.value('Bearer one-secret-1'), shown: hasher.shown({ path: 'f', mask }) },
    };
    const verdict = (mine: string, theirs: string): string | undefined =>
      differences(local(mine), before, shown(theirs), comparison)[0]?.verdict;
    expect(verdict('Bearer one-secret-1', mask)).toBeUndefined();
    expect(verdict('Bearer two-secret-1', mask)).toBe('local');
    expect(verdict('Bearer one-secret-1', redact('Bearer one-secret-9'))).toBe('remote');
  });

  it('a row of stars is no reason to call two unknown values equal', () => {
    const stars: RemoteCells = new Map([['f', { path: 'f', mask: '****' }]]);
    expect(differences(local('abcd'), {}, stars, { hasher, redact })[0]?.verdict).toBe('both');
  });
});

describe('all fields', () => {
  it('relate as their fields do', () => {
    const of = (...verdicts: ('local' | 'remote' | 'both')[]) =>
      relationOf(verdicts.map((verdict, index) => ({ key: String(index), verdict })));
    expect([of(), of('local'), of('remote'), of('local', 'remote'), of('both')]).toEqual([
      'in_sync',
      'local_ahead',
      'remote_ahead',
      'conflict',
      'conflict',
    ]);
  });

  it('an untouched pair never shows a difference', () => {
    const value = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (fields) => {
        const entries = Object.entries(fields);
        const mine: LocalCells = new Map(entries.map(([key, item]) => [key, { path: key, value: item }]));
        const theirs: RemoteCells = new Map(
          entries.map(([key, item]) => [key, { path: key, value: JSON.parse(JSON.stringify(item)) as Json }]),
        );
        expect(differences(mine, {}, theirs, plain)).toEqual([]);
      }),
    );
  });

  it('the order of keys says nothing, that of lists does', () => {
    expect(canonicalText({ a: 1, b: [1, 2] })).toBe(canonicalText({ b: [1, 2], a: 1 }));
    expect(canonicalText([1, 2])).not.toBe(canonicalText([2, 1]));
  });

  it('two values are the same exactly when their canonical texts are', () => {
    const value = fc.jsonValue({ noUnicodeString: false, maxDepth: 3 }) as fc.Arbitrary<Json>;
    // Few names and few numbers: values that are almost the same come up all the time.
    const small = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Json>(null, 0, -0, 1, '', 'a', true),
        fc.array(tie('json'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('json'), { maxKeys: 2 }),
      ),
    })).json;
    let equal = 0;
    fc.assert(
      fc.property(fc.oneof(fc.tuple(small, small), fc.tuple(value, value)), ([a, b]) => {
        const isSame = canonicalText(a) === canonicalText(b);
        if (isSame) equal += 1;
        expect(isSameJson(a, b)).toBe(isSame);
        expect(isSameJson(a, JSON.parse(JSON.stringify(a)) as Json)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(equal).toBeGreaterThan(10);
  });
});
