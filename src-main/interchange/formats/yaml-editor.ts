import {
  isMap as isYamlMap,
  isScalar,
  isSeq,
  stringify,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isMap, mapOf, type Plain } from '../plain.js';
import type { Change, ListChanges, MapChanges } from './changes.js';
import { appendItems, removeItems, type ListStyle } from './comma-list.js';
import { Unreadable } from './format.js';
import { beginsLine, cutLines, isBlank, lineBreakOf, lineEnd, lineStart, type Splice } from './text.js';

type Token = { type: string; offset: number };
/** What the parser keeps of an item of a block collection: where its dash, its key and its colon stand. */
type SourceItem = { start: Token[]; key?: Token | null; sep?: Token[] };
type Collection = YAMLMap | YAMLSeq;

/** A key or a dash, and the value that belongs to it. */
type Item = { at: number; behindMark: number; name: string; value: ParsedNode | null; end: number };

const cannot = (name: string): Unreadable =>
  new Unreadable(`"${name}" is written in a way that cannot be edited safely`);

export class YamlEditor {
  readonly splices: Splice[] = [];
  readonly #lineBreak: string;
  readonly #flow: ListStyle;

  constructor(
    private readonly text: string,
    private readonly which: 'put' | 'remove',
  ) {
    this.#lineBreak = lineBreakOf(text);
    this.#flow = {
      lineBreak: this.#lineBreak,
      unit: '  ',
      comments: { line: '#' },
      inline: false,
      compact: false,
    };
  }

  /** `root` is what the parser made of the text; `null` for one without content. */
  edit(root: ParsedNode | null, changes: MapChanges): void {
    if (isYamlMap(root)) return this.#map(root as YAMLMap, changes, undefined);
    const added = [...changes].flatMap(([key, change]) =>
      change.kind === 'set' ? [pairLines(key, change.value)] : [],
    );
    if (this.which === 'remove' || added.length === 0) return;
    const glue = this.text === '' || this.text.endsWith('\n') ? '' : this.#lineBreak;
    const insert = glue + added.flat().join(this.#lineBreak) + this.#lineBreak;
    this.splices.push({ at: this.text.length, length: 0, insert });
  }

  /** `holder` is the item whose value the map is; none for the top of the file. */
  #map(node: YAMLMap, changes: MapChanges, holder: Item | undefined): void {
    const items = this.#itemsOf(node);
    const added: [string, Plain][] = [];
    const gone = new Set<number>();
    for (const [key, change] of changes) {
      const index = items.findIndex(({ name }) => name === key);
      const item = items[index];
      if (!item) {
        if (change.kind === 'set') added.push([key, change.value]);
      } else if (change.kind === 'remove') gone.add(index);
      else this.#change(item, change, node.flow === true);
    }
    this.#grow(node, items, added.length, holder, {
      flow: () => added.map(([key, value]) => `${flowText(key)}: ${flowText(value)}`),
      block: () => added.flatMap(([key, value]) => pairLines(key, value)),
    });
    this.#shrink(node, items, gone, holder, '{}');
  }

  #list(node: YAMLSeq, { at, append }: ListChanges, holder: Item): void {
    const items = this.#itemsOf(node);
    const gone = new Set<number>();
    for (const [index, change] of at) {
      const item = items[index];
      if (change.kind === 'remove') gone.add(index);
      else if (item) this.#change(item, change, node.flow === true);
    }
    this.#grow(node, items, append.length, holder, {
      flow: () => append.map(flowText),
      block: () => blockLines(append),
    });
    this.#shrink(node, items, gone, holder, '[]');
  }

  #change(item: Item, change: Change, inFlow: boolean): void {
    const { value } = item;
    if (change.kind === 'map') {
      if (!isYamlMap(value)) throw cannot(item.name);
      return this.#map(value as YAMLMap, change.changes, item);
    }
    if (change.kind === 'list') {
      if (!isSeq(value)) throw cannot(item.name);
      return this.#list(value as YAMLSeq, change.changes, item);
    }
    if (change.kind === 'set' && this.which === 'put') this.#replace(item, change.value, inFlow);
  }

  #replace(item: Item, next: Plain, inFlow: boolean): void {
    const { value } = item;
    const isFilled = typeof next === 'object' && next !== null && Object.keys(next).length > 0;
    if (!inFlow && isFilled) {
      if (value && isBlockCollection(value)) return this.#replaceBlock(item, value, next);
      // Only nothing gives way to a block: an anchor, a tag or a text would need to be taken apart.
      if (value && !(isScalar(value) && isBlank(this.text.slice(value.range[0], value.range[1])))) {
        const length = this.#endOf(value) - value.range[0];
        this.splices.push({ at: value.range[0], length, insert: flowText(next) });
        return;
      }
      const indent = ' '.repeat(this.#columnOf(item) + 2);
      const lines = blockLines(next).map((line) => this.#lineBreak + indent + line);
      this.splices.push({ at: lineEnd(this.text, item.end), length: 0, insert: lines.join('') });
      return;
    }
    const insert = inFlow || isFilled ? flowText(next) : blockLines(next).join(' ');
    if (!value || value.range[0] === value.range[1]) {
      this.splices.push({ at: item.behindMark, length: 0, insert: ` ${insert}` });
      return;
    }
    const end = this.#endOf(value);
    this.splices.push({ at: value.range[0], length: end - value.range[0], insert });
  }

  /** One block in the place of another, as far in as that one; what stands behind its key stays. */
  #replaceBlock(holder: Item, old: Collection & ParsedNode, next: Plain): void {
    const start = old.range[0];
    const column = start - lineStart(this.text, start);
    // A list may stand right below its key, which a map may not.
    const indent = beginsLine(this.text, start)
      ? Math.max(column, this.#columnOf(holder) + (Array.isArray(next) ? 0 : 1))
      : column;
    const lead = ' '.repeat(indent);
    const insert = ' '.repeat(indent - column) + blockLines(next).join(this.#lineBreak + lead);
    this.splices.push({ at: start, length: this.#endOf(old) - start, insert });
  }

  #grow(
    node: Collection,
    items: readonly Item[],
    count: number,
    holder: Item | undefined,
    render: { flow: () => string[]; block: () => string[] },
  ): void {
    if (this.which === 'remove' || count === 0) return;
    const [start = 0, end = 0] = node.range ?? [];
    const last = items.at(-1);
    if (node.flow && (last || !holder || !beginsFlowLine(this.text, holder, start))) {
      const list = {
        open: start + 1,
        close: end - 1,
        items: items.map((item) => ({ start: item.at, end: item.end })),
      };
      this.splices.push(...appendItems(this.text, list, render.flow, { ...this.#flow, inline: !last }));
      return;
    }
    if (node.flow && holder) {
      // `[]` and `{}` are how an empty block is written; what is added makes it one.
      this.splices.push({ at: holder.behindMark, length: end - holder.behindMark, insert: '' });
      const indent = ' '.repeat(this.#columnOf(holder) + 2);
      const lines = render.block().map((line) => this.#lineBreak + indent + line);
      this.splices.push({ at: lineEnd(this.text, end), length: 0, insert: lines.join('') });
      return;
    }
    if (!last) return;
    const first = items[0] ?? last;
    const indent = ' '.repeat(this.#columnOf(first));
    const lines = render.block().map((line) => this.#lineBreak + indent + line);
    this.splices.push({ at: lineEnd(this.text, last.end), length: 0, insert: lines.join('') });
  }

  #shrink(
    node: Collection,
    items: readonly Item[],
    gone: ReadonlySet<number>,
    holder: Item | undefined,
    empty: string,
  ): void {
    if (this.which === 'put' || gone.size === 0) return;
    const [start = 0, end = 0] = node.range ?? [];
    if (node.flow) {
      const list = {
        open: start + 1,
        close: end - 1,
        items: items.map((item) => ({ start: item.at, end: item.end })),
      };
      this.splices.push(...removeItems(this.text, list, gone, this.#flow.comments));
      return;
    }
    if (gone.size === items.length && holder)
      this.splices.push({ at: holder.behindMark, length: 0, insert: ` ${empty}` });
    for (const index of gone) this.#cut(items, index, gone);
  }

  #cut(items: readonly Item[], index: number, gone: ReadonlySet<number>): void {
    const { at, end, name } = items[index] as Item;
    const from = lineStart(this.text, at);
    const rest = this.text.slice(end, lineEnd(this.text, end));
    if (beginsLine(this.text, at)) {
      if (isBlank(rest)) this.splices.push(cutLines(this.text, from, end));
      else this.splices.push({ at, length: end - at + (/^\s*/.exec(rest)?.[0].length ?? 0), insert: '' });
      return;
    }
    // The first key of a list's item shares its line with the dash; the next one takes its place.
    const next = items[index + 1];
    if (!next || gone.has(index + 1) || !isBlank(this.text.slice(end, next.at))) throw cannot(name);
    this.splices.push({ at, length: next.at - at, insert: '' });
  }

  #itemsOf(node: Collection): Item[] {
    const sources = (node.srcToken as { items?: SourceItem[] } | undefined)?.items ?? [];
    return isYamlMap(node)
      ? node.items.map((pair, index) => {
          const key = pair.key as ParsedNode;
          const value = pair.value as ParsedNode | null;
          const colon = markOf(sources[index]?.sep, 'map-value-ind');
          const name = keyText(key);
          if (!key.range || (!node.flow && colon === undefined)) throw cannot(name);
          const behindMark = (colon ?? key.range[1]) + 1;
          const end = value && value.range[1] > value.range[0] ? this.#endOf(value) : behindMark;
          return { at: key.range[0], behindMark, name, value, end: Math.max(end, key.range[1]) };
        })
      : node.items.map((item, index) => {
          const value = item as ParsedNode;
          const dash = markOf(sources[index]?.start, 'seq-item-ind');
          const at = node.flow ? value.range[0] : dash;
          if (at === undefined) throw cannot(`item ${index + 1}`);
          const end = value.range[1] > value.range[0] ? this.#endOf(value) : at + 1;
          return { at, behindMark: at + 1, name: `item ${index + 1}`, value, end };
        });
  }

  /** Where a node's own text ends. The parser counts comments and line breaks behind a block to the block. */
  #endOf(node: ParsedNode): number {
    if ((isYamlMap(node) || isSeq(node)) && !node.flow) {
      const last = this.#itemsOf(node as Collection).at(-1);
      if (last) return last.end;
    }
    const [start, end] = node.range;
    // Empty lines are a part of a text that says so: `|+`.
    if (/^[|>]\d?\+/.test(this.text.slice(start, start + 3)))
      return end - (/\r?\n$/.exec(this.text.slice(start, end))?.[0].length ?? 0);
    let at = end;
    while (at > start && /\s/.test(this.text[at - 1] ?? '')) at -= 1;
    return at;
  }

  #columnOf({ at }: Item): number {
    return at - lineStart(this.text, at);
  }
}

/** A key as the content has it: nothing at all, or `~`, is an empty name there. */
export const keyText = (key: unknown): string => (isScalar(key) ? String(key.value ?? '') : '');

const isBlockCollection = (node: ParsedNode): node is Collection & ParsedNode =>
  (isYamlMap(node) || isSeq(node)) && !node.flow;

const markOf = (tokens: Token[] | undefined, type: string): number | undefined =>
  tokens?.find((token) => token.type === type)?.offset;

/** True for `key: {}` on a line of its own, and not within other braces. */
function beginsFlowLine(text: string, holder: Item, start: number): boolean {
  const lead = text.slice(lineStart(text, holder.at), holder.at);
  return /^[ -]*$/.test(lead) && isBlank(text.slice(holder.behindMark, start));
}

// `compat` quotes what YAML 1.1, which some clients read, would take for a switch: yes, no, on, off.
const BLOCK = { lineWidth: 0, blockQuote: false, compat: 'yaml-1.1' } as const;

/** A value as lines of block style, the first one without indentation. */
function blockLines(value: Plain): string[] {
  return stringify(value, BLOCK).replace(/\n$/, '').split('\n');
}

function pairLines(key: string, value: Plain): string[] {
  return blockLines(mapOf([[key, value]]));
}

/** A value on one line; JSON is lawful YAML, and safe within brackets. */
function flowText(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (isMap(value)) {
    const pairs = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${flowText(inner)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  return JSON.stringify(value);
}
