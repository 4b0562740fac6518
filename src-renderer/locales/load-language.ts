import { loadLocale } from 'wuchale/load-utils';
// The loaders register the catalogues that the build makes; importing them is what makes `loadLocale` know of them.
import './main.loader.js';
import './script.loader.js';
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
