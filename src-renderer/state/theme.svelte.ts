import type { Settings } from '../../src-main/contract/index.js';
import { catalog } from './catalog.svelte.js';

type Theme = Settings['theme'];
const KEY = 'jackfield.theme';

function isTheme(text: string | null): text is Theme {
  return text === 'light' || text === 'dark' || text === 'system';
}

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Shows the theme of the last visit at once, so that the first paint is not in the wrong one. */
export function showRememberedTheme(): void {
  const remembered = localStorage.getItem(KEY);
  if (isTheme(remembered)) show(remembered);
}

/** Follows the setting. Call within a component. */
export function followTheme(loaded: () => boolean): void {
  $effect(() => {
    if (!loaded()) return;
    const { theme } = catalog.settings;
    show(theme);
    localStorage.setItem(KEY, theme);
  });
}
