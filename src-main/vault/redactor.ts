import { formsOf } from './redaction-forms.js';

export const MASK = '••••';

/** Windows by which forms are found: a form is looked up by the first 4, 8 or 16 of its characters. */
const WINDOWS = [16, 8, 4] as const;
type Window = (typeof WINDOWS)[number];

const BASE = 0x01000193;
const BITS = 16;
const MASK_BITS = (1 << BITS) - 1;

/** Forms that begin with the same hash of the same number of characters. */
class Bucketed {
  /** A bit for each hash that some form has: nearly every position of a text ends here. */
  readonly seen = new Uint8Array(1 << BITS);
  readonly forms = new Map<number, string[]>();
  /** BASE ^ (window - 1): what a character weighs when it leaves the window. */
  readonly weight: number;

  constructor(readonly window: Window) {
    let weight = 1;
    for (let index = 1; index < window; index += 1) weight = Math.imul(weight, BASE);
    this.weight = weight;
  }

  add(form: string): void {
    let hash = 0;
    for (let index = 0; index < this.window; index += 1)
      hash = (Math.imul(hash, BASE) + form.charCodeAt(index)) | 0;
    this.seen[fold(hash)] = 1;
    const same = this.forms.get(hash);
    if (same) same.push(form);
    else this.forms.set(hash, [form]);
  }
}

function fold(hash: number): number {
  return (hash ^ (hash >>> BITS)) & MASK_BITS;
}

/**
 * Blanks every secret the app has set or read. One pass over the text whatever the number of secrets: a rolling hash
 * of the last 16, 8 and 4 characters says where a secret may begin, and only there are the secrets compared.
 */
export class Redactor {
  #known = new Set<string>();
  #buckets = new Map<Window, Bucketed>();

  /** From now on this value is blanked, in all its forms. Values shorter than four characters are passed over. */
  watch(value: string): void {
    if (this.#known.has(value)) return;
    this.#known.add(value);
    for (const form of formsOf(value)) this.#watchForm(form);
  }

  /** The text with every known secret as ••••. */
  redact(text: string): string {
    if (this.#buckets.size === 0) return text;
    const spans = [...this.#buckets.values()].flatMap((bucketed) => spansIn(text, bucketed));
    if (spans.length === 0) return text;
    return blank(text, spans);
  }

  #watchForm(form: string): void {
    if (this.#known.has(`form ${form}`)) return;
    this.#known.add(`form ${form}`);
    const window = WINDOWS.find((length) => form.length >= length);
    if (window === undefined) return;
    let bucketed = this.#buckets.get(window);
    if (!bucketed) this.#buckets.set(window, (bucketed = new Bucketed(window)));
    bucketed.add(form);
  }
}

type Span = readonly [from: number, to: number];

function spansIn(text: string, { window, weight, seen, forms }: Bucketed): Span[] {
  const spans: Span[] = [];
  if (text.length < window) return spans;
  let hash = 0;
  for (let index = 0; index < window; index += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  for (let start = 0; ; start += 1) {
    if (seen[fold(hash)] === 1) {
      const length = longestAt(text, start, forms.get(hash));
      if (length > 0) spans.push([start, start + length]);
    }
    const next = start + window;
    if (next >= text.length) return spans;
    hash = (Math.imul(hash - Math.imul(text.charCodeAt(start), weight), BASE) + text.charCodeAt(next)) | 0;
  }
}

function longestAt(text: string, start: number, forms: readonly string[] | undefined): number {
  let longest = 0;
  if (forms)
    for (const form of forms)
      if (form.length > longest && text.startsWith(form, start)) longest = form.length;
  return longest;
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
