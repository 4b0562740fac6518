import type { Span, Tree, Written } from './messy-file.js';
import type { Random } from './random.js';

// JSON as people, editors, formatters and hasty scripts leave it behind.

type Manner = {
  layout: 'tall' | 'flat' | 'minified' | 'chaos';
  eol: string;
  unit: string;
  comments: boolean;
  trailing: boolean;
  json5: boolean;
  twins: boolean;
};

const NOTES = ['note', '{ "x": [', '} ] , :', '"mcpServers": {', '// again', '𝄞 ü \\" \'', ''];
const ODD_NUMBERS = ['12345678901234567890', '-0', '1.0', '1e2', '1E400', '0.1000', '-12.5e-3'];
const JSON5_NUMBERS = ['0xFF', '+1', '.5', '5.', 'Infinity', '-Infinity'];

export function messyJson(root: Tree, random: Random, json5: boolean): Written {
  const manner: Manner = {
    layout: random.of(['tall', 'tall', 'tall', 'flat', 'minified', 'chaos']),
    eol: random.of(['\n', '\n', '\r\n']),
    unit: random.of(['  ', '  ', '    ', '\t', ' ', '   ']),
    comments: random.often(50),
    trailing: random.often(35),
    json5: json5 && random.often(70),
    twins: random.often(10),
  };
  const writer = new JsonWriter(random, manner);
  writer.file(root);
  return { text: writer.text, entry: writer.entry, value: writer.value };
}

const isMarked = (tree: Tree | undefined): boolean =>
  tree !== undefined && tree.kind !== 'leaf' && tree.marked === true;

class JsonWriter {
  text = '';
  entry: Span | undefined;
  value: Span | undefined;

  constructor(
    private readonly random: Random,
    private readonly manner: Manner,
  ) {}

  file(root: Tree): void {
    if (this.random.often(20)) this.#put(this.random.of([this.manner.eol, '  ', this.#note(0)]));
    this.#tree(root, 0);
    this.#put(this.random.of(['', this.manner.eol, this.manner.eol + this.manner.eol, '  ']));
    if (this.manner.comments && this.random.often(30)) this.#put(this.#note(0));
  }

  #put(text: string): void {
    this.text += text;
  }

  /** A comment, with what it needs behind it. */
  #note(depth: number): string {
    if (!this.manner.comments) return '';
    const note = this.random.of(NOTES);
    if (this.manner.layout === 'minified' || this.random.often(40)) return `/*${note}*/`;
    return `//${note}${this.manner.eol}${this.manner.unit.repeat(depth)}`;
  }

  /** What may stand between two signs, where nothing has to. */
  #gap(depth: number): void {
    const { layout, eol } = this.manner;
    if (layout === 'minified') {
      if (this.random.often(3)) this.#put(this.#note(depth));
      return;
    }
    if (layout !== 'chaos') {
      if (this.random.often(4)) this.#put(this.random.of([' ', '  ', '\t', this.#note(depth)]));
      return;
    }
    for (let count = this.random.upTo(2); count > 0; count -= 1)
      this.#put(this.random.of(['', ' ', '\t', eol, `${eol}   `, `  ${eol}`, this.#note(depth)]));
  }

  /** Before an item and before the closing bracket. */
  #line(depth: number): void {
    const { layout, eol, unit } = this.manner;
    if (layout === 'tall') {
      if (this.random.often(8)) this.#put(eol + this.random.of(['', '', unit]));
      this.#put(eol + unit.repeat(depth));
      if (this.manner.comments && this.random.often(15))
        this.#put(
          `${this.random.often(60) ? '//' : '/**/ //'}${this.random.of(NOTES)}${eol}${unit.repeat(depth)}`,
        );
      if (this.random.often(3)) this.#put(' ');
    } else if (layout === 'flat') this.#put(this.random.of([' ', ' ', ' ', '', '  ']));
    else this.#gap(depth);
  }

  #tree(tree: Tree, depth: number): void {
    if (tree.kind === 'leaf') return this.#put(this.#leaf(tree.value));
    const start = this.text.length;
    const isMap = tree.kind === 'map';
    this.#put(isMap ? '{' : '[');
    const count = isMap ? tree.pairs.length : tree.items.length;
    const twin =
      isMap && this.manner.twins && count > 0 && !isMarked(tree.pairs[0]?.[1]) && this.random.often(20);
    if (twin) {
      this.#line(depth + 1);
      // An older twin of the first key; the later one counts.
      this.#put(
        `${this.#text((tree.pairs[0] as [string, Tree])[0])}: ${this.random.of(['1', '{}', '"old"'])},`,
      );
    }
    for (let index = 0; index < count; index += 1) {
      this.#line(depth + 1);
      const itemStart = this.text.length;
      const value = isMap ? (tree.pairs[index] as [string, Tree])[1] : (tree.items[index] as Tree);
      if (isMap) {
        this.#put(this.#key((tree.pairs[index] as [string, Tree])[0]));
        this.#gap(depth + 1);
        this.#put(':');
        if (this.manner.layout === 'tall' || this.manner.layout === 'flat')
          this.#put(this.random.often(90) ? ' ' : '');
        this.#gap(depth + 1);
      }
      this.#tree(value, depth + 1);
      if (value.kind !== 'leaf' && value.marked) this.entry = { start: itemStart, end: this.text.length };
      const isLast = index === count - 1;
      if (!isLast || this.manner.trailing) {
        if (this.random.often(6)) this.#gap(depth + 1);
        this.#put(',');
      }
      if (this.manner.layout === 'tall' && this.manner.comments && this.random.often(12))
        this.#put(
          ` ${this.random.often(70) ? `// ${this.random.of(NOTES)}` : `/* ${this.random.of(NOTES)} */`}`,
        );
    }
    if (count > 0 || this.random.often(30)) this.#line(depth);
    this.#put(isMap ? '}' : ']');
    if (tree.marked) this.value = { start, end: this.text.length };
  }

  #key(key: string): string {
    if (this.manner.json5 && /^[A-Za-z_$][\w$]*$/.test(key) && this.random.often(50)) return key;
    return this.#text(key);
  }

  #text(text: string): string {
    if (this.manner.json5 && this.random.often(30))
      return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
    const plain = JSON.stringify(text);
    // A character may be written by its number.
    return this.random.often(5) && !plain.includes('\\')
      ? plain.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
      : plain;
  }

  #leaf(value: string | number | boolean | null): string {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number' && this.random.often(60))
      return this.random.of(this.manner.json5 ? [...ODD_NUMBERS, ...JSON5_NUMBERS] : ODD_NUMBERS);
    return JSON.stringify(value);
  }
}
