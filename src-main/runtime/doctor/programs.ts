import spawn from 'cross-spawn';
import type { Environment } from '../launch/login-shell.js';

/** How long a program may take to say its version or the like, in milliseconds. */
export const ASK_LIMIT_MS = 5_000;

/** Runs a program to its end: whether it ended well, and the first line it printed. Never rejects. */
export function ask(
  file: string,
  args: string[],
  env: Environment,
): Promise<{ ok: boolean; firstLine: string | undefined }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: ASK_LIMIT_MS,
      windowsHide: true,
    });
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', () => resolve({ ok: false, firstLine: undefined }));
    child.once('close', (code) =>
      resolve({ ok: code === 0, firstLine: text.split('\n', 1)[0]?.trim() || undefined }),
    );
  });
}
