import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// Inside the tree, so that what is not bundled (keytar) is found in its node_modules.
const OUT = join(ROOT, '.cache', 'test-bundles');

const made = new Map<string, Promise<string>>();

/**
 * Bundles a TypeScript file of the tree for plain Node, as the build does, so that a test can start it as a process of
 * its own without ever running stale output.
 * @param entry relative to the root of the tree
 * @returns the path of the bundle; the same sources give the same file
 */
export function bundleForNode(entry: string): Promise<string> {
  let bundle = made.get(entry);
  if (!bundle) made.set(entry, (bundle = make(entry)));
  return bundle;
}

async function make(entry: string): Promise<string> {
  const draft = join(OUT, `draft-${randomUUID()}`);
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(ROOT, entry),
      outDir: draft,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        external: ['keytar'],
        output: { entryFileNames: 'bundle.mjs', codeSplitting: false },
      },
    },
    ssr: { noExternal: true, external: ['keytar'] },
  });
  const text = await readFile(join(draft, 'bundle.mjs'));
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const target = join(OUT, `${basename(entry, '.ts')}-${hash}.mjs`);
  await mkdir(OUT, { recursive: true });
  if (!(await stat(target).catch(() => undefined))) await rename(join(draft, 'bundle.mjs'), target);
  await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  return target;
}
