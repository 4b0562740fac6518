import type { TextKind } from '../../contract/index.js';
import type { Dialect } from '../dialect/dialect.js';
import type { PlainMap } from '../plain.js';

/** A server's entry as it was found somewhere, before it is understood. */
export type Found = {
  name: string;
  entry: PlainMap;
  /** Where from, for a person: `Cursor, ~/.cursor/mcp.json`. */
  origin: string;
  /** The client it is worded for, where that is known. */
  dialect?: Dialect | undefined;
  /** From a file of the person's own rather than from a text of unknown origin. */
  trusted: boolean;
  /** The client's word, where the entry stands in a file that Jackfield knows by it. */
  client?: string;
  /** From a folder that somebody named. */
  kind?: 'folder';
  /** What there is to say about it already. */
  warnings?: string[];
  /** Names of variables or headers that are secrets by what the source says of them. */
  secrets?: string[];
  /** One of several readings of the same text, and not the likelier one. */
  unlikely?: boolean;
};

/** Problems are sentences for a person; they never quote a value. */
export type Findings = {
  found: Found[];
  problems: string[];
  /** What the text was taken for. */
  as?: TextKind;
};
