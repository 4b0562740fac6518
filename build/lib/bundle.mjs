import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot } from './paths.mjs';

/** Bundles one TypeScript file of the repository so that Node can run it. @returns the file to run */
export async function bundle(entry) {
  const { build } = await import('vite');
  const name = basename(entry, '.ts');
  const outDir = inRoot('.cache', 'bundles', name);
  mkdirSync(outDir, { recursive: true });
  await build({
    configFile: false,
    root: inRoot(),
    logLevel: 'warn',
    build: {
      ssr: inRoot(entry),
      outDir,
      emptyOutDir: true,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  });
  return `${outDir}/${name}.mjs`;
}
