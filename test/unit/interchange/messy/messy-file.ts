import type { Plain, PlainMap } from '../../../../src-main/interchange/plain.js';

/** A stretch of a text. */
export type Span = { start: number; end: number };

/** A config file as a person may have left it, and where in it the entry stands that the test is about. */
export type MessyFile = {
  text: string;
  /** It has a place for servers, and none in it. */
  isEmpty: boolean;
  /** The entry is the only one. */
  isAlone: boolean;
  /** The entry with its key; none where the file has no such entry. */
  entry: Span | undefined;
  /** The entry's value alone. */
  value: Span | undefined;
  /** What stands outside the entry, in order, where the entry may be in several places. */
  outside?: string[];
};

/** The same, before anything is known of its place. */
export type Written = Omit<MessyFile, 'isEmpty' | 'isAlone'>;

/** A value with a mark on the one that is looked for. */
export type Tree =
  | { kind: 'leaf'; value: Exclude<Plain, Plain[] | PlainMap> }
  | { kind: 'list'; items: Tree[]; marked?: boolean }
  | { kind: 'map'; pairs: [string, Tree][]; marked?: boolean };

export function treeOf(value: Plain): Tree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf) };
  if (typeof value === 'object' && value !== null)
    return { kind: 'map', pairs: Object.entries(value).map(([key, inner]) => [key, treeOf(inner)]) };
  return { kind: 'leaf', value };
}
