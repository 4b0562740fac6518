import { formatOf } from '../formats/index.js';
import { Unreadable } from '../formats/format.js';
import type { Plain } from '../plain.js';
import { toPlain } from '../plain.js';

/** `problem`: what the text looked like but is not, for the end of a sentence. */
export type Parsed = { value?: Plain; problem?: string };

/** Parses a text of unknown format by what it begins with. */
export function parseAnything(text: string, _fileName?: string): Parsed {
  if (/^[{[]/.test(text)) return parseJson(text);
  // A piece out of the middle of a file: `"github": { … },`
  if (/^"[^"\n]*"\s*:/.test(text)) {
    const wrapped = parseJson(`{${text.replace(/,\s*$/, '')}}`);
    if (wrapped.value !== undefined) return wrapped;
  }
  return {};
}

function parseJson(text: string): Parsed {
  try {
    return { value: toPlain(JSON.parse(text)) };
  } catch {
    // Most files people keep are not strict JSON.
  }
  try {
    return { value: formatOf('jsonc').read(text) };
  } catch (error) {
    return { problem: `JSON: ${error instanceof Unreadable ? error.message : 'it cannot be read'}.` };
  }
}
