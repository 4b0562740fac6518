import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { bundleAlone } from './build/lib/bundle-alone.mjs';
import { firstPage } from './build/lib/first-page.mjs';
import { staticIcons } from './build/lib/static-icons.mjs';
import { thirdPartyNotices } from './build/lib/third-party-notices.mjs';
import { windowTexts } from './build/lib/window-texts.mjs';
import type { Plugin } from 'vite';

const OURS = /\/src-main\//;
const PROGRAM = /\/hosts\/\w+\/(main|entry|preload)\.ts$|\/keychain-helper\.ts$/;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * electron-vite puts a `const __dirname` before every bundle that needs one; the package "open" declares a `__dirname`
 * of its own at top level, and the two together are a syntax error.
 */
const renameDirnameOfOpen: Plugin = {
  name: 'rename-dirname-of-open',
  transform(code, id) {
    return /node_modules\/open\//.test(id) ? code.replaceAll('__dirname', 'folderOfOpen') : undefined;
  },
};
/**
 * A file with one typographic quote in it is held with two bytes a character as long as the program runs, and with all
 * that the libraries' comments tell.
 */
const LEAN = { charset: 'ascii', comments: false } as const;
const notices = (part: string, always?: string[]) => thirdPartyNotices(part, here('out'), always);

// Only keytar is a runtime dependency; electron-vite bundles everything else, so the package holds out/ and keytar.
export default defineConfig({
  main: {
    plugins: [
      renameDirnameOfOpen,
      notices('main', ['keytar']),
      bundleAlone(here('src-main/sample/server.ts'), here('out/main/sample-server.js'), [notices('sample')]),
      bundleAlone(here('src-main/runtime/session/result-judge-thread.ts'), here('out/main/result-judge.js'), [
        notices('judge'),
      ]),
    ],
    resolve: {
      alias: { '@modelcontextprotocol/client/_shims': here('src-main/runtime/session/sdk-shims.ts') },
    },
    build: {
      outDir: 'out/main',
      // Not only Electron's own Node runs it: the browser host is plain Node's.
      target: 'node20.19',
      minify: false,
      rolldownOptions: {
        // Nothing of ours does anything by being loaded but the programs: what a quick command does not use, it does
        // not load.
        treeshake: { moduleSideEffects: (id: string) => !OURS.test(id) || PROGRAM.test(id) },
        input: {
          desktop: here('src-main/hosts/desktop/main.ts'),
          browser: here('src-main/hosts/browser/entry.ts'),
          jackfield: here('src-main/hosts/cli/main.ts'),
          'keychain-helper': here('src-main/vault/keychain-helper.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', ...LEAN },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rolldownOptions: {
        input: { preload: here('src-main/hosts/desktop/preload.ts') },
        // A sandboxed preload script must be one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [
      windowTexts(here('src-renderer/wuchale.config.js')),
      staticIcons(),
      svelte({ configFile: here('src-renderer/svelte.config.js') }),
      notices('renderer'),
      firstPage('window'),
    ],
    build: {
      outDir: here('out/renderer'),
      emptyOutDir: true,
      minify: 'oxc',
      modulePreload: { polyfill: false },
      // Inlined assets would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: here('src-renderer/index.html'),
        output: {
          codeSplitting: {
            groups: [
              { name: 'entry', tags: ['$initial'], priority: 2 },
              { name: 'window', test: /src-renderer\/start\.ts$|rolldown\/runtime/, priority: 1 },
            ],
          },
        },
      },
    },
  },
});
