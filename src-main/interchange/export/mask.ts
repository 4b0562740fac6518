import { looksLikeSecret } from '../../contract/looks-like-secret.js';
import { Redactor } from '../../vault/redactor.js';
import { isMap, type Plain } from '../plain.js';

/**
 * Blanks secrets in texts that are to be shown. A preview shows a whole file of somebody else's program, with whatever
 * tokens that program keeps there, and no secret may reach the window.
 */
export function maskTexts(
  texts: readonly string[],
  contents: readonly Plain[],
  plain: readonly string[],
): string[] {
  const redactor = new Redactor();
  for (const value of plain) redactor.watch(value);
  for (const content of contents) watchSecrets(content, '', redactor);
  return texts.map((text) => redactor.redact(text));
}

function watchSecrets(value: Plain, name: string, redactor: Redactor): void {
  if (typeof value === 'string') {
    if (value.length <= 65_536 && looksLikeSecret(name, value)) redactor.watch(value);
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      const before = value[index - 1];
      const flag = typeof before === 'string' && before.startsWith('-') ? before : name;
      watchAssigned(item, redactor);
      watchSecrets(item, flag, redactor);
    });
  } else if (isMap(value))
    for (const [key, inner] of Object.entries(value)) watchSecrets(inner, key, redactor);
}

/** `--api-key=…` and `API_KEY=…` in a list of arguments. */
function watchAssigned(item: Plain, redactor: Redactor): void {
  const [, name, value] = (typeof item === 'string' && /^([A-Za-z0-9_.-]+)[=:]\s*(.+)$/s.exec(item)) || [];
  if (name !== undefined && value !== undefined && looksLikeSecret(name, value)) redactor.watch(value);
}
