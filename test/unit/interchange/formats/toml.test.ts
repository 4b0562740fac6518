import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../../src-main/interchange/formats/changes.js';
import { Unreadable } from '../../../../src-main/interchange/formats/format.js';
import { toml } from '../../../../src-main/interchange/formats/toml.js';
import { tomlTable, tomlValue } from '../../../../src-main/interchange/formats/toml-values.js';
import {
  isMap,
  toPlain,
  valueAt,
  withValueAt,
  type Plain,
  type PlainMap,
} from '../../../../src-main/interchange/plain.js';

function edit(text: string, path: string[], value: unknown): string {
  const before = toml.read(text);
  const parent = path.slice(0, -1);
  const map = Object.assign(Object.create(null), valueAt(before, parent)) as PlainMap;
  delete map[path.at(-1) ?? ''];
  const after =
    value === undefined ? withValueAt(before, parent, map) : withValueAt(before, path, toPlain(value));
  const edited = toml.edit(text, changesBetween(before, after));
  expect(toml.read(edited)).toEqual(after);
  return edited;
}

const FILE = `# mine
model = "o3" # the big one

[mcp_servers.b]
command = "npx"
args = [
  "-y", # yes
  "pkg",
]

[mcp_servers.b.env]
KEY = "v" # why

# the rest
[tui]
theme = "dark"
`;

describe('adding to a TOML file', () => {
  it('puts a table behind its family', () => {
    expect(edit(FILE, ['mcp_servers', 'a'], { command: 'x', args: ['y'], env: { K: 'v' } })).toBe(
      FILE.replace(
        'KEY = "v" # why\n',
        'KEY = "v" # why\n\n[mcp_servers.a]\ncommand = "x"\nargs = ["y"]\n\n[mcp_servers.a.env]\nK = "v"\n',
      ),
    );
  });

  it.each([
    ['an empty file', '', '[s.a]\nx = 1\n'],
    ['a file without the place', 'y = 2\n', 'y = 2\n\n[s.a]\nx = 1\n'],
    ['a file without a last line break', 'y = 2', 'y = 2\n\n[s.a]\nx = 1'],
    ['CRLF', '[s.b]\r\ny = 2\r\n', '[s.b]\r\ny = 2\r\n\r\n[s.a]\r\nx = 1\r\n'],
    ['braces', 's = { b = { y = 2 } }\n', 's = { b = { y = 2 }, a = { x = 1 } }\n'],
    ['empty braces', 's = {}\n', 's = { a = { x = 1 } }\n'],
    ['dotted keys', 's.b.y = 2\nz = 1\n', 's.b.y = 2\ns.a = { x = 1 }\nz = 1\n'],
    ['an open table', '[s]\nb = { y = 2 }\n', '[s]\nb = { y = 2 }\n\n[s.a]\nx = 1\n'],
  ])('%s', (_, before, after) => expect(edit(before, ['s', 'a'], { x: 1 })).toBe(after));

  it.each([
    [
      'behind a note to the last one',
      '[s.b]\ny = 2\n# z = 3\n\n[t]\n',
      '[s.b]\ny = 2\n# z = 3\n\n[s.a]\nx = 1\n\n[t]\n',
    ],
    [
      'before a note to the next one',
      '[s.b]\ny = 2\n# about t\n[t]\n',
      '[s.b]\ny = 2\n[s.a]\nx = 1\n# about t\n[t]\n',
    ],
    [
      'without an empty line where there are none',
      '[s.b]\ny = 2\n[t]\n',
      '[s.b]\ny = 2\n[s.a]\nx = 1\n[t]\n',
    ],
  ])('puts a table %s', (_, before, after) => {
    expect(edit(before, ['s', 'a'], { x: 1 })).toBe(after);
    expect(edit(after, ['s', 'a'], undefined)).toBe(before);
  });

  it('quotes names that need it', () => {
    expect(edit('', ['s', 'a b."c"'], { x: 'ü\n\u007f' })).toBe('[s."a b.\\"c\\""]\nx = "ü\\n\\u007f"\n');
  });

  it('adds a key to a table that only has tables below it', () => {
    expect(edit('[s.a.env]\nK = "v"\n', ['s', 'a', 'command'], 'x')).toBe(
      '[s.a.env]\nK = "v"\n\n[s.a]\ncommand = "x"\n',
    );
  });

  it('adds a key above the tables', () => {
    expect(edit('[s]\nx = 1\n', ['top'], true)).toBe('top = true\n\n[s]\nx = 1\n');
  });
});

describe('changing a TOML file', () => {
  it.each([
    [['mcp_servers', 'b', 'command'], 'node', 'command = "npx"', 'command = "node"'],
    [['mcp_servers', 'b', 'args'], ['-y', 'pkg', 'z'], '  "pkg",\n', '  "pkg",\n  "z",\n'],
    [['mcp_servers', 'b', 'args'], ['-y', 'other'], '"pkg"', '"other"'],
    [['mcp_servers', 'b', 'args'], ['pkg'], '  "-y", # yes\n', '  # yes\n'],
    [['mcp_servers', 'b', 'cwd'], '/x', '  "pkg",\n]\n', '  "pkg",\n]\ncwd = "/x"\n'],
    [['mcp_servers', 'b', 'env', 'KEY'], 'w', 'KEY = "v"', 'KEY = "w"'],
    [['mcp_servers', 'b', 'env', 'L'], 'w', 'KEY = "v" # why\n', 'KEY = "v" # why\nL = "w"\n'],
    [['mcp_servers', 'b', 'env'], undefined, '\n[mcp_servers.b.env]\nKEY = "v" # why\n', '# why\n'],
    [['model'], undefined, 'model = "o3" # the big one', '# the big one'],
  ])('%j to %j', (path, value, from, to) => expect(edit(FILE, path, value)).toBe(FILE.replace(from, to)));

  it('takes a table out with all below it', () => {
    const text = '[s.a]\nx = 1\n\n[s.a.env]\nK = "v"\n\n[s.b]\ny = 2\n';
    expect(edit(text, ['s', 'a'], undefined)).toBe('[s.b]\ny = 2\n');
    expect(edit(text, ['s', 'b'], undefined)).toBe('[s.a]\nx = 1\n\n[s.a.env]\nK = "v"\n');
  });

  it('takes a table and those below it out of the end of a file without a last line break', () => {
    const text = '[s.b]\r\ny = 2\r\n\r\n[s.a]\r\nx = 1\r\n\r\n[s.a.env]\r\nK = "v"';
    expect(edit(text, ['s', 'a'], undefined)).toBe('[s.b]\r\ny = 2');
  });

  it('takes an entry out of braces', () => {
    expect(edit('s = { a = { x = 1 }, b = 2 }\n', ['s', 'a'], undefined)).toBe('s = { b = 2 }\n');
  });

  it('treats __proto__ as a key like any other', () => {
    const text = edit('[s.constructor]\nx = 1\n', ['s', '__proto__'], { y: 2 });
    expect(text).toBe('[s.constructor]\nx = 1\n\n[s.__proto__]\ny = 2\n');
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
  });
});

describe('a file that is no TOML', () => {
  it.each([
    ['an open string', 'a = "x'],
    ['a key that stands twice', 'a = 1\na = 2'],
    ['JSON', '{ "a": 1 }'],
    ['brackets without end', `a = ${'['.repeat(100_000)}`],
  ])('is refused: %s', (_, text) => expect(() => toml.read(text)).toThrow(Unreadable));

  it('says where, and quotes nothing', () => {
    expect(() => toml.read('x = 1\ntoken = s3cret\n')).toThrow(/^line 2, column \d+: (?!.*s3cret)/);
  });
});

const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme-ascii' }),
  fc.constantFrom('a-b', 'env', 'x.y', 'ü'),
);
const scalar = fc.oneof(
  fc.string({ maxLength: 8 }).filter((text) => text.isWellFormed()),
  fc.integer(),
  fc.boolean(),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(key, scalar, { maxKeys: 2, noNullPrototype: true }),
);
const entry = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
const servers = fc.dictionary(key, entry, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
const manner = fc.constantFrom('tables', 'braces', 'pairs');

function print(content: PlainMap, how: string, eol: string): string {
  const lines = ['# first', 'top = 1 # note', ''];
  const entries = Object.entries(content['s'] as PlainMap);
  if (how === 'braces') lines.push(`s = ${tomlValue(content['s'] as Plain)} # one`, '');
  else if (how === 'pairs')
    lines.push('[s]', ...entries.map(([name, one]) => `${tomlValue(name)} = ${tomlValue(one)} # note`), '');
  else
    for (const [name, one] of entries) lines.push('# about', ...tomlTable(['s', name], one as PlainMap), '');
  return [...lines, '# last', '[z]', 'end = true # bye', ''].join(eol);
}

describe('whatever the file looks like', { timeout: 30_000 }, () => {
  it('an edit of one entry leaves every other byte as it was', () => {
    fc.assert(
      fc.property(servers, entry, manner, fc.constantFrom('\n', '\r\n'), (content, mine, how, eol) => {
        const { mine: _, ...others } = content;
        fc.pre(Object.keys(others).length > 0);
        const text = print(toPlain({ s: others }) as PlainMap, how, eol);
        const before = toml.read(text);
        const after = withValueAt(before, ['s', 'mine'], toPlain(mine));
        const edited = toml.edit(text, changesBetween(before, after));
        expect(toml.read(edited)).toEqual(after);
        expect(toml.edit(edited, changesBetween(after, before))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('any change of the entries ends in that content, or is refused', () => {
    fc.assert(
      fc.property(servers, servers, manner, (a, b, how) => {
        const text = print(toPlain({ s: a }) as PlainMap, how, '\n');
        const before = toml.read(text);
        const after = withValueAt(before, ['s'], toPlain(b));
        let edited: string;
        try {
          edited = toml.edit(text, changesBetween(before, after));
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable);
          return;
        }
        expect(isMap(toml.read(edited)['s'])).toBe(true);
        expect(toml.read(edited)).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });
});
