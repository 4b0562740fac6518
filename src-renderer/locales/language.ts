/** The languages that the window speaks, each by its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'jackfield.language';

function isLanguage(text: string | null | undefined): text is Language {
  return text !== null && text !== undefined && Object.hasOwn(LANGUAGES, text);
}

/** The first of the system's languages that the window speaks, else English. */
export function systemLanguage(wanted: readonly string[] = navigator.languages): Language {
  for (const tag of wanted) {
    const [primary] = tag.toLowerCase().split('-');
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}

/** What the page speaks now: fixed until it is loaded anew. */
export function shownLanguage(): Language {
  const { lang } = document.documentElement;
  return isLanguage(lang) ? lang : 'en';
}

/** The language of the last visit, or the system's. */
export function rememberedLanguage(): Language {
  const remembered = localStorage.getItem(KEY);
  return isLanguage(remembered) ? remembered : systemLanguage();
}

/** Follows the setting: another language than the shown one is remembered, and the page loads anew to speak it. */
export function speak(setting: 'system' | Language): void {
  if (setting === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, setting);
  if ((setting === 'system' ? systemLanguage() : setting) !== shownLanguage()) location.reload();
}
