import { createInterface } from 'node:readline/promises';
import type { Output } from './output.js';

/** Asks at the terminal. Without one, or with `--json`, nobody can answer: the answer is no. */
export async function confirm(question: string, output: Output): Promise<boolean> {
  if (output.isJson || !process.stdin.isTTY || !process.stderr.isTTY) return false;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}
