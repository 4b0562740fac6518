import JSON5 from 'json5';
import type { Node } from 'jsonc-parser';
import { Unreadable, type TextFormat } from './format.js';
import { jsonFormat, readJsoncTree, type TreeReader } from './json.js';

// The library answers values but not where they stand. This finds the brackets, commas and colons; every word between
// them is the library's to understand.

const SPACE = /[\s\ufeff]/;
const DEEPEST = 2_000;

class Json5Scanner {
  #at = 0;
  #depth = 0;

  constructor(private readonly text: string) {}

  root(): Node | undefined {
    this.#skip();
    if (this.#at >= this.text.length) return undefined;
    const node = this.#value();
    this.#skip();
    if (this.#at < this.text.length) throw this.#fault('the file goes on after its end');
    return node;
  }

  #value(): Node {
    const character = this.text[this.#at];
    if (character === '{') return this.#collection('object', '}', () => this.#property());
    if (character === '[') return this.#collection('array', ']', () => this.#value());
    return this.#word();
  }

  #collection(type: 'object' | 'array', close: string, item: () => Node): Node {
    const offset = this.#at;
    const children: Node[] = [];
    if ((this.#depth += 1) > DEEPEST) throw new Unreadable('its brackets are nested too deeply');
    this.#at += 1;
    for (this.#skip(); this.text[this.#at] !== close; this.#skip()) {
      children.push(item());
      this.#skip();
      if (this.text[this.#at] === ',') this.#at += 1;
      else if (this.text[this.#at] !== close) throw this.#fault(`a comma or a closing ${close} is expected`);
    }
    this.#at += 1;
    this.#depth -= 1;
    return { type, offset, length: this.#at - offset, children };
  }

  #property(): Node {
    const offset = this.#at;
    const key = this.#key();
    this.#skip();
    if (this.text[this.#at] !== ':') throw this.#fault('a colon is expected');
    const colonOffset = this.#at;
    this.#at += 1;
    this.#skip();
    const value = this.#value();
    return { type: 'property', offset, length: this.#at - offset, colonOffset, children: [key, value] };
  }

  #key(): Node {
    if (/["']/.test(this.text[this.#at] ?? '')) return this.#word();
    const offset = this.#at;
    const name =
      /^(?:[\p{L}\p{Nl}$_]|\\u[0-9a-f]{4})(?:[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$\u200c\u200d]|\\u[0-9a-f]{4})*/iu.exec(
        this.text.slice(offset, offset + 1_000),
      )?.[0];
    if (name === undefined) throw this.#fault('a key is expected');
    this.#at += name.length;
    const [value] = Object.keys(this.#parse(`{${name}:0}`, offset) as object);
    return { type: 'string', offset, length: name.length, value };
  }

  /** A string, a number or a word such as `true`. */
  #word(): Node {
    const offset = this.#at;
    const quote = this.text[offset];
    if (quote === '"' || quote === "'") {
      for (this.#at += 1; this.text[this.#at] !== quote; this.#at += 1) {
        if (this.#at >= this.text.length) throw Unreadable.at(this.text, offset, 'a string is not closed');
        if (this.text[this.#at] === '\\') this.#at += 1;
      }
      this.#at += 1;
    } else while (this.#at < this.text.length && /[\w.+-]/.test(this.text[this.#at] ?? '')) this.#at += 1;
    const value = this.#parse(this.text.slice(offset, this.#at), offset);
    const type =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? typeof value
        : 'null';
    return { type: type as Node['type'], offset, length: this.#at - offset, value };
  }

  #parse(word: string, offset: number): unknown {
    try {
      return JSON5.parse(word);
    } catch {
      throw Unreadable.at(this.text, offset, 'a value that JSON5 does not know');
    }
  }

  #skip(): void {
    for (;;) {
      while (this.#at < this.text.length && SPACE.test(this.text[this.#at] ?? '')) this.#at += 1;
      const comment = this.text.startsWith('//', this.#at)
        ? '\n'
        : this.text.startsWith('/*', this.#at)
          ? '*/'
          : undefined;
      if (comment === undefined) return;
      const end = this.text.indexOf(comment, this.#at + 2);
      if (end < 0 && comment === '*/') throw this.#fault('a comment is not closed');
      this.#at = end < 0 ? this.text.length : end + comment.length;
    }
  }

  #fault(reason: string): Unreadable {
    return Unreadable.at(this.text, this.#at, reason);
  }
}

/** JSON with comments first: it is faster, and most JSON5 files are no more than that. */
const readJson5Tree: TreeReader = (text) => {
  try {
    return readJsoncTree(text);
  } catch {
    return new Json5Scanner(text).root();
  }
};

export const json5: TextFormat = jsonFormat(readJson5Tree);
