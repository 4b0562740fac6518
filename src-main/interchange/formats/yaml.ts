import { isMap as isYamlMap, isScalar, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import { emptyMap, isMap, toPlain, type PlainMap } from '../plain.js';
import { Unreadable, type TextFormat } from './format.js';
import { applySplices } from './text.js';
import { keyText, YamlEditor } from './yaml-editor.js';

/** The parser takes seconds for a megabyte and holds the whole app while it does; no person's config is this long. */
const LONGEST = 1_000_000;

const SYNTAX: Record<string, string> = {
  BAD_INDENT: 'its indentation is not that of its neighbours',
  MISSING_CHAR: 'a bracket, a quote or a colon is missing',
  MULTIPLE_DOCS: 'it holds several documents',
  TAB_AS_INDENT: 'a tab is used as indentation',
  UNEXPECTED_TOKEN: 'something stands where it cannot',
};

/** YAML 1.2, edited in the text itself: the library's own printing would lay out the whole file anew. */
export const yaml: TextFormat = {
  read: (text) => contentOf(documentOf(text), text),
  edit: (text, changes) => {
    if (changes.size === 0) return text;
    const pass = (current: string, which: 'put' | 'remove'): string => {
      const document = documentOf(current);
      contentOf(document, current);
      const editor = new YamlEditor(current, which);
      editor.edit(document.contents, changes);
      return applySplices(current, editor.splices);
    };
    // Adding first and removing after it keeps the indices of list items true in both passes.
    return pass(pass(text, 'put'), 'remove');
  },
};

function documentOf(text: string): Document.Parsed {
  if (text.length > LONGEST)
    throw new Unreadable(`it has ${text.length} characters, too many for a YAML config`);
  let document: Document.Parsed;
  try {
    // The library compares each key with each other one: minutes, for a map of thousands.
    document = parseDocument(text, {
      prettyErrors: false,
      keepSourceTokens: true,
      uniqueKeys: false,
      // A map as a key is no business of the terminal's.
      logLevel: 'error',
    });
  } catch {
    throw new Unreadable('it is nested too deeply');
  }
  const first: YAMLError | undefined = document.errors[0];
  if (first)
    throw Unreadable.at(text, first.pos[0], SYNTAX[first.code] ?? `YAML syntax error (${first.code})`);
  try {
    assertUniqueKeys(document, text);
  } catch (error) {
    throw error instanceof RangeError ? new Unreadable('it is nested too deeply') : error;
  }
  return document;
}

/** Of two entries with one key nobody can say which one is meant. */
function assertUniqueKeys(document: Document.Parsed, text: string): void {
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = keyText(key);
        if (seen.has(name)) throw Unreadable.at(text, key.range?.[0] ?? 0, 'a key stands twice');
        seen.add(name);
      }
    },
  });
}

function contentOf(document: Document.Parsed, text: string): PlainMap {
  const { contents } = document;
  if (contents === null || (!isYamlMap(contents) && toJs(document) === null)) return emptyMap();
  if (!isYamlMap(contents))
    throw Unreadable.at(text, contents.range[0], 'keys with values are expected at the top of the file');
  const content = toPlain(toJs(document));
  return isMap(content) ? content : emptyMap();
}

function toJs(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    // Aliases of aliases of aliases: a small file that unfolds to gigabytes.
    throw new Unreadable('its aliases cannot be resolved, or unfold to far more than a config');
  }
}
