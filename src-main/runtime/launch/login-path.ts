import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../platform/durable-file.js';
import { pathOf } from './command-lookup.js';
import type { ShellAnswer } from './login-shell.js';

const fileIn = (cacheDir: string): string => path.join(cacheDir, 'login-path.json');

/**
 * Keeps the PATH of the login shell for programs that have no time to ask for it. The PATH alone: the rest of an
 * environment may hold secrets. Lost without harm, so it never fails.
 */
export async function rememberLoginPath(cacheDir: string, { env, problem }: ShellAnswer): Promise<void> {
  const text = JSON.stringify({ path: pathOf(env) });
  if (problem !== undefined || process.platform === 'win32') return;
  try {
    if ((await readFile(fileIn(cacheDir), 'utf8').catch(() => '')) === text) return;
    await mkdir(cacheDir, { recursive: true, mode: 0o700 });
    await replaceFile(fileIn(cacheDir), text, { fsync: false });
  } catch {
    // The next to need it asks the shell.
  }
}

/** What was remembered last; `undefined` where nothing was. */
export async function recallLoginPath(cacheDir: string): Promise<string | undefined> {
  try {
    const { path: known } = JSON.parse(await readFile(fileIn(cacheDir), 'utf8')) as { path?: unknown };
    return typeof known === 'string' && known !== '' ? known : undefined;
  } catch {
    return undefined;
  }
}
