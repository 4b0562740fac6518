import { basename, dirname } from 'node:path';

/**
 * A Vite plugin that bundles one more entry into a single file, sharing no chunk with the others: a program that other
 * Nodes run is shipped outside the archive, and nothing else should have to lie there with it.
 */
export function bundleAlone(entry, file, plugins = []) {
  return {
    name: 'bundle-alone',
    async writeBundle() {
      const { build } = await import('vite');
      await build({
        configFile: false,
        logLevel: 'warn',
        plugins,
        ssr: { noExternal: true },
        build: {
          ssr: entry,
          outDir: dirname(file),
          emptyOutDir: false,
          target: 'node20',
          minify: false,
          rolldownOptions: { output: { entryFileNames: basename(file), codeSplitting: false } },
        },
      });
    },
  };
}
