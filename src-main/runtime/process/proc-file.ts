import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1_024;
const buffer = Buffer.alloc(CHUNK_BYTES);

/**
 * The text of a file in /proc, or nothing when the process is gone or another user's. Read at once: the kernel makes
 * such a file up in a few microseconds, and a promise for each of hundreds costs many times that.
 */
export function readProcFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    let text = '';
    for (let length = CHUNK_BYTES; length === CHUNK_BYTES;) {
      length = readSync(file, buffer, 0, CHUNK_BYTES, null);
      text += buffer.toString('latin1', 0, length);
    }
    return text;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const SLICE = 200;

/** Does something for each, and lets the event loop breathe in between. */
export async function inSlices<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (let from = 0; from < items.length; from += SLICE) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    items.slice(from, from + SLICE).forEach(work);
  }
}
