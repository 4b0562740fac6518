import { AppError, type Issue } from '../../contract/index.js';
import { describeIoFailure, isDiskFailure } from '../../platform/io-failure.js';

const HINT = 'Get the bundle anew from its author, or add the server by its command line.';

/** A bundle that is not taken, with the reason as a sentence. */
export const refused = (message: string, hint = HINT, issues: Issue[] = [], cause?: unknown): AppError =>
  new AppError('invalid', message, hint, issues, { cause });

/** What to say of an error that came with a bundle: the disk's, or the bundle's own. @param what the sentence's first half */
export function asRefusal(error: unknown, what: string): AppError {
  if (error instanceof AppError) return error;
  if (isDiskFailure(error)) {
    const { reason, hint } = describeIoFailure(error);
    return new AppError('io', `${what} because ${reason}.`, hint, [], { cause: error });
  }
  const { message } = error as Error;
  return refused(`${what}: ${plainLine(message, 200).replace(/\.*$/, '.')}`, undefined, undefined, error);
}

/** Text of a stranger's on one line: what would hide or reorder it is made visible. */
export const plainLine = (text: string, longest: number): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '\ufffd')
    .trim()
    .slice(0, longest);

/** Whether a text shows as it is: nothing in it is invisible or changes the order of what is shown. */
export const isPlain = (text: string): boolean => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
