// Bundles the crash harness, which is TypeScript, and runs it. Everything it takes is in main.ts.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outDir = `${root}.cache/torture`;
await mkdir(outDir, { recursive: true });
await build({
  root,
  configFile: false,
  logLevel: 'error',
  build: {
    ssr: `${root}test/torture/main.ts`,
    outDir,
    target: 'node20',
    rolldownOptions: { output: { entryFileNames: 'main.mjs', codeSplitting: false } },
  },
});
await import(pathToFileURL(`${outDir}/main.mjs`).href);
