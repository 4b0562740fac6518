import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { Mark } from './codemirror.js';

const WORDS: Record<string, string> = {
  InvalidSymbol: 'This is no JSON word: text goes in quotes.',
  InvalidNumberFormat: 'This is no number.',
  PropertyNameExpected: 'A name in quotes is expected here.',
  ValueExpected: 'A value is expected here.',
  ColonExpected: 'A colon is expected here.',
  CommaExpected: 'A comma is missing before this.',
  CloseBraceExpected: 'A closing } is missing.',
  CloseBracketExpected: 'A closing ] is missing.',
  EndOfFileExpected: 'Nothing may follow after the end.',
  InvalidCommentToken: 'JSON has no comments.',
  UnexpectedEndOfComment: 'JSON has no comments.',
  UnexpectedEndOfString: 'The closing quote is missing.',
  UnexpectedEndOfNumber: 'This number is not finished.',
  InvalidUnicode: 'This \\u sequence is not whole.',
  InvalidEscapeCharacter: 'This escape is none that JSON knows.',
  InvalidCharacter: 'This character may not stand in a text: write it as an escape.',
};

const markOf = ({ error, offset, length }: ParseError): Mark => ({
  from: offset,
  to: offset + length,
  message: WORDS[printParseErrorCode(error)] ?? 'This is not JSON.',
});

/** A name that stands twice: JSON readers keep the last one and lose the others without a word. */
function repeatedNames(node: Node): Mark[] {
  const marks = (node.children ?? []).flatMap(repeatedNames);
  if (node.type !== 'object') return marks;
  const seen = new Set<unknown>();
  for (const property of node.children ?? []) {
    const name = property.children?.[0];
    if (!name) continue;
    if (seen.has(name.value))
      marks.push({
        from: name.offset,
        to: name.offset + name.length,
        message: `“${name.value}” stands twice.`,
      });
    seen.add(name.value);
  }
  return marks;
}

/** Reads strict JSON and says where it is broken. `value` only where it is not. */
export function readJson(text: string): { value?: unknown; marks: Mark[] } {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0) return { marks: errors.slice(0, 20).map(markOf) };
  if (!tree) return { marks: [{ from: 0, to: text.length, message: 'A value is expected here.' }] };
  const marks = repeatedNames(tree);
  // `JSON.parse`, not the tree's own value: it alone treats `__proto__` as any other name.
  return marks.length > 0 ? { marks } : { value: JSON.parse(text) as unknown, marks };
}

/** Names may hold dots themselves (`tools.pricing.my.tool`): the longest name that is there is taken. */
function step(node: Node, parts: string[]): { child: Node; taken: number } | undefined {
  if (node.type === 'array') {
    const child = node.children?.[Number(parts[0])];
    return child && { child, taken: 1 };
  }
  for (let taken = parts.length; taken > 0; taken -= 1) {
    const child = findNodeAtLocation(node, [parts.slice(0, taken).join('.')]);
    if (child) return { child, taken };
  }
  return undefined;
}

/**
 * Where a dotted path (`transport.env.KEY`) stands in a text. A place that is not there is shown at the nearest one
 * around it that is: the name of its object, or the opening brace.
 */
export function placeOf(text: string, path: string): { from: number; to: number } {
  let node = parseTree(text, [], { disallowComments: true });
  if (!node) return { from: 0, to: 0 };
  let parts = path === '' ? [] : path.split('.');
  while (parts.length > 0) {
    const next = step(node, parts);
    if (!next) {
      const name = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
      return name
        ? { from: name.offset, to: name.offset + name.length }
        : { from: node.offset, to: node.offset + 1 };
    }
    node = next.child;
    parts = parts.slice(next.taken);
  }
  const name = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  const isBranch = node.type === 'object' || node.type === 'array';
  return { from: (name ?? node).offset, to: node.offset + (isBranch ? 1 : node.length) };
}

/** Line of a character, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
