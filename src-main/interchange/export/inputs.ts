import { parse, type ParseError } from 'jsonc-parser';
import { isOurInput, type Input } from '../dialect/inputs.js';
import { readJsoncTree } from '../formats/json.js';
import { copyMap, isMap, valueAt, withValueAt, type Plain, type PlainMap } from '../plain.js';

// VS Code's `inputs` stand beside the servers, and any server may refer to any of them.

const KEY = 'inputs';

const listIn = (root: PlainMap): Plain[] => {
  const list = valueAt(root, [KEY]);
  return Array.isArray(list) ? list : [];
};

const idOf = (input: Plain): Plain | undefined => (isMap(input) ? input['id'] : undefined);

/** Adds what VS Code is to ask for, under an id that is not there yet. */
export function withInputs(root: PlainMap, inputs: readonly Input[]): PlainMap {
  const list = listIn(root);
  const known = new Set(list.map(idOf));
  const fresh = inputs.filter(
    ({ id }, index) => !known.has(id) && inputs.findIndex((one) => one.id === id) === index,
  );
  return fresh.length === 0
    ? root
    : withValueAt(root, [KEY], [...list, ...fresh.map((input) => ({ ...input }))]);
}

/**
 * Takes those inputs out again that entries which changed have asked for, that nothing in the file refers to any more,
 * and that stand in `text` just as Jackfield writes them. Anything else may be somebody's own.
 */
export function withoutSpareInputs(
  root: PlainMap,
  text: string,
  entries: Iterable<Plain | undefined>,
): PlainMap {
  const list = listIn(root);
  const asked = referencesIn([...entries].map((entry) => entry ?? null));
  if (list.length === 0 || asked.size === 0) return root;
  const rest = copyMap(root);
  delete rest[KEY];
  const used = referencesIn(rest);
  const written = textsOfInputs(text);
  const isSpare = (input: Plain, index: number): boolean => {
    const id = idOf(input);
    return typeof id === 'string' && asked.has(id) && !used.has(id) && isAsWritten(input, written[index]);
  };
  const kept = list.filter((input, index) => !isSpare(input, index));
  if (kept.length === list.length) return root;
  // The list came with its first input, and goes with its last.
  return kept.length === 0 ? rest : withValueAt(root, [KEY], kept);
}

/** The ids behind `${input:…}`, wherever in a value they are. */
function referencesIn(value: Plain, ids = new Set<string>()): Set<string> {
  if (typeof value === 'string')
    for (const [, id] of value.matchAll(/\$\{input:([^}]+)\}/g)) ids.add(id as string);
  else if (Array.isArray(value)) value.forEach((item) => referencesIn(item, ids));
  else if (isMap(value)) Object.values(value).forEach((item) => referencesIn(item, ids));
  return ids;
}

/** Each input as it stands in the file. */
function textsOfInputs(text: string): string[] {
  const pair = readJsoncTree(text)?.children?.findLast(({ children }) => children?.[0]?.value === KEY);
  return (pair?.children?.[1]?.children ?? []).map(({ offset, length }) =>
    text.slice(offset, offset + length),
  );
}

/** Ours, with its keys in our order and without a word that somebody put beside them. */
function isAsWritten(input: Plain, text: string | undefined): boolean {
  if (text === undefined || !isOurInput(input)) return false;
  const errors: ParseError[] = [];
  const read: unknown = parse(text, errors, { disallowComments: true });
  return errors.length === 0 && JSON.stringify(read) === JSON.stringify(orderedLike(input));
}

/** The keys in the order that Jackfield writes them in. */
function orderedLike(input: Plain): unknown {
  if (!isMap(input)) return input;
  const { type, id, description, password } = input;
  return { type, id, description, password };
}
