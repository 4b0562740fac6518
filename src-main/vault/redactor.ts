import { formsOf } from './redaction-forms.js';
import { hashOf, hashesOf, powerOf } from './text-hash.js';

export const MASK = '••••';

/** A form is looked for by the hash of this many of its first characters: as many of them as it has. */
const WINDOWS = [16, 8, 4] as const;

const BITS = 16;

/** Forms of one length that begin alike. */
type Group = { length: number; power: number; forms: Map<number, string[]> };

/** Forms that are looked for by the same number of first characters. */
class Index {
  readonly power: number;
  /** A mark for each beginning that some form has. At nearly every place of a text the search ends here. */
  readonly #marks = new Uint8Array(1 << BITS);
  /** Longest first. */
  readonly #groups = new Map<number, Group[]>();

  constructor(readonly window: number) {
    this.power = powerOf(window);
  }

  add(form: string): void {
    const beginning = hashOf(form.slice(0, this.window));
    this.#marks[fold(beginning)] = 1;
    const groups = this.#groups.get(beginning) ?? [];
    this.#groups.set(beginning, groups);
    let group = groups.find(({ length }) => length === form.length);
    if (!group) {
      groups.push((group = { length: form.length, power: powerOf(form.length), forms: new Map() }));
      groups.sort((a, b) => b.length - a.length);
    }
    const whole = hashOf(form);
    group.forms.set(whole, [...(group.forms.get(whole) ?? []), form]);
  }

  mayBegin(beginning: number): boolean {
    return this.#marks[fold(beginning)] === 1;
  }

  groups(beginning: number): readonly Group[] {
    return this.#groups.get(beginning) ?? [];
  }
}

function fold(hash: number): number {
  return (hash ^ (hash >>> BITS)) & ((1 << BITS) - 1);
}

/**
 * Blanks every secret the app has set or read. The time it takes grows with the text, not with the number of secrets,
 * nor with how much of one a hostile text repeats: secrets are compared by hashes that cost the same at any length.
 */
export class Redactor {
  #values = new Set<string>();
  #forms = new Set<string>();
  #indexes: Index[] = [];

  /** From now on this value is blanked, in all its forms. Values shorter than four characters are passed over. */
  watch(value: string): void {
    if (this.#values.has(value)) return;
    this.#values.add(value);
    for (const form of formsOf(value)) {
      if (this.#forms.has(form)) continue;
      this.#forms.add(form);
      this.#indexFor(form)?.add(form);
    }
  }

  /** The text with every known secret as ••••. */
  redact(text: string): string {
    if (this.#indexes.length === 0) return text;
    const hashes = hashesOf(text);
    const spans = this.#indexes.flatMap((index) => spansIn(text, hashes, index));
    return spans.length === 0 ? text : blank(text, spans);
  }

  #indexFor(form: string): Index | undefined {
    const window = WINDOWS.find((length) => form.length >= length);
    if (window === undefined) return undefined;
    let index = this.#indexes.find((one) => one.window === window);
    if (!index) this.#indexes.push((index = new Index(window)));
    return index;
  }
}

type Span = readonly [from: number, to: number];

function spansIn(text: string, hashes: Int32Array, index: Index): Span[] {
  const { window, power } = index;
  const spans: Span[] = [];
  let covered = 0;
  for (let start = 0; start + window <= text.length; start += 1) {
    const beginning = ((hashes[start + window] as number) - Math.imul(hashes[start] as number, power)) | 0;
    if (!index.mayBegin(beginning)) continue;
    for (const group of index.groups(beginning)) {
      const end = start + group.length;
      if (end <= covered) break;
      if (end > text.length || !holds(text, hashes, start, group, start < covered)) continue;
      spans.push([start, end]);
      covered = end;
      break;
    }
  }
  return spans;
}

/**
 * @param isCovered the place is within a secret already. An equal hash is then believed: comparing each time would be
 * slow in a text that repeats a part of a secret, and the worst a chance hit does is to blank a little more.
 */
function holds(text: string, hashes: Int32Array, start: number, group: Group, isCovered: boolean): boolean {
  const whole =
    ((hashes[start + group.length] as number) - Math.imul(hashes[start] as number, group.power)) | 0;
  const forms = group.forms.get(whole);
  return forms !== undefined && (isCovered || forms.some((form) => text.startsWith(form, start)));
}

/** Spans that overlap or touch become one mask, so that two secrets that share characters leave nothing over. */
function blank(text: string, spans: Span[]): string {
  spans.sort(([a], [b]) => a - b);
  let out = '';
  let at = 0;
  let [from, to] = spans[0] as Span;
  for (const [start, end] of spans) {
    if (start > to) {
      out += text.slice(at, from) + MASK;
      [at, from] = [to, start];
      to = end;
    } else to = Math.max(to, end);
  }
  return out + text.slice(at, from) + MASK + text.slice(to);
}
