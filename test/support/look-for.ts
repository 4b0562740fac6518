import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every form in which a value could have slipped out. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** Files below a folder that hold a secret in any form. Names count too. */
export async function filesThatHold(folder: string, secret: string): Promise<string[]> {
  const forms = formsOf(secret);
  const holds = (text: string): boolean => forms.some((form) => text.includes(form));
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (holds(entry.name)) {
      found.push(path);
    } else if (entry.isFile()) {
      const text = await readIfThere(path);
      // A host that runs has replaced or removed a file since it was listed: what came in its place counts.
      if (text === undefined) return filesThatHold(folder, secret);
      if (holds(text)) found.push(path);
    }
  }
  return found;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
