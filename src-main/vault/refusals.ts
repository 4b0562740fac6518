import { AppError, MAX_SECRET_LENGTH, type Issue, type SecretId } from '../contract/index.js';
import { describeIoFailure } from '../platform/io-failure.js';
import type { Found } from '../contract/secret-walk.js';

// What the vault does not take, and what it says then.

// Matched as code points, so a pair that makes up one character is none.
const HALF_CHARACTER = /\p{Surrogate}/u;

/** What the person is told when the journal failed. */
export function journalFailed(what: 'read' | 'written', error: unknown): AppError {
  const { reason, hint } = describeIoFailure(error);
  return new AppError(
    'io',
    `The secret was not kept: the journal of secrets (vault-journal.jsonl) could not be ${what} because ${reason}.`,
    hint,
    [],
    { cause: error },
  );
}

/** @throws AppError `invalid`, with a path for each secret that cannot be kept */
export function assertLawful(found: readonly Found[], allowed: ReadonlySet<SecretId>): void {
  const issues = found.flatMap(({ path, value }): Issue[] => {
    const message = 'secret' in value ? refFault(value.secret, allowed) : textFault(value.newSecret);
    return message ? [{ path, message }] : [];
  });
  if (issues.length === 0) return;
  const said = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new AppError('invalid', `A secret cannot be kept: ${said}.`, 'Enter the secret again.', issues);
}

function refFault(id: SecretId, allowed: ReadonlySet<SecretId>): string | undefined {
  return allowed.has(id) ? undefined : 'refers to a secret that does not belong to this';
}

/** The contract refuses most of these at the door; here they would be damaged without a word. */
function textFault(text: string): string | undefined {
  if (text.length === 0) return 'must not be empty';
  if (text.length > MAX_SECRET_LENGTH) return `must not be longer than ${MAX_SECRET_LENGTH} characters`;
  if (text.includes('\0')) return 'must not contain a NUL character';
  return HALF_CHARACTER.test(text) ? 'must be whole Unicode text: it holds half of a character' : undefined;
}
