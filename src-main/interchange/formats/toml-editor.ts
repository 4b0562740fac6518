import type { AST } from 'toml-eslint-parser';
import { isMap, type Plain } from '../plain.js';
import type { Change, ListChanges, MapChanges } from './changes.js';
import { appendItems, removeItems, type CommaList, type ListStyle } from './comma-list.js';
import { Unreadable } from './format.js';
import {
  cutLines,
  isBlank,
  indentationAt,
  lineBreakOf,
  lineEnd,
  lineStart,
  nextLine,
  type Splice,
} from './text.js';
import { tomlKey, tomlPath, tomlTable, tomlValue } from './toml-values.js';

type Path = readonly (string | number)[];
type Table = { path: Path; node: AST.TOMLTable };
/** A `key = value` line, with its path from the top of the file and that of the table it stands in. */
type Pair = { path: Path; within: Path; node: AST.TOMLKeyValue };

const nameOf = (key: AST.TOMLBare | AST.TOMLQuoted): string =>
  key.type === 'TOMLBare' ? key.name : key.value;
const startsWith = (path: Path, prefix: Path): boolean =>
  path.length >= prefix.length && prefix.every((part, index) => part === path[index]);
const isSame = (a: Path, b: Path): boolean => a.length === b.length && startsWith(a, b);
const startOf = (node: AST.TOMLNode): number => node.range[0];
const endOf = (node: AST.TOMLNode): number => node.range[1];
const cannot = (path: Path): Unreadable =>
  new Unreadable(`"${path.join('.')}" is written in a way that cannot be edited safely`);

/**
 * Finds the place of each change. In TOML a map may be a table with a header, tables below it alone, keys with dots,
 * or braces on one line; each is edited in its own manner.
 */
export class TomlEditor {
  readonly splices: Splice[] = [];
  readonly #tables: Table[] = [];
  readonly #pairs: Pair[] = [];
  readonly #style: ListStyle;
  readonly #newTables: { family: Path; lines: string[] }[] = [];
  /** Nothing before this offset stays. */
  #cutUpTo = 0;

  constructor(
    private readonly text: string,
    program: AST.TOMLProgram,
    private readonly which: 'put' | 'remove',
  ) {
    const lineBreak = lineBreakOf(text);
    this.#style = { lineBreak, unit: '  ', comments: { line: '#' }, inline: true, compact: false };
    for (const node of program.body[0].body) {
      if (node.type === 'TOMLKeyValue') this.#addPair([], node);
      else {
        this.#tables.push({ path: node.resolvedKey, node });
        for (const pair of node.body) this.#addPair(node.resolvedKey, pair);
      }
    }
  }

  edit(changes: MapChanges): void {
    this.#map([], changes);
    // New tables come behind new keys at the same place, since what stands below a header belongs to its table.
    this.#newTables.sort((a, b) => b.family.length - a.family.length);
    for (const { family, lines } of this.#newTables) this.#insertTable(family, lines);
  }

  #map(path: Path, changes: MapChanges): void {
    const inline = this.#pairs.find((pair) => isSame(pair.path, path))?.node.value;
    if (inline?.type === 'TOMLInlineTable') return this.#inlineMap(inline, changes, path);
    if (inline) throw cannot(path);
    if (this.#isEmptiedBy(path, changes)) this.#keepEmpty(path as string[]);
    for (const [key, change] of changes) this.#key([...path, key], change);
  }

  /** A table that is only implied by those below it would vanish with the last of them. */
  #isEmptiedBy(path: Path, changes: MapChanges): boolean {
    if (path.length === 0 || this.#tables.some((table) => isSame(table.path, path))) return false;
    const below = [...this.#tables, ...this.#pairs].filter((one) => startsWith(one.path, path));
    return (
      below.every((one) => changes.get(String(one.path[path.length]))?.kind === 'remove') &&
      [...changes.values()].every(({ kind }) => kind === 'remove')
    );
  }

  #keepEmpty(path: string[]): void {
    if (this.#pairs.some((pair) => startsWith(pair.path, path) && !startsWith(pair.within, path)))
      throw cannot(path);
    if (this.which === 'put') this.#newTables.push({ family: path, lines: [`[${tomlPath(path)}]`] });
  }

  #key(path: Path, change: Change): void {
    const pair = this.#pairs.find((one) => isSame(one.path, path));
    if (change.kind === 'remove') return this.which === 'remove' ? this.#remove(path) : undefined;
    if (change.kind === 'map') return this.#map(path, change.changes);
    if (change.kind === 'list') {
      if (pair?.node.value.type !== 'TOMLArray') throw cannot(path);
      return this.#list(pair.node.value, change.changes, path);
    }
    if (this.which === 'remove') return;
    if (pair) this.#replace(pair.node.value, change.value);
    else if (this.#isDefined(path)) throw cannot(path);
    else this.#add(path as string[], change.value);
  }

  #addPair(within: Path, node: AST.TOMLKeyValue): void {
    this.#pairs.push({ path: [...within, ...node.key.keys.map(nameOf)], within, node });
  }

  #isDefined(path: Path): boolean {
    return [...this.#tables, ...this.#pairs].some((one) => startsWith(one.path, path));
  }

  #replace(node: AST.TOMLNode, value: Plain): void {
    this.splices.push({ at: startOf(node), length: endOf(node) - startOf(node), insert: tomlValue(value) });
  }

  #add(path: string[], value: Plain): void {
    const parent = path.slice(0, -1);
    const dotted = this.#pairs.findLast(
      (pair) =>
        pair.path.length > parent.length && startsWith(pair.path, parent) && !startsWith(pair.within, parent),
    );
    // A table that dotted keys made may not be opened again by a header, so it grows the way it began.
    if (dotted)
      return this.#addLine(endOf(dotted.node), path.slice(dotted.within.length), value, dotted.node);
    if (isMap(value)) return void this.#newTables.push({ family: parent, lines: tomlTable(path, value) });
    const header = this.#tables.find((table) => isSame(table.path, parent) && table.node.kind === 'standard');
    if (parent.length === 0) return this.#addAtTop(path, value);
    if (!header) return this.#openTable(parent, `${tomlPath(path.slice(-1))} = ${tomlValue(value)}`);
    const last = header.node.body.at(-1);
    this.#addLine(
      last ? endOf(last) : lineEnd(this.text, startOf(header.node)),
      path.slice(-1),
      value,
      last ?? header.node,
    );
  }

  /** A table that so far has only tables below it gets a header for its first keys. */
  #openTable(path: string[], line: string): void {
    const header = `[${tomlPath(path)}]`;
    const opened = this.#newTables.find(({ lines }) => lines[0] === header);
    if (opened) opened.lines.push(line);
    else this.#newTables.push({ family: path, lines: [header, line] });
  }

  /** A line behind the one that ends at `offset`, as far in as `like`. */
  #addLine(offset: number, path: readonly string[], value: Plain, like: AST.TOMLNode): void {
    const lead = this.#style.lineBreak + indentationAt(this.text, startOf(like));
    this.splices.push({
      at: lineEnd(this.text, offset),
      length: 0,
      insert: `${lead}${tomlPath(path)} = ${tomlValue(value)}`,
    });
  }

  /** Above the first table: what stands below a header belongs to its table. */
  #addAtTop(path: readonly string[], value: Plain): void {
    const last = this.#pairs.findLast((pair) => pair.within.length === 0);
    if (last) return this.#addLine(endOf(last.node), path, value, last.node);
    const line = `${tomlPath(path)} = ${tomlValue(value)}${this.#style.lineBreak}`;
    this.splices.push({ at: 0, length: 0, insert: line + (this.text === '' ? '' : this.#style.lineBreak) });
  }

  /** Behind the last table of the same family, else at the end of the file. */
  #insertTable(family: Path, lines: string[]): void {
    const { lineBreak } = this.#style;
    const last =
      family.length > 0 ? this.#tables.findLast((table) => startsWith(table.path, family)) : undefined;
    const body = lines.join(lineBreak);
    const at = last ? this.#behindNotes(this.#endOfTable(last.node)) : this.text.length;
    if (at < this.text.length) {
      // Where tables stand without a line between them, this one does too.
      const next = nextLine(this.text, at);
      const isTight = next < this.text.length && !isBlank(this.text.slice(next, lineEnd(this.text, next)));
      const gap = isTight ? lineBreak : lineBreak + lineBreak;
      this.splices.push({ at, length: 0, insert: gap + body });
      return;
    }
    const isFirst = this.text === '' && this.splices.length === 0;
    const endsLine = this.text === '' || this.text.endsWith('\n');
    const glue = isFirst ? '' : endsLine ? lineBreak : lineBreak + lineBreak;
    this.splices.push({ at, length: 0, insert: glue + body + (endsLine ? lineBreak : '') });
  }

  #endOfTable(node: AST.TOMLTable): number {
    const last = node.body.at(-1);
    return last ? endOf(last) : lineEnd(this.text, startOf(node));
  }

  /** The end of the line, or of the comments right below it: they belong to what is above, unless to a table below. */
  #behindNotes(offset: number): number {
    let end = lineEnd(this.text, offset);
    const [notes = '', below = ''] =
      /^(?:\r?\n[ \t]*#[^\n]*?)+(?=\r?\n|$)(\r?\n[ \t]*[^\s])?/.exec(this.text.slice(end)) ?? [];
    if (below === '') end += notes.length;
    return end;
  }

  #remove(path: Path): void {
    for (const pair of this.#pairs)
      if (startsWith(pair.path, path) && !startsWith(pair.within, path))
        this.#cutLines(startOf(pair.node), endOf(pair.node));
    let run: { start: number; end: number } | undefined;
    for (const { path: at, node } of this.#tables) {
      if (!startsWith(at, path)) continue;
      const start = lineStart(this.text, startOf(node));
      if (run && isBlank(this.text.slice(run.end, start))) run.end = this.#endOfTable(node);
      else {
        if (run) this.#cutTables(run.start, run.end);
        run = { start, end: this.#endOfTable(node) };
      }
    }
    if (run) this.#cutTables(run.start, run.end);
  }

  #cutLines(start: number, end: number): void {
    const rest = this.text.slice(end, lineEnd(this.text, end));
    const from = lineStart(this.text, start);
    // A comment that shares the line stays.
    if (isBlank(rest)) this.splices.push(cutLines(this.text, from, end));
    else
      this.splices.push({
        at: start,
        length: end - start + (/^\s*/.exec(rest)?.[0].length ?? 0),
        insert: '',
      });
  }

  /** Tables go with an empty line beside them, so that none is left doubled, at the start or at the end. */
  #cutTables(start: number, end: number): void {
    this.#cutLines(start, end);
    const next = nextLine(this.text, end);
    const isBlankBehind = isBlank(this.text.slice(next, lineEnd(this.text, next)));
    if (start === this.#cutUpTo) {
      this.#cutUpTo = isBlankBehind ? nextLine(this.text, next) : next;
      this.splices.push({ at: next, length: this.#cutUpTo - next, insert: '' });
    } else if (isBlankBehind) {
      const before = lineStart(this.text, start - 1);
      if (!isBlank(this.text.slice(before, start))) return;
      const isLast = isBlank(this.text.slice(end));
      this.splices.push(
        isLast ? cutLines(this.text, before, end) : { at: before, length: start - before, insert: '' },
      );
    }
  }

  #inlineMap(node: AST.TOMLInlineTable, changes: MapChanges, path: Path): void {
    const keyOf = ({ key: { keys } }: AST.TOMLKeyValue): string | undefined => keys[0] && nameOf(keys[0]);
    const added: [string, Plain][] = [];
    const gone = new Set<number>();
    for (const [key, change] of changes) {
      const index = node.body.findIndex((pair) => keyOf(pair) === key);
      const pair = node.body[index];
      if (!pair) {
        if (change.kind === 'set') added.push([key, change.value]);
      } else if (change.kind === 'remove') node.body.forEach((one, at) => keyOf(one) === key && gone.add(at));
      else if (pair.key.keys.length > 1) throw cannot([...path, key]);
      else this.#inner(pair.value, change, [...path, key]);
    }
    const list = listOf(node, node.body);
    if (this.which === 'remove' && gone.size > 0)
      this.splices.push(...removeItems(this.text, list, gone, this.#style.comments));
    const render = (): string[] => added.map(([key, value]) => `${tomlKey(key)} = ${tomlValue(value)}`);
    if (this.which === 'put' && added.length > 0)
      this.splices.push(...appendItems(this.text, list, render, this.#style));
  }

  #list(node: AST.TOMLArray, { at, append }: ListChanges, path: Path): void {
    const gone = new Set<number>();
    for (const [index, change] of at) {
      const item = node.elements[index];
      if (change.kind === 'remove') gone.add(index);
      else if (item) this.#inner(item, change, [...path, index]);
    }
    const list = listOf(node, node.elements);
    if (this.which === 'remove' && gone.size > 0)
      this.splices.push(...removeItems(this.text, list, gone, this.#style.comments));
    if (this.which === 'put' && append.length > 0)
      this.splices.push(
        ...appendItems(this.text, list, () => append.map(tomlValue), {
          ...this.#style,
          // An array may run over lines, and one that does goes on doing so.
          inline: node.elements.length === 0,
        }),
      );
  }

  #inner(node: AST.TOMLContentNode, change: Change, path: Path): void {
    if (change.kind === 'map' && node.type === 'TOMLInlineTable') this.#inlineMap(node, change.changes, path);
    else if (change.kind === 'list' && node.type === 'TOMLArray') this.#list(node, change.changes, path);
    else if (change.kind === 'set') {
      if (this.which === 'put') this.#replace(node, change.value);
    } else if (change.kind !== 'remove') throw cannot(path);
  }
}

function listOf(node: AST.TOMLNode, items: readonly AST.TOMLNode[]): CommaList {
  return {
    open: startOf(node) + 1,
    close: endOf(node) - 1,
    items: items.map((item) => ({ start: startOf(item), end: endOf(item) })),
  };
}
