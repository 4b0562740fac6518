import { parse, TomlError } from 'smol-toml';
import { parseTOML, type AST } from 'toml-eslint-parser';
import { mapOf, type PlainMap } from '../plain.js';
import { Unreadable, type TextFormat } from './format.js';
import { TomlEditor } from './toml-editor.js';
import { applySplices } from './text.js';

/** TOML, read by one parser and edited at the places that another one, which keeps positions, finds. */
export const toml: TextFormat = {
  read: (text) => readToml(text),
  edit: (text, changes) => {
    if (changes.size === 0) return text;
    const pass = (current: string, which: 'put' | 'remove'): string => {
      const editor = new TomlEditor(current, treeOf(current), which);
      editor.edit(changes);
      return applySplices(current, editor.splices);
    };
    // Adding first and removing after it keeps the indices of list items true in both passes.
    return pass(pass(text, 'put'), 'remove');
  },
};

function readToml(text: string): PlainMap {
  try {
    return mapOf(Object.entries(parse(text, { integersAsBigInt: 'asNeeded' })));
  } catch (error) {
    if (!(error instanceof TomlError)) throw new Unreadable('it is nested too deeply');
    // Behind the first line the parser quotes the text.
    const reason =
      error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'TOML syntax error';
    throw new Unreadable(`line ${error.line}, column ${error.column}: ${reason}`);
  }
}

function treeOf(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: '1.0' });
  } catch {
    throw new Unreadable('it is written in a way that cannot be edited safely');
  }
}
