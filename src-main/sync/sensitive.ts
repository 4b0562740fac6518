import { looksLikeSecret } from '../vault/looks-like-secret.js';

const NAME = /auth|token|key|secret|pass|pwd|credential|cookie|session|private|signature|bearer|jwt|dsn|sas/i;

/**
 * Whether a header or an environment variable that came from a remote is masked when it is shown, and goes to the
 * keychain when it is taken over. Stricter than the question asked of a person's own input: nobody asked for this value,
 * so a short password under a telling name counts too.
 */
export function looksSecret(name: string, value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return NAME.test(name) || looksLikeSecret(name, value);
}
