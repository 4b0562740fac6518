import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../../src-main/interchange/formats/changes.js';
import { Unreadable } from '../../../../src-main/interchange/formats/format.js';
import { json } from '../../../../src-main/interchange/formats/json.js';
import { toPlain, withValueAt, type PlainMap } from '../../../../src-main/interchange/plain.js';

/** Edits a text so that it holds `value` under `path`, or nothing where `value` is undefined. */
function edit(text: string, path: string[], value: unknown): string {
  const before = json.read(text);
  let after: PlainMap;
  if (value === undefined) {
    const parent = path.slice(0, -1);
    const map = parent.reduce((at, key) => at[key] as PlainMap, before);
    const copy = Object.assign(Object.create(null), map) as PlainMap;
    delete copy[path.at(-1) ?? ''];
    after = parent.length ? withValueAt(before, parent, copy) : copy;
  } else after = withValueAt(before, path, toPlain(value));
  const edited = json.edit(text, changesBetween(before, after));
  expect(json.read(edited)).toEqual(after);
  return edited;
}

describe('adding to a JSON file', () => {
  it.each([
    ['an empty file', '', '{\n  "s": {\n    "a": 1\n  }\n}\n'],
    ['an empty object', '{}', '{\n  "s": {\n    "a": 1\n  }\n}'],
    ['comments alone', '// mine\n', '// mine\n{\n  "s": {\n    "a": 1\n  }\n}\n'],
    ['an empty place', '{\n\t"s": {}\n}\n', '{\n\t"s": {\n\t\t"a": 1\n\t}\n}\n'],
    ['a null', '{ "s": null }', '{ "s": {\n  "a": 1\n} }'],
    ['one line', '{ "s": { "b": 2 } }', '{ "s": { "b": 2, "a": 1 } }'],
    ['a minified file', '{"s":{"b":[1,2]},"t":1}', '{"s":{"b":[1,2],"a":1},"t":1}'],
    [
      'CRLF',
      '{\r\n  "s": {\r\n    "b": 2\r\n  }\r\n}\r\n',
      '{\r\n  "s": {\r\n    "b": 2,\r\n    "a": 1\r\n  }\r\n}\r\n',
    ],
    ['a trailing comma', '{\n "s": {\n  "b": 2,\n },\n}', '{\n "s": {\n  "b": 2,\n  "a": 1,\n },\n}'],
    [
      'a comment behind the last one',
      '{\n "s": {\n  "b": 2 // two\n }\n}',
      '{\n "s": {\n  "b": 2, // two\n  "a": 1\n }\n}',
    ],
    [
      'a comment behind a trailing comma',
      '{\n "s": {\n  "b": 2, // two\n }\n}',
      '{\n "s": {\n  "b": 2, // two\n  "a": 1,\n }\n}',
    ],
    [
      'a comment below',
      '{\n "s": {\n  "b": 2\n  // "c": 3\n }\n}',
      '{\n "s": {\n  "b": 2,\n  "a": 1\n  // "c": 3\n }\n}',
    ],
    [
      'a comment alone inside',
      '{\n "s": {\n  // none yet\n }\n}',
      '{\n "s": {\n  // none yet\n  "a": 1\n }\n}',
    ],
    [
      'a comment with a comma',
      '{\n "s": {\n  "b": 2 /* , */\n }\n}',
      '{\n "s": {\n  "b": 2, /* , */\n  "a": 1\n }\n}',
    ],
    [
      'spaces at the end of the line',
      '{\n "s": {\n  "b": 2  \n }\n}',
      '{\n "s": {\n  "b": 2,  \n  "a": 1\n }\n}',
    ],
    ['the closing bracket on the last line', '{\n "s": {\n  "b": 2}}', '{\n "s": {\n  "b": 2,\n  "a": 1}}'],
    [
      'a key that stands twice',
      '{\n "s": {"x": 1},\n "s": {"b": 2}\n}',
      '{\n "s": {"x": 1},\n "s": {"b": 2, "a": 1}\n}',
    ],
  ])('%s', (_, before, after) => expect(edit(before, ['s', 'a'], 1)).toBe(after));

  it('nests in the manner of the file', () => {
    const text = '{\n    "s": {\n        "b": {\n            "command": "x"\n        }\n    }\n}\n';
    expect(edit(text, ['s', 'a'], { command: 'y', args: ['z'] })).toBe(
      '{\n    "s": {\n        "b": {\n            "command": "x"\n        },\n        "a": {\n            "command": "y",\n            "args": [\n                "z"\n            ]\n        }\n    }\n}\n',
    );
  });

  it('treats __proto__ and constructor as keys like any other', () => {
    const text = edit('{\n  "s": {\n    "constructor": 1\n  }\n}', ['s', '__proto__'], { polluted: true });
    expect(text).toContain('"__proto__": {');
    expect(Object.keys(json.read(text)['s'] as object)).toEqual(['constructor', '__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('removing from a JSON file', () => {
  it.each([
    ['the last of several', '{\n "s": {\n  "b": 2,\n  "a": 1\n }\n}', '{\n "s": {\n  "b": 2\n }\n}'],
    ['the first of several', '{\n "s": {\n  "a": 1,\n  "b": 2\n }\n}', '{\n "s": {\n  "b": 2\n }\n}'],
    ['the only one', '{\n "s": {\n  "a": 1\n }\n}', '{\n "s": {\n }\n}'],
    ['one on a line of several', '{ "s": { "b": 2, "a": 1 } }', '{ "s": { "b": 2 } }'],
    ['the first on a line', '{ "s": { "a": 1, "b": 2 } }', '{ "s": { "b": 2 } }'],
    ['the only one on a line', '{ "s": { "a": 1 } }', '{ "s": { } }'],
    ['a minified one', '{"s":{"b":2,"a":1}}', '{"s":{"b":2}}'],
    ['with a trailing comma', '{\n "s": {\n  "b": 2,\n  "a": 1,\n },\n}', '{\n "s": {\n  "b": 2,\n },\n}'],
    [
      'comments stay',
      '{\n "s": {\n  // b\n  "b": 2, // two\n  // a\n  "a": 1 // one\n }\n}',
      '{\n "s": {\n  // b\n  "b": 2 // two\n  // a\n  // one\n }\n}',
    ],
    ['both twins', '{\n "s": {\n  "a": 0,\n  "b": 2,\n  "a": 1\n }\n}', '{\n "s": {\n  "b": 2\n }\n}'],
    ['CRLF', '{\r\n "s": {\r\n  "b": 2,\r\n  "a": 1\r\n }\r\n}', '{\r\n "s": {\r\n  "b": 2\r\n }\r\n}'],
    [
      'brackets that close on the last line',
      '{\n "s": {\n  "b": 2,\n  "a": 1 } }',
      '{\n "s": {\n  "b": 2 } }',
    ],
    [
      'brackets that may not follow a comment',
      '{\n "s": {\n  "b": 2, // two\n  "a": 1 } }',
      '{\n "s": {\n  "b": 2 // two\n   } }',
    ],
  ])('%s', (_, before, after) => expect(edit(before, ['s', 'a'], undefined)).toBe(after));
});

describe('changing a JSON file', () => {
  it('touches the changed value alone', () => {
    const text =
      '{\n  "s": { "a": {"command" : "x", /* why */ "args": ["-y",  "p@1"], "unknown": [1,2] } }\n}';
    expect(edit(text, ['s', 'a'], { command: 'x', args: ['-y', 'p@2'], unknown: [1, 2] })).toBe(
      text.replace('p@1', 'p@2'),
    );
  });

  it('adds to and removes from a list in place', () => {
    const text = '{ "s": [ 1,  2, 3 ] }';
    expect(edit(text, ['s'], [1, 2, 3, 4])).toBe('{ "s": [ 1,  2, 3, 4 ] }');
    expect(edit(text, ['s'], [1, 3])).toBe('{ "s": [ 1,  3 ] }');
  });

  it('adds and removes at once', () => {
    const before = json.read('{\n "a": 1,\n "b": 2\n}');
    const after = toPlain({ a: 1, c: 3 }) as PlainMap;
    expect(json.edit('{\n "a": 1,\n "b": 2\n}', changesBetween(before, after))).toBe(
      '{\n "a": 1,\n "c": 3\n}',
    );
  });
});

describe('a file that is no JSON', () => {
  it.each([
    ['an open bracket', '{ "a": 1'],
    ['a missing comma', '{ "a": 1 "b": 2 }'],
    ['a list at the top', '[1]'],
    ['a text at the top', '"a"'],
    ['something behind the end', '{} {}'],
    ['unquoted keys', '{ a: 1 }'],
    ['brackets without end', '['.repeat(200_000)],
  ])('is refused: %s', (_, text) => {
    expect(() => json.read(text)).toThrow(Unreadable);
    expect(() => json.edit(text, new Map([['x', { kind: 'set', value: 1 }]]))).toThrow(Unreadable);
  });

  it('says where, and quotes nothing', () => {
    expect(() => json.read('{\n  "token": "s3cret" oops\n}')).toThrow(
      /^line 2, column 21: (?!.*(s3cret|oops))/,
    );
  });
});

// A printer that writes a value in as many manners as people and programs do.
type Style = { indent: string; eol: string; trailing: boolean; comments: boolean; colon: string };
const style = fc.record<Style>({
  indent: fc.constantFrom('', '  ', '    ', '\t'),
  eol: fc.constantFrom('\n', '\r\n'),
  trailing: fc.boolean(),
  comments: fc.boolean(),
  colon: fc.constantFrom(':', ': ', ' : '),
});

function print(value: unknown, s: Style, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const items = isList
    ? value.map((item) => print(item, s, depth + 1))
    : Object.entries(value).map(([key, item]) => JSON.stringify(key) + s.colon + print(item, s, depth + 1));
  if (items.length === 0) return `${open}${close}`;
  if (s.indent === '') return `${open}${items.join(',')}${s.trailing ? ',' : ''}${close}`;
  const pad = s.indent.repeat(depth + 1);
  const note = s.comments ? ` // a, "note" } ]` : '';
  const lines = items.map(
    (item, index) => `${pad}${item}${index < items.length - 1 || s.trailing ? ',' : ''}${note}`,
  );
  return [open, ...lines, s.comments ? `${pad}/* { end */` : '', s.indent.repeat(depth) + close]
    .filter((line) => line !== '')
    .join(s.eol);
}

const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', 'a b', 'ü'),
);
// JSON has no negative zero.
const value = fc.jsonValue({ maxDepth: 2 }).map((content): unknown => JSON.parse(JSON.stringify(content)));
const config = fc.dictionary(key, fc.dictionary(key, value, { maxKeys: 4 }), { maxKeys: 4 });

describe('whatever the file looks like', { timeout: 30_000 }, () => {
  it('an edit of one entry leaves every other byte as it was', () => {
    fc.assert(
      fc.property(config, style, key, fc.option(value), (content, s, name, change) => {
        const others = Object.fromEntries(Object.entries(content).filter(([other]) => other !== name));
        const marked = { ...others, servers: Object.hasOwn(content, name) ? content[name] : {} };
        const text = print(marked, s);
        const before = json.read(text);
        const after = withValueAt(before, ['servers', 'mine'], toPlain(change));
        const edited = json.edit(text, changesBetween(before, after));
        expect(json.read(edited)).toEqual(after);
        // Taking the entry out again brings the very same text back, where the place for it was not empty.
        const back = json.edit(edited, changesBetween(after, before));
        expect(json.read(back)).toEqual(before);
        const had = before['servers'] as PlainMap;
        if (Object.keys(had).length > 0 && !Object.hasOwn(had, 'mine')) expect(back).toBe(text);
        // What stands before and behind the place is there still, in order and unbroken.
        const place = text.indexOf(JSON.stringify('servers'));
        expect(edited.startsWith(text.slice(0, place))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('any change of any content ends in that content', () => {
    fc.assert(
      fc.property(config, config, style, (a, b, s) => {
        const text = print(a, s);
        const before = json.read(text);
        const after = toPlain(b) as PlainMap;
        expect(json.read(json.edit(text, changesBetween(before, after)))).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });
});
