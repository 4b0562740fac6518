import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../src-renderer/components/schema-form/schema-faults.js';
import { shapeOf, type JsonSchema } from '../../src-renderer/components/schema-form/schema-shape.js';
import {
  startArguments,
  startValue,
  variantOf,
  withMember,
} from '../../src-renderer/components/schema-form/schema-values.js';
import { cpuMs } from '../support/cpu-time.js';

const references = (count: number, to: string) => Array.from({ length: count }, () => ({ $ref: to }));
const named = (count: number, make: (name: string) => unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, make(`n${index}`)]));
const nested = (depth: number): unknown => (depth === 0 ? 1 : { n: nested(depth - 1) });

/** A few lines each, and more work than a lifetime of it. */
const ENDLESS: Record<string, JsonSchema> = {
  'parts of itself': { type: 'object', allOf: references(10, '#') },
  'parts of parts': {
    type: 'object',
    ...references(1, '#/$defs/n0')[0],
    $defs: named(40, (name) => ({ allOf: references(2, `#/$defs/n${Number(name.slice(1)) + 1}`) })),
  },
  'its own one branch': { anyOf: [{ $ref: '#' }] },
  'branches of itself': { anyOf: references(10, '#') },
  'required members of itself': {
    type: 'object',
    required: Object.keys(named(12, () => 1)),
    properties: named(12, () => ({ $ref: '#' })),
  },
  'a default that doubles at each level': {
    type: 'object',
    properties: { n: { default: nested(60), $ref: '#/$defs/n' } },
    $defs: { n: { properties: { n: { allOf: references(2, '#/$defs/n') } } } },
  },
  'a long default of unique items': {
    type: 'object',
    properties: {
      all: { type: 'array', uniqueItems: true, default: Array.from({ length: 60_000 }, (_, i) => i) },
    },
  },
};

const shape = (schema: JsonSchema, root: JsonSchema = schema) => shapeOf(schema, root);

describe('schema → shape', () => {
  it('tells the plain kinds apart', () => {
    expect(shape({ type: 'string', format: 'date' })).toMatchObject({ kind: 'text', format: 'date' });
    expect(shape({ type: 'integer', minimum: 1, maximum: 5 })).toEqual({
      kind: 'number',
      whole: true,
      range: '1 to 5',
    });
    expect(shape({ type: 'boolean' }).kind).toBe('boolean');
    expect(shape({ enum: ['a', 2] })).toEqual({
      kind: 'choice',
      options: [
        { value: 'a', label: 'a' },
        { value: 2, label: '2' },
      ],
    });
    expect(shape({ const: 'x' })).toEqual({ kind: 'constant', value: 'x' });
  });

  it('reads an optional value as Pydantic writes it', () => {
    const schema = { anyOf: [{ type: 'integer' }, { type: 'null' }], default: null, title: 'Limit' };
    expect(shape(schema).kind).toBe('number');
    expect(shape({ type: ['string', 'null'] }).kind).toBe('text');
    expect(startArguments({ type: 'object', properties: { limit: schema } })).toEqual({});
  });

  it('follows references within the document, and no others', () => {
    const root = {
      $defs: { Level: { enum: ['low', 'high'] }, 'a/b': { type: 'boolean' } },
      properties: {},
    };
    expect(shape({ $ref: '#/$defs/Level' }, root).kind).toBe('choice');
    expect(shape({ $ref: '#/$defs/a~1b' }, root).kind).toBe('boolean');
    expect(shape({ allOf: [{ $ref: '#/$defs/Level' }], default: 'low' }, root).kind).toBe('choice');
    expect(shape({ $ref: 'https://example.org/schema' }, root).kind).toBe('json');
    expect(shape({ $ref: '#/$defs/__proto__' }, root).kind).toBe('json');
  });

  it('survives schemas that lead into themselves', () => {
    const loop = { $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } }, $ref: '#/$defs/A' };
    expect(shape(loop).kind).toBe('json');
    const tree: JsonSchema = {
      $defs: { Node: { type: 'object', required: ['next'], properties: { next: { $ref: '#/$defs/Node' } } } },
      type: 'object',
      required: ['node'],
      properties: { node: { $ref: '#/$defs/Node' } },
    };
    expect(JSON.stringify(startArguments(tree)).length).toBeLessThan(500);
  });

  it('makes variants of oneOf, and one choice of constants', () => {
    const variants = shape({
      oneOf: [
        {
          type: 'object',
          properties: { kind: { const: 'file' }, path: { type: 'string' } },
          required: ['kind'],
        },
        { title: 'A link', type: 'object', properties: { kind: { const: 'url' } } },
        { type: 'string' },
      ],
    });
    expect(variants).toMatchObject({
      kind: 'variants',
      variants: [{ label: 'file' }, { label: 'A link' }, { label: 'string' }],
    });
    expect(
      shape({
        oneOf: [
          { const: 1, title: 'One' },
          { const: 2, title: 'Two' },
        ],
      }),
    ).toEqual({
      kind: 'choice',
      options: [
        { value: 1, label: 'One' },
        { value: 2, label: 'Two' },
      ],
    });
    expect(shape({ type: ['string', 'number'] })).toMatchObject({
      variants: [{ label: 'string' }, { label: 'number' }],
    });
  });

  it('draws lists, tuples, sets and maps', () => {
    expect(shape({ type: 'array', items: { type: 'string' } })).toMatchObject({ kind: 'list', first: [] });
    expect(shape({ type: 'array', items: { enum: ['a', 'b'] }, uniqueItems: true }).kind).toBe('several');
    expect(shape({ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] })).toMatchObject({
      kind: 'list',
      items: undefined,
      first: [{ type: 'string' }, { type: 'number' }],
    });
    expect(shape({ type: 'object', additionalProperties: { type: 'string' } })).toMatchObject({
      kind: 'group',
      rest: { type: 'string' },
    });
    expect(shape({ type: 'object' }).kind).toBe('json');
    expect(shape({ type: 'object', additionalProperties: false })).toMatchObject({
      kind: 'group',
      members: [],
    });
  });

  it('falls back to JSON for what it cannot draw', () => {
    for (const schema of [{}, { type: 'nonsense' }, { not: {} }, { properties: 'x', type: 5 }]) {
      expect(shape(schema).kind).toBe('json');
    }
  });
});

describe('values', () => {
  it('begins with defaults, constants and required objects, and leaves the rest out', () => {
    expect(
      startArguments({
        type: 'object',
        required: ['options', 'text', 'dry'],
        properties: {
          text: { type: 'string' },
          count: { type: 'integer', default: 3 },
          dry: { type: 'boolean' },
          later: { type: 'object', properties: { a: { default: 1 } } },
          options: {
            type: 'object',
            required: ['mode'],
            properties: { mode: { const: 'fast' }, size: { default: [1] } },
          },
        },
      }),
    ).toEqual({ count: 3, dry: false, options: { mode: 'fast', size: [1] } });
  });

  it('does not share a default with the schema', () => {
    const schema = { type: 'array', default: [1] };
    const value = startValue(schema, schema) as number[];
    value.push(2);
    expect(schema.default).toEqual([1]);
  });

  it('sets and removes members without touching the others', () => {
    const object = { a: 1, b: 2, c: 3 };
    expect(Object.keys(withMember(object, 'b', 9))).toEqual(['a', 'b', 'c']);
    expect(withMember(object, 'b', undefined)).toEqual({ a: 1, c: 3 });
    expect(object).toEqual({ a: 1, b: 2, c: 3 });
    expect(Object.hasOwn(withMember({}, '__proto__', 1), '__proto__')).toBe(true);
  });

  it('recognises the variant that a value is of', () => {
    const variants = [
      { label: 'a', schema: { type: 'object', properties: { kind: { const: 'a' } } } },
      { label: 'b', schema: { type: 'object', properties: { kind: { const: 'b' }, x: {} } } },
      { label: 's', schema: { type: 'string' } },
    ];
    expect(variantOf({ kind: 'b' }, variants, {})).toBe(1);
    expect(variantOf('text', variants, {})).toBe(2);
    expect(variantOf(5, variants, {})).toBe(0);
  });
});

describe('faults', () => {
  const schema = {
    type: 'object',
    required: ['a', 'n'],
    additionalProperties: false,
    properties: {
      a: { type: 'string', minLength: 3 },
      n: { type: 'integer', minimum: 1 },
      'x/y': { type: 'object', required: ['k'], properties: { k: { type: 'boolean' } } },
      list: { type: 'array', items: { type: 'number' } },
    },
  };

  it('stands at the field it is about, in words', () => {
    expect(faultsOf(schema, {})).toEqual({ '/a': 'is required', '/n': 'is required' });
    expect(faultsOf(schema, { a: 'x', n: 0.5, 'x/y': {}, list: [1, 'no'] })).toEqual({
      '/a': 'must have at least 3 characters',
      '/n': 'must be of type integer',
      '/x~1y/k': 'is required',
      '/list/1': 'must be of type number',
    });
    expect(faultsOf(schema, { a: 'abc', n: 1, z: 1 })).toEqual({ '/z': 'is not a field here' });
    expect(faultsOf(schema, { a: 'abc', n: 1 })).toEqual({});
  });

  it('of several forms tells the faults of the one that was meant', () => {
    const choice = {
      type: 'object',
      properties: {
        to: {
          oneOf: [
            {
              type: 'object',
              required: ['path'],
              properties: { kind: { const: 'file' }, path: { type: 'string' } },
            },
            {
              type: 'object',
              required: ['url'],
              properties: { kind: { const: 'web' }, url: { type: 'string' } },
            },
          ],
        },
      },
    };
    expect(faultsOf(choice, { to: { kind: 'web' } })).toEqual({ '/to/url': 'is required' });
    expect(faultsOf(choice, { to: 5 })).toEqual({ '/to': 'fits none of its forms, or more than one' });
  });

  it('never runs a pattern that a server wrote', async () => {
    const evil = {
      type: 'object',
      properties: { s: { type: 'string', pattern: '^(a+)+$' }, pattern: { type: 'number' } },
    };
    const spent = await cpuMs(() =>
      expect(faultsOf(evil, { s: `${'a'.repeat(40)}!`, pattern: 'x' })).toEqual({
        '/pattern': 'must be of type number',
      }),
    );
    expect(spent).toBeLessThan(1_000);
  });

  it.each(Object.entries(ENDLESS))('come to an end whatever the schema: %s', async (_name, evil) => {
    const spent = await cpuMs(() => {
      const start = startArguments(evil);
      shape(evil);
      faultsOf(evil, start);
    });
    expect(spent).toBeLessThan(2_000);
  });

  it('says nothing where the schema cannot be used', () => {
    expect(faultsOf({ $ref: 'https://example.org/x' }, {})).toEqual({});
    expect(faultsOf({ $ref: '#' }, {})).toEqual({});
  });
});
