import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../support/host.js';
import type { Figure } from './report.js';

const PAGE = join(ROOT, 'out/renderer');

/** Scripts the page loads before anything is clicked: those in index.html and, following static imports, theirs. */
async function firstScripts(): Promise<Set<string>> {
  const html = await readFile(join(PAGE, 'index.html'), 'utf8');
  const queue = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path ?? '');
  const seen = new Set<string>();
  while (queue.length > 0) {
    const name = (queue.pop() ?? '').replace(/^\.?\/?(assets\/)?/, '');
    if (!name || seen.has(name)) continue;
    seen.add(name);
    const code = await readFile(join(PAGE, 'assets', name), 'utf8');
    for (const [, path] of code.matchAll(
      /(?:^|[;}\s])(?:import|export)[^'"()]*?from?\s*["']\.\/([^"']+\.js)["']/g,
    ))
      if (path) queue.push(path);
    for (const [, path] of code.matchAll(/import\s*["']\.\/([^"']+\.js)["']/g)) if (path) queue.push(path);
  }
  return seen;
}

export async function pageFigures(): Promise<Figure[]> {
  const names = [...(await firstScripts())];
  const sizes = await Promise.all(
    names.map(async (name) => gzipSync(await readFile(join(PAGE, 'assets', name))).length),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return [
    {
      name: 'first page: JavaScript, gzip',
      value: total / 1000,
      unit: 'kB',
      goal: { atMost: 200 },
      detail: `${names.length} files`,
    },
  ];
}
