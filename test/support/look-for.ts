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
    if (holds(entry.name)) found.push(path);
    else if (entry.isFile() && holds(await readFile(path, 'latin1'))) found.push(path);
  }
  return found;
}
