import { adapter as components } from '@wuchale/svelte';
import { createHeuristic, defaultHeuristicOpts, defineConfig, pofile } from 'wuchale';
import { adapter as modules } from 'wuchale/adapter-vanilla';
import { isText } from './locales/is-text.js';

const usual = createHeuristic(defaultHeuristicOpts);
const shared = {
  storage: pofile({ dir: 'locales' }),
  heuristic: (message) => (isText(message, usual) ? 'message' : false),
  loader: 'custom',
};

/**
 * The sources stand in English; the build takes their texts out and puts the catalogue's in. The language is known
 * before any component is imported and changes with a reload, so nothing needs to be reactive.
 */
export default defineConfig({
  locales: ['en', 'de'],
  localesDir: 'locales',
  logLevel: 'warn',
  adapters: {
    components: components({
      ...shared,
      files: ['**/*.svelte'],
      runtime: { initReactive: ({ funcName }) => (funcName == null ? false : null), useReactive: false },
    }),
    modules: modules({
      ...shared,
      files: { include: ['**/*.ts'], ignore: ['**/*.d.ts', 'main.ts', 'locales/**'] },
      runtime: {
        initReactive: () => null,
        useReactive: false,
        // Tables at a module's top level have texts too, which the library's own way, a constant in each function, leaves out.
        plain: { wrapUse: () => "_w_load_('modules')" },
      },
    }),
  },
});
