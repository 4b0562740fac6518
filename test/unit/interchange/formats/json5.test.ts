import fc from 'fast-check';
import JSON5 from 'json5';
import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../../src-main/interchange/formats/changes.js';
import { Unreadable } from '../../../../src-main/interchange/formats/format.js';
import { json5 } from '../../../../src-main/interchange/formats/json5.js';
import { toPlain, withValueAt } from '../../../../src-main/interchange/plain.js';

const FILE = `// hub
{
  mcpServers: {
    'one': {
      command: "npx", // run
      args: ['-y', "it's",],
      timeout: 0x10,
      "constructor": +.5,
    },
  },
  /* ü */ größe: Infinity,
}
`;

describe('a JSON5 file', () => {
  it('is read as the library reads it', () => {
    expect(json5.read(FILE)).toEqual(toPlain(JSON5.parse(FILE)));
  });

  it('is edited in place', () => {
    const before = json5.read(FILE);
    const after = withValueAt(before, ['mcpServers', 'two'], toPlain({ url: 'https://x.test' }));
    expect(json5.edit(FILE, changesBetween(before, after))).toBe(
      FILE.replace('+.5,\n    },\n', '+.5,\n    },\n    "two": {\n      "url": "https://x.test"\n    },\n'),
    );
    const changed = withValueAt(before, ['mcpServers', 'one', 'args'], ['-y', 'x']);
    expect(json5.edit(FILE, changesBetween(before, changed))).toBe(FILE.replace(`"it's"`, '"x"'));
    const gone = withValueAt(before, ['mcpServers'], toPlain({}));
    expect(json5.edit(FILE, changesBetween(before, gone))).toBe(
      '// hub\n{\n  mcpServers: {\n  },\n  /* ü */ größe: Infinity,\n}\n',
    );
  });

  it.each([
    ['{ a: }'],
    ['{ a: 1'],
    ["{ 'a: 1 }"],
    ['{ a 1 }'],
    ['{ /* }'],
    ['{} {}'],
    ['[1]'],
    ['{ a: what }'],
    ['['.repeat(100_000)],
  ])('is refused (%#)', (text) => expect(() => json5.read(text)).toThrow(Unreadable));

  it('holds whatever JSON5 can', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 2, '\t'),
        (content, space) => {
          // Its printer leaves keys bare where it may and takes either quote; a bare `__proto__` is a key too.
          const text = JSON5.stringify(content, null, space);
          expect(json5.read(`${text} // end`)).toEqual(toPlain(JSON5.parse(text)));
        },
      ),
    );
  });
});
