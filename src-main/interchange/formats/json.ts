import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { emptyMap, type Plain, type PlainMap } from '../plain.js';
import type { Change, ListChanges, MapChanges } from './changes.js';
import { appendItems, removeItems, type CommaList, type ListStyle } from './comma-list.js';
import { Unreadable, type TextFormat } from './format.js';
import { applySplices, indentationAt, isBlank, lineBreakOf, type Splice } from './text.js';

/** Turns a text into a tree with positions; `undefined` for a text without content. */
export type TreeReader = (text: string) => Node | undefined;

const SYNTAX: Record<string, string> = {
  InvalidSymbol: 'a word that JSON does not know',
  InvalidNumberFormat: 'a number that JSON does not know',
  PropertyNameExpected: 'a key in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing } is expected',
  CloseBracketExpected: 'a closing ] is expected',
  EndOfFileExpected: 'the file goes on after its end',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a string is not closed',
};

/** JSON with comments and trailing commas, which is what people's files hold whatever their clients accept. */
export const readJsoncTree: TreeReader = (text) => {
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  } catch {
    // The parser is recursive; only a file made for it gets this deep.
    throw new Unreadable('its brackets are nested too deeply');
  }
  const first = errors[0];
  if (!first) return root;
  const name = printParseErrorCode(first.error);
  throw Unreadable.at(text, first.offset, SYNTAX[name] ?? `JSON syntax error (${name})`);
};

/** The format of everything that JSON is a part of; the reader says how much more than JSON is allowed. */
export function jsonFormat(tree: TreeReader): TextFormat {
  const rootOf = (text: string): Node | undefined => {
    const root = tree(text);
    if (root && root.type !== 'object')
      throw Unreadable.at(text, root.offset, 'an object in { } is expected at the top of the file');
    return root;
  };
  return {
    read: (text) => {
      const root = rootOf(text);
      return root ? (plainOf(root) as PlainMap) : emptyMap();
    },
    edit: (text, changes) => {
      if (changes.size === 0) return text;
      const whole = rootOf(text) ? text : withRoot(text);
      // Adding first and removing after it keeps the indices of list items true in both passes.
      const added = pass(whole, rootOf(whole), changes, 'put');
      return pass(added, rootOf(added), changes, 'remove');
    },
  };
}

export const json = jsonFormat(readJsoncTree);

/** A file without content, or with comments alone, gets an object to put things into. */
function withRoot(text: string): string {
  if (isBlank(text)) return `{}${lineBreakOf(text)}`;
  const lineBreak = lineBreakOf(text);
  return text + (text.endsWith('\n') ? '' : lineBreak) + `{}${lineBreak}`;
}

function pass(text: string, root: Node | undefined, changes: MapChanges, which: 'put' | 'remove'): string {
  if (!root) return text;
  const editor = new JsonEditor(text, root, which);
  editor.map(root, changes);
  return applySplices(text, editor.splices);
}

/** The value a node stands for. Of a key that stands twice the last one counts, as for every JSON reader. */
export function plainOf(node: Node): Plain {
  if (node.type === 'array') return (node.children ?? []).map(plainOf);
  if (node.type !== 'object') return node.value as Plain;
  const map = emptyMap();
  for (const [key, { value }] of propertiesOf(node)) map[key] = plainOf(value);
  return map;
}

type Property = { index: number; value: Node };

function propertiesOf(node: Node): Map<string, Property> {
  const properties = new Map<string, Property>();
  node.children?.forEach((child, index) => {
    const [key, value] = child.children ?? [];
    if (key && value) properties.set(String(key.value), { index, value });
  });
  return properties;
}

const endOf = (node: Node): number => node.offset + node.length;

const listOf = (node: Node): CommaList => ({
  open: node.offset + 1,
  close: endOf(node) - 1,
  items: (node.children ?? []).map((child) => ({ start: child.offset, end: endOf(child) })),
});

class JsonEditor {
  readonly splices: Splice[] = [];
  readonly #style: ListStyle;
  readonly #colon: string;

  constructor(
    private readonly text: string,
    root: Node,
    private readonly which: 'put' | 'remove',
  ) {
    const first = root.children?.[0];
    const minified = first !== undefined && !text.trimEnd().includes('\n');
    const compact = minified && !/^\s/.test(text.slice((first.colonOffset ?? 0) + 1));
    this.#colon = compact ? ':' : ': ';
    this.#style = {
      lineBreak: lineBreakOf(text),
      unit: (first && indentationAt(text, first.offset)) || '  ',
      comments: { line: '//', block: ['/*', '*/'] },
      inline: compact,
      compact,
    };
  }

  map(node: Node, changes: MapChanges): void {
    const properties = propertiesOf(node);
    const added: [string, Plain][] = [];
    const gone = new Set<number>();
    for (const [key, change] of changes) {
      const property = properties.get(key);
      if (property && change.kind === 'remove') {
        // An older twin of the key would come to life if only the last one went.
        node.children?.forEach((child, index) => child.children?.[0]?.value === key && gone.add(index));
      } else if (property) this.#change(property.value, change);
      else if (change.kind === 'set') added.push([key, change.value]);
    }
    this.#grow(node, added.length, (indent) =>
      added.map(([key, value]) => this.#property(key, value, indent)),
    );
    this.#shrink(node, gone);
  }

  #list(node: Node, { at, append }: ListChanges): void {
    const gone = new Set<number>();
    for (const [index, change] of at) {
      const item = node.children?.[index];
      if (change.kind === 'remove') gone.add(index);
      else if (item) this.#change(item, change);
    }
    this.#grow(node, append.length, (indent) => append.map((value) => this.#value(value, indent)));
    this.#shrink(node, gone);
  }

  #change(node: Node, change: Change): void {
    if (change.kind === 'map') this.map(node, change.changes);
    else if (change.kind === 'list') this.#list(node, change.changes);
    else if (change.kind === 'set' && this.which === 'put') {
      const insert = this.#value(change.value, indentationAt(this.text, node.offset));
      this.splices.push({ at: node.offset, length: node.length, insert });
    }
  }

  #grow(node: Node, count: number, render: (indent: string | undefined) => string[]): void {
    if (this.which === 'put' && count > 0)
      this.splices.push(...appendItems(this.text, listOf(node), render, this.#style));
  }

  #shrink(node: Node, gone: ReadonlySet<number>): void {
    if (this.which === 'remove' && gone.size > 0)
      this.splices.push(...removeItems(this.text, listOf(node), gone, this.#style.comments));
  }

  #property(key: string, value: Plain, indent: string | undefined): string {
    return JSON.stringify(key) + this.#colon + this.#value(value, indent);
  }

  #value(value: Plain, indent: string | undefined): string {
    const { compact, unit, lineBreak } = this.#style;
    if (compact) return JSON.stringify(value);
    if (indent === undefined) return spaced(value);
    return JSON.stringify(value, null, unit)
      .split('\n')
      .join(lineBreak + indent);
  }
}

/** On one line, with a space behind commas and colons. */
function spaced(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${spaced(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
