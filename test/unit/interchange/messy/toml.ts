import { tomlKey, tomlValue } from '../../../../src-main/interchange/formats/toml-values.js';
import type { PlainMap, Plain } from '../../../../src-main/interchange/plain.js';
import { isMap } from '../../../../src-main/interchange/plain.js';
import type { Written } from './messy-file.js';
import type { Random } from './random.js';

// TOML as people leave it: tables in any order, keys with dots, braces, arrays over several lines, texts that look like
// tables.

const NOTES = ['note', '[mcp_servers.x]', 'a = "b"', '𝄞 ü "" \'\'', ''];

/** A piece of the text, of the entry that the test is about or of what stands around it. */
type Piece = { text: string; own: boolean };
/** Lines that belong together; one may be made of several pieces. */
type Block = Piece[][];

const linesOf = (lines: readonly string[], own = false): Block => lines.map((text) => [{ text, own }]);

/** `servers` under `at`, among other keys and tables. An entry's place is not one: its lines may be in several. */
export function messyToml(
  at: string,
  servers: ReadonlyMap<string, PlainMap>,
  marked: string,
  random: Random,
): Written {
  const eol = random.of(['\n', '\n', '\r\n']);
  const comments = random.often(55);
  const indent = random.often(20) ? '  ' : '';
  const note = (): string =>
    comments && random.often(15) ? ` # ${random.of(NOTES)}` : random.often(3) ? '  ' : '';
  const noteLines = (): string[] => (comments && random.often(25) ? [`# ${random.of(NOTES)}`] : []);

  const key = (name: string): string =>
    /^[A-Za-z0-9_-]+$/.test(name) ? random.of([name, name, name, `"${name}"`, `'${name}'`]) : tomlKey(name);
  const dot = (): string => random.of(['.', '.', '.', ' . ', '. ']);
  const path = (...names: string[]): string => names.map(key).reduce((all, one) => all + dot() + one);
  const equals = (): string => random.of([' = ', ' = ', '=', '  =  ']);
  const value = (plain: Plain): string => {
    if (Array.isArray(plain) && plain.length > 0 && random.often(35)) {
      const items = plain
        .filter((item) => item !== null)
        .map((item) => `${indent}  ${tomlValue(item)},${comments && random.often(20) ? ' # ], "x"' : ''}`);
      return `[${eol}${items.join(eol)}${eol}${indent}]`;
    }
    if (typeof plain === 'string' && /^[\w ./:-]+$/.test(plain) && random.often(20))
      return random.of([`'${plain}'`, `"""${plain}"""`, `'''${plain}'''`, `"""\\${eol}   ${plain}"""`]);
    if (typeof plain === 'number' && random.often(50))
      return random.of(['1_000', '0xff', '1e3', 'inf', '1979-05-27T07:32:00Z', '9007199254740993', '-0.0']);
    return tomlValue(plain);
  };
  const pairs = (map: PlainMap): string[] =>
    Object.entries(map).flatMap(([name, inner]): string[] => {
      if (inner === null) return [];
      if (isMap(inner) && Object.keys(inner).length > 0 && random.often(25))
        return Object.entries(inner).map(
          ([deep, leaf]) => `${indent}${path(name, deep)}${equals()}${value(leaf)}${note()}`,
        );
      return [...noteLines(), `${indent}${key(name)}${equals()}${value(inner)}${note()}`];
    });
  const header = (...names: string[]): string =>
    `${indent}[${random.of(['', '', ' '])}${path(...names)}${random.of(['', '', ' '])}]${note()}`;

  const blocks: Block[] = [];
  const braces: Block[] = [];
  const inBraces = random.often(12);
  const asPairs = !inBraces && random.often(15);
  if (inBraces) {
    const body = [...servers].flatMap(([name, entry], index): Piece[] => [
      { text: index === 0 ? ' ' : ', ', own: false },
      { text: `${key(name)}${equals()}${tomlValue(entry)}`, own: name === marked },
    ]);
    const close = { text: `${body.length > 0 ? ' ' : ''}}${note()}`, own: false };
    braces.push([[{ text: `${at} = {`, own: false }, ...body, close]]);
  } else if (asPairs) {
    const lines = [...servers].map(([name, entry]): Piece[] => [
      { text: `${indent}${key(name)}${equals()}${tomlValue(entry)}`, own: name === marked },
      { text: note(), own: false },
    ]);
    blocks.push([...linesOf([header(at)]), ...lines]);
  } else {
    if (random.often(15)) blocks.push(linesOf([header(at)]));
    for (const [name, entry] of servers) {
      const flat: PlainMap = Object.create(null) as PlainMap;
      const deep: [string, PlainMap][] = [];
      for (const [field, inner] of Object.entries(entry))
        if (isMap(inner) && random.often(60)) deep.push([field, inner]);
        else flat[field] = inner;
      const isOwn = name === marked;
      const own = [linesOf([...noteLines(), header(at, name), ...pairs(flat)], isOwn)];
      for (const [field, inner] of deep)
        own.push(linesOf([...noteLines(), header(at, name, field), ...pairs(inner)], isOwn));
      if (random.often(10)) own.reverse();
      blocks.push(...own);
    }
  }
  const others: Block[] = [
    [header('profiles', 'x'), `text = """${eol}[${at}.fake]${eol}command = "no"${eol}"""`],
    [...noteLines(), '[[list]]', 'a = 1', '', '[[list]]', 'a = 2', '[list.deep]', 'b = {x = 1, y = [ 1,2 ]}'],
    [header(`${at}2`, 'files'), 'command = "not mine"'],
    [header('empty')],
  ].map((lines) => linesOf(lines));
  for (const other of random.shuffled(others).slice(0, random.upTo(3)))
    blocks.splice(random.upTo(blocks.length), 0, other);
  const top = random.often(60) ? [...noteLines(), `model${equals()}"x"${note()}`, `a.b${equals()}1`] : [];
  const gap = (): string[] => random.of([[''], [''], [''], [], ['', ''], ['# between', '']]);
  const lines = [...linesOf(top), ...(braces[0] ?? [])];
  for (const block of blocks) lines.push(...linesOf(lines.length > 0 ? gap() : []), ...block);
  if (comments && random.often(30)) lines.push(...linesOf(['# end']));
  const pieces = lines.flatMap((line, index) => (index === 0 ? line : [{ text: eol, own: false }, ...line]));
  if (random.often(80)) pieces.push({ text: eol, own: false });
  const text = pieces.map((piece) => piece.text).join('');
  return { text, entry: undefined, value: undefined, outside: outsideOf(pieces) };
}

/** The stretches between the entry's pieces, and before and behind them; one for each gap, empty ones too. */
function outsideOf(pieces: readonly Piece[]): string[] {
  const stretches = [''];
  for (const { text, own } of pieces) {
    if (!own) stretches.push(`${stretches.pop() ?? ''}${text}`);
    else if (text !== '') stretches.push('');
  }
  return stretches;
}
