import { stringify } from 'yaml';
import type { Span, Tree, Written } from './messy-file.js';
import type { Random } from './random.js';

// YAML as people leave it: block and flow in one another, comments at any depth, texts over several lines.

type Manner = { eol: string; comments: boolean; blank: boolean; listsIn: boolean; flow: number };

const NOTES = ['note', 'extensions:', '- name: x', '{ "x": [', '} ] , : |', '𝄞 ü', ''];

export function messyYaml(root: Tree & { kind: 'map' }, random: Random): Written {
  const manner: Manner = {
    eol: random.of(['\n', '\n', '\r\n']),
    comments: random.often(55),
    blank: random.often(30),
    listsIn: random.often(60),
    flow: random.of([0, 10, 10, 35]),
  };
  const writer = new YamlWriter(random, manner);
  writer.file(root);
  return { text: writer.text, entry: writer.entry, value: writer.value };
}

class YamlWriter {
  text = '';
  entry: Span | undefined;
  value: Span | undefined;
  /** Behind the last thing that is neither space nor comment. */
  #solid = 0;

  constructor(
    private readonly random: Random,
    private readonly manner: Manner,
  ) {}

  file(root: Tree & { kind: 'map' }): void {
    const { random, manner } = this;
    if (random.often(8)) this.text += `%YAML 1.2${manner.eol}---${manner.eol}`;
    else if (random.often(12)) this.text += `---${manner.eol}`;
    if (manner.comments && random.often(40)) this.#noteLine(0);
    if (manner.blank && random.often(30)) this.text += manner.eol;
    this.#pairs(root, 0);
    if (manner.comments && random.often(30)) this.#noteLine(random.of([0, 2, 4]));
    if (random.often(15)) this.text = this.text.trimEnd();
    else if (random.often(8)) this.text += `...${manner.eol}`;
  }

  #noteLine(indent: number): void {
    this.text += `${' '.repeat(indent)}#${this.random.of(NOTES)}${this.manner.eol}`;
  }

  /** What may stand behind a value on its line, and the line's end. */
  #endLine(): void {
    this.#solid = this.text.length;
    if (this.random.often(4)) this.text += this.random.of(['  ', '\t']);
    if (this.manner.comments && this.random.often(12)) this.text += ` # ${this.random.of(NOTES)}`;
    this.text += this.manner.eol;
  }

  #between(indent: number): void {
    if (this.manner.blank && this.random.often(15))
      this.text += this.random.of(['', '', '  ']) + this.manner.eol;
    if (this.manner.comments && this.random.often(12))
      this.#noteLine(this.random.of([indent, indent, 0, indent + 2]));
  }

  #pairs(map: Tree & { kind: 'map' }, indent: number, isInline = false): void {
    map.pairs.forEach(([key, value], index) => {
      if (index > 0 || !isInline) {
        if (index > 0) this.#between(indent);
        this.text += ' '.repeat(indent);
      }
      const start = this.text.length;
      this.text += `${this.#key(key)}:`;
      this.#value(value, indent, false, key !== 'name' && key !== 'agentId');
      if (value.kind !== 'leaf' && value.marked) this.entry = { start, end: this.value?.end ?? this.#solid };
    });
  }

  #items(list: Tree & { kind: 'list' }, indent: number): void {
    list.items.forEach((item, index) => {
      if (index > 0) this.#between(indent);
      const start = this.text.length + indent;
      this.text += `${' '.repeat(indent)}-`;
      this.#value(item, indent, true);
      if (item.kind !== 'leaf' && item.marked) this.entry = { start, end: this.value?.end ?? this.#solid };
    });
  }

  #value(value: Tree, indent: number, isItem: boolean, mayBeBlock = true): void {
    const { random, manner } = this;
    if (value.kind === 'leaf') {
      this.#leaf(value.value, indent, mayBeBlock);
      return;
    }
    const count = value.kind === 'map' ? value.pairs.length : value.items.length;
    if (count === 0 || random.often(manner.flow)) {
      this.text += ' ';
      const start = this.text.length;
      this.#flow(value);
      if (value.marked) this.value = { start, end: this.text.length };
      this.#endLine();
      return;
    }
    if (isItem && value.kind === 'map') {
      const gap = random.of([1, 1, 1, 3]);
      this.text += ' '.repeat(gap);
      const start = this.text.length;
      this.#pairs(value, indent + 1 + gap, true);
      if (value.marked) this.value = { start, end: this.#solid };
      return;
    }
    this.#endLine();
    const start = this.text.length;
    if (value.kind === 'map') this.#pairs(value, indent + random.of([2, 2, 2, 4, 1]));
    else this.#items(value, isItem ? indent + 2 : indent + (manner.listsIn ? random.of([2, 2, 4]) : 0));
    if (value.marked) this.value = { start, end: this.#solid };
  }

  #flow(value: Tree): void {
    const { random } = this;
    if (value.kind === 'leaf') {
      this.text += JSON.stringify(value.value);
      return;
    }
    const [open, close] = value.kind === 'map' ? '{}' : '[]';
    this.text += open;
    const gap = random.of(['', ' ', ' ']);
    const inner: (readonly [string | undefined, Tree])[] =
      value.kind === 'map' ? value.pairs : value.items.map((item) => [undefined, item] as const);
    inner.forEach(([key, item], index) => {
      this.text += index === 0 ? gap : random.of([', ', ',  ', ' , ']);
      const start = this.text.length;
      if (key !== undefined) this.text += `${JSON.stringify(key)}: `;
      const from = this.text.length;
      this.#flow(item);
      if (item.kind !== 'leaf' && item.marked) {
        this.value = { start: from, end: this.text.length };
        this.entry = { start, end: this.text.length };
      }
    });
    this.text += (inner.length > 0 ? gap : '') + close;
  }

  #key(key: string): string {
    if (this.random.often(10)) return JSON.stringify(key);
    if (this.random.often(5) && !/[^\x20-\x7e]/.test(key)) return `'${key.replaceAll("'", "''")}'`;
    return stringify(key, { lineWidth: 0 }).trimEnd().startsWith('|')
      ? JSON.stringify(key)
      : stringify(key, { lineWidth: 0, defaultStringType: 'PLAIN', blockQuote: false }).trimEnd();
  }

  #leaf(value: string | number | boolean | null, indent: number, mayBeBlock: boolean): void {
    const { random, manner } = this;
    if (value === null) {
      this.text += random.of(['', ' ~', ' null']);
      return this.#endLine();
    }
    if (mayBeBlock && typeof value === 'string' && random.often(12) && /^[a-z][a-z ,.]*$/i.test(value)) {
      const pad = ' '.repeat(indent + 2);
      this.text += random.of([
        ` |${manner.eol}${pad}${value}`,
        ` >-${manner.eol}${pad}${value}`,
        ` |-${manner.eol}${pad}${value}`,
        ` |+${manner.eol}${pad}${value}${manner.eol}`,
      ]);
      this.#solid = this.text.length;
      this.text += manner.eol;
      return;
    }
    if (typeof value === 'string' && random.often(30)) this.text += ` ${JSON.stringify(value)}`;
    else if (typeof value === 'number')
      this.text += ` ${random.of(['12345678901234567890', '0x1F', '0o14', '1e3', '.inf', '-0', String(value)])}`;
    else this.text += ` ${stringify(value, { lineWidth: 0, blockQuote: false }).trimEnd()}`;
    this.#endLine();
  }
}
