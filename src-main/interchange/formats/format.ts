import type { PlainMap } from '../plain.js';
import type { MapChanges } from './changes.js';
import { positionOf } from './text.js';

export type FormatName = 'json' | 'jsonc' | 'json5' | 'toml' | 'yaml';

/** Reads a config file's text, and edits it without touching what an edit does not name. */
export type TextFormat = {
  /**
   * The file's top-level map; a text without any content is an empty one.
   * @throws Unreadable
   */
  read(text: string): PlainMap;
  /** @throws Unreadable where the text, or a place an edit is to go to, cannot be edited safely */
  edit(text: string, changes: MapChanges): string;
};

/** A text that is not what its format says. The message holds positions and syntax, never a piece of the text. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  static at(text: string, offset: number, reason: string): Unreadable {
    const { line, column } = positionOf(text, offset);
    return new Unreadable(`line ${line}, column ${column}: ${reason}`);
  }
}
