export type FieldErrors = Readonly<Record<string, string>>;

/** A secret's fault may be told of its inside (`…token.newSecret`); it is shown at the field. */
const outer = (path: string): string => path.replace(/\.(newSecret|secret)$/, '');

export function errorAt(errors: FieldErrors, path: string): string | undefined {
  return errors[path] ?? errors[`${path}.newSecret`] ?? errors[`${path}.secret`];
}

/** The errors below one field, their paths relative to it: `transport.env.KEY` → `KEY`. */
export function errorsUnder(errors: FieldErrors, path: string): Record<string, string> {
  const prefix = `${path}.`;
  const found: Record<string, string> = {};
  for (const [at, message] of Object.entries(errors)) {
    if (at.startsWith(prefix)) found[outer(at.slice(prefix.length))] ??= message;
  }
  return found;
}

/** Puts the focus into the first field that is marked as wrong, and brings it into sight. */
export function focusFirstError(within: Element | null | undefined): void {
  const field = within?.querySelector<HTMLElement>('[aria-invalid="true"]');
  field?.scrollIntoView({ block: 'center' });
  field?.focus({ preventScroll: true });
}
