import { AppError, type Issue } from '../../contract/index.js';

const HINT = 'Get the bundle anew from its author, or add the server by its command line.';

/** A bundle that is not taken, with the reason as a sentence. */
export const refused = (message: string, hint = HINT, issues: Issue[] = [], cause?: unknown): AppError =>
  new AppError('invalid', message, hint, issues, { cause });

/** Text of a stranger's on one line: what would hide or reorder it is made visible. */
export const plainLine = (text: string, longest: number): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '\ufffd')
    .trim()
    .slice(0, longest);

/** Whether a text shows as it is: nothing in it is invisible or changes the order of what is shown. */
export const isPlain = (text: string): boolean => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
