import { adapter as svelte } from '@wuchale/svelte';
import { createHeuristic, defaultHeuristicOpts, defineConfig, pofile } from 'wuchale';
import { adapter as plain } from 'wuchale/adapter-vanilla';
import { isText } from './locales/is-text.js';

const usual = createHeuristic(defaultHeuristicOpts);
const heuristic = (message) => (isText(message, usual) ? 'message' : false);
const storage = pofile({ dir: 'locales' });

/**
 * The components stand in English; the build takes their texts out and puts the catalogue's in. The language is known
 * before any component is loaded and changes with a reload, so nothing needs to be reactive.
 */
const never = { initReactive: () => false, useReactive: false };

export default defineConfig({
  locales: ['en', 'de'],
  localesDir: 'locales',
  adapters: {
    main: svelte({ files: ['**/*.svelte'], storage, heuristic, runtime: never, loader: 'custom' }),
    script: plain({
      files: { include: ['**/*.ts'], ignore: ['**/*.d.ts', 'main.ts', 'language.ts'] },
      storage,
      heuristic,
      runtime: never,
      loader: 'custom',
    }),
  },
});
