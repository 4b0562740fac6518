/** The words of `error.data.code` on the wire (INTERFACE §2). */
export const ERROR_CODES = [
  'not_found',
  'name_taken',
  'revision_conflict',
  'invalid',
  'keychain_unavailable',
  'not_running',
  'start_failed',
  'timeout',
  'remote_unreachable',
  'remote_unauthorized',
  'remote_rejected',
  'consent_required',
  'unsupported',
  'io',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One fault of an input. `path` is dotted and relative to the entity: `transport.command`, `tools.pricing.read_file`. */
export type Issue = { path: string; message: string };

/** An error as it is shown to a person and stored in a run, a link or an outcome. Never holds a secret. */
export type Problem = { code: string; message: string; hint: string };

/**
 * An error the app means to answer with: `message` says what happened and what was tried, `hint` what to do next.
 * Every other thrown error is a bug and reaches the wire without its details.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string,
    readonly issues: Issue[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  toProblem(): Problem {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}
