import { loadLocale } from 'wuchale/load-utils';
// They register the catalogues that the build makes, which is how `loadLocale` knows of them.
import './components.loader.js';
import './modules.loader.js';
import { rememberedLanguage } from './language.js';

/**
 * Loads the texts of the last visit's language. To be awaited before any component is imported: texts in tables of
 * modules are read once.
 */
export async function loadLanguage(): Promise<void> {
  const language = rememberedLanguage();
  await loadLocale(language);
  document.documentElement.lang = language;
}
