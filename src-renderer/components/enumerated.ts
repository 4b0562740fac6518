import { shownLanguage } from '../locales/language.js';

/** Names within a sentence: "Letta, Bifrost and Home", as the window's language puts it. */
export function enumerated(names: readonly string[]): string {
  return new Intl.ListFormat(shownLanguage(), { type: 'conjunction' }).format(names);
}
