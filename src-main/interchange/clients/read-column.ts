import type { FoundClient } from '../../contract/index.js';
import { readClientFile } from '../client-file.js';
import { formatOf } from '../formats/index.js';
import { isMap, type PlainMap } from '../plain.js';
import { entriesOf, placeOf } from './entries.js';
import type { Target } from './targets.js';

/** A client's file as it is now. `entries` is missing where the file cannot be read; `found.problem` says why then. */
export type ReadColumn = {
  target: Target;
  found: FoundClient;
  entries?: ReadonlyMap<string, PlainMap>;
  /** Names the file's bytes: the same for the same file. */
  hash?: string;
};

/** Reads what servers a client has. Never throws: a file that cannot be read is a fact about it. */
export async function readColumn(target: Target): Promise<ReadColumn> {
  const { word, title, path, spec, branch } = target;
  const found: FoundClient = { client: word, title, path, exists: false, serverCount: 0 };
  try {
    const file = await readClientFile(path);
    found.exists = file.exists;
    const root = formatOf(spec.format).read(file.text);
    const entries = new Map<string, PlainMap>();
    for (const [name, entry] of entriesOf(root, placeOf(spec, root, branch)))
      if (isMap(entry) && !spec.dialect.ignores?.(entry)) entries.set(name, entry);
    found.serverCount = entries.size;
    return { target, found, entries, hash: file.hash };
  } catch (error) {
    found.exists = true;
    found.problem = error instanceof Error ? `It cannot be read: ${error.message}` : 'It cannot be read.';
    return { target, found };
  }
}
