import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { staticIcons } from '../../build/lib/static-icons.mjs';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A page of its own beside the product's bundle. Sources stand in English, so it needs no catalogue of texts. */
export default defineConfig({
  root: here('.'),
  // Built files may be served from any place.
  base: './',
  publicDir: false,
  cacheDir: here('../../.cache/gallery-vite'),
  // In development mode each element knows the component that drew it: so the tests see that none is missing.
  plugins: [
    staticIcons(),
    svelte({
      configFile: here('../../src-renderer/svelte.config.js'),
      compilerOptions: { dev: true, runes: true },
    }),
  ],
  resolve: { conditions: ['development', 'svelte', 'browser'] },
  server: { host: '127.0.0.1', fs: { allow: [here('../..')] } },
  build: { outDir: here('../../.cache/gallery'), emptyOutDir: true, target: 'es2023' },
});
