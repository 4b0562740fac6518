import { shownLanguage } from '../locales/language.js';

/**
 * "1 tool", "5 tools": the form that goes with a count, `#` being the count itself. The forms stand here in English;
 * the build puts those of the shown language in their place, and that language's own rule for choosing one.
 */
export function plural(
  count: number,
  forms: readonly string[],
  choose: (count: number) => number = (n) => (n === 1 ? 0 : 1),
): string {
  const form = forms[choose(count)] ?? forms.at(-1) ?? '';
  return form.replace('#', written(count));
}

/** A whole number as the shown language writes it. Below a thousand all do the same, without the tables that tell how. */
export const written = (count: number): string =>
  count < 1_000 && Number.isInteger(count) ? String(count) : count.toLocaleString(shownLanguage());
