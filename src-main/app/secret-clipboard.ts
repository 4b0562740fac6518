import { AppError } from '../contract/index.js';
import type { Clipboard } from './parts.js';

/** Long enough to switch windows and paste, short enough that a forgotten token does not stay. */
export const CLEARS_IN_MS = 30_000;

/** Puts a secret on the OS clipboard and takes it off again, unless something else was copied meanwhile. */
export async function copySecret(
  clipboard: Clipboard | undefined,
  value: string,
): Promise<{ clearsInMs: number }> {
  if (!clipboard) throw noClipboard();
  await clipboard.write(value).catch((cause: unknown) => {
    throw noClipboard(cause);
  });
  setTimeout(() => void clearIfStill(clipboard, value), CLEARS_IN_MS).unref();
  return { clearsInMs: CLEARS_IN_MS };
}

function noClipboard(cause?: unknown): AppError {
  return new AppError(
    'unsupported',
    'This host has no clipboard that it can write to.',
    'On Linux install wl-clipboard, xclip or xsel; or open Jackfield on the desktop.',
    [],
    { cause },
  );
}

async function clearIfStill(clipboard: Clipboard, value: string): Promise<void> {
  try {
    if ((await clipboard.read()) === value) await clipboard.write('');
  } catch {
    // The clipboard went away with its session; there is nothing left to clear.
  }
}
