import { open, type FileHandle } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Intent } from '../../contract/index.js';

/** What `import.preview` takes. */
const MOST_BYTES = 5_000_000;
const TYPES = new Set(['.json', '.jsonc', '.json5', '.toml', '.yaml', '.yml']);

/** A file that cannot be opened here, in a sentence for the person who opened it. */
export class FileRefusal extends Error {
  override readonly name = 'FileRefusal';
}

/**
 * A configuration file that was opened with the app: its text, for the import screen.
 * @throws FileRefusal where it is none, too large or unreadable
 */
export async function intentOfFile(path: string): Promise<Intent> {
  const fileName = basename(path);
  if (!TYPES.has(extname(path).toLowerCase()))
    throw new FileRefusal(
      `${fileName} is nothing that can be opened here: configuration files (JSON, JSON5, TOML, YAML) and MCP bundles can.`,
    );
  const text = await readWhole(path, fileName);
  return { kind: 'import', text, fileName };
}

async function readWhole(path: string, fileName: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    // Looked at and read through one handle: what was checked is what is read.
    handle = await open(path, 'r');
    const stat = await handle.stat();
    if (!stat.isFile()) throw new FileRefusal(`${fileName} is not a file.`);
    if (stat.size > MOST_BYTES) throw new FileRefusal(`${fileName} is too large to be a configuration.`);
    return await handle.readFile('utf8');
  } catch (error) {
    if (error instanceof FileRefusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new FileRefusal(`${fileName} could not be read (${code ?? 'unknown reason'}).`);
  } finally {
    await handle?.close();
  }
}
