import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prepared } from './plan.js';

/** More than the history may be when the app starts: it is then written anew. */
const BYTES = 17 * 1024 * 1024;
const LONG_AGO = '2020-01-01T00:00:00.000Z';

/** What an earlier version, or years of use, would have left. Nobody has the folder open. */
export async function prepare(dataDir: string, what: Prepared): Promise<void> {
  // The last line may have been torn by a kill.
  if (what === 'a large history') await appendFile(join(dataDir, 'history.jsonl'), `\n${oldLines()}`);
  if (what !== 'an earlier schema') return;
  const path = join(dataDir, 'catalog.json');
  const text = await readFile(path, 'utf8');
  // Version 0 is the one without a number.
  await writeFile(path, text.replace(/"schemaVersion": \d+,\n/, ''));
}

/** Revisions of servers that were removed years ago. */
function oldLines(): string {
  const filler = 'x'.repeat(20_000);
  const lines: string[] = [];
  for (let size = 0, count = 0; size < BYTES; size += filler.length, count += 1) {
    const head = `{"kind":"server","id":"old-${count}","revision":1,"at":"${LONG_AGO}"`;
    lines.push(`${head},"record":{"name":"${filler}"}}`, `${head},"removed":true}`);
  }
  return `${lines.join('\n')}\n`;
}
