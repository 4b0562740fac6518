import { Unreadable, type FormatName } from '../formats/format.js';
import { formatOf } from '../formats/index.js';
import { toPlain, valueAt, type Plain } from '../plain.js';

/** `problem`: what the text looks like but is not, for the end of a sentence. */
export type Parsed = { value?: Plain; problem?: string };

const TABLE = /^\s*\[\[?[\w."' -]+\]\]?\s*(?:#.*)?$/m;
const ASSIGNMENT = /^\s*[\w."-]+\s*=\s*(?:["'[{]|\d|true|false)/m;
const MAPPING = /^\s*(?:-\s+)?(?:"[^"\n]*"|'[^'\n]*'|[\w@./ -]+):(?:\s|$)/m;
/** What the reference servers' READMEs show for Zed: square brackets around what has names. */
const LIST_OF_NAMED = /^("\w{1,60}")\s*:\s*\[(\s*"[^"\n]*"\s*:\s*\{[\s\S]*\}[ \t\r\n,]*)\],?$/;

/** Parses a text of unknown format by what it looks like; the file's name has a say where there is one. */
export function parseAnything(text: string, fileName?: string): Parsed {
  const extension = /\.(\w+)$/.exec(fileName ?? '')?.[1]?.toLowerCase();
  if (extension === 'toml') return parseAs('toml', text);
  if (extension === 'yaml' || extension === 'yml') return parseYaml(text);
  if (/^(?:[{[]|\/\/|\/\*)/.test(text)) {
    const json = parseJson(text);
    return json.value === undefined && text.startsWith('[') && TABLE.test(text)
      ? parseAs('toml', text)
      : json;
  }
  // A piece out of the middle of a file: `"github": { … },`
  if (/^(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)\s*:\s*\{/.test(text)) {
    const wrapped = parseJson(`{${text.replace(/,\s*$/, '')}}`);
    if (wrapped.value !== undefined) return wrapped;
  }
  const [, key, entries] = LIST_OF_NAMED.exec(text) ?? [];
  if (key !== undefined && entries !== undefined) {
    const wrapped = parseJson(`{${key}: {${entries}}}`);
    if (wrapped.value !== undefined) return wrapped;
  }
  if (TABLE.test(text) || (ASSIGNMENT.test(text) && text.includes('\n'))) return parseAs('toml', text);
  if (MAPPING.test(text) && text.includes('\n')) return parseYaml(text);
  return {};
}

function parseJson(text: string): Parsed {
  try {
    return { value: toPlain(JSON.parse(text)) };
  } catch {
    // Most files people keep are not strict JSON; of those that fail the formats below say where.
  }
  const listed = text.startsWith('[');
  const whole = listed ? `{"servers":${text}}` : text;
  const parsed = parseAs('jsonc', whole);
  const value = parsed.value === undefined ? parseAs('json5', whole).value : parsed.value;
  if (value === undefined) return listed ? { problem: 'JSON list that can be read.' } : parsed;
  return { value: listed ? (valueAt(value, ['servers']) ?? null) : value };
}

/** A list at the top is lawful YAML, though no client keeps one. */
function parseYaml(text: string): Parsed {
  if (!/^\s*-\s/.test(text)) return parseAs('yaml', text);
  const parsed = parseAs('yaml', `servers:\n${text}`);
  return parsed.value === undefined ? parsed : { value: valueAt(parsed.value, ['servers']) ?? null };
}

const TITLES: Record<FormatName, string> = {
  json: 'JSON',
  jsonc: 'JSON',
  json5: 'JSON5',
  toml: 'TOML',
  yaml: 'YAML',
};

function parseAs(format: FormatName, text: string): Parsed {
  try {
    return { value: formatOf(format).read(text) };
  } catch (error) {
    const reason = error instanceof Unreadable ? error.message : 'it cannot be read';
    return { problem: `${TITLES[format]} that can be read: ${reason}.` };
  }
}
