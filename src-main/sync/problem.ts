import { AppError, type Problem } from '../contract/index.js';

/** What stopped something, as a person reads it. A thrown bug says only that it was one. */
export function problemOf(error: unknown, redact: (text: string) => string): Problem {
  if (error instanceof AppError) {
    const { code, message, hint } = error.toProblem();
    return { code, message: redact(message), hint: redact(hint) };
  }
  return {
    code: 'io',
    message: 'Jackfield met a fault of its own while it synced this.',
    hint: 'Try again; if it comes back, report it.',
  };
}
