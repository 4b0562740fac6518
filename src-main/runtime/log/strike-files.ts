import { readFile } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import { replaceFile } from '../../platform/durable-file.js';

/** The one written to and two older ones: `<id>.log`, `<id>.log.1`, `<id>.log.2`. */
export const LOG_FILES = 3;

/** Lines at a time: redacting a large log in one go would stop everything else for a second. */
const LINES_AT_ONCE = 500;

/**
 * Redacts the lines of a log's files anew; their number, time and stream stay.
 * @returns the size of the newest file by then
 * @throws the system's error; what is not done yet can be done again
 */
export async function strikeFiles(file: string, redact: (text: string) => string): Promise<number> {
  let size = 0;
  for (let age = LOG_FILES - 1; age >= 0; age -= 1) {
    const path = age === 0 ? file : `${file}.${age}`;
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const next = await struck(text, redact);
    if (next !== text) await replaceFile(path, next);
    size = Buffer.byteLength(next);
  }
  return size;
}

async function struck(text: string, redact: (text: string) => string): Promise<string> {
  const lines = text.split('\n');
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
    for (let at = from; at < Math.min(from + LINES_AT_ONCE, lines.length); at += 1)
      lines[at] = struckLine(lines[at] as string, redact);
    await breathe();
  }
  return lines.join('\n');
}

/** `seq ⇥ time ⇥ stream ⇥ text`; of a torn line all of it. */
function struckLine(line: string, redact: (text: string) => string): string {
  const head = /^\d+\t[^\t]*\t[a-z]+\t/.exec(line)?.[0] ?? '';
  return head + redact(line.slice(head.length));
}
