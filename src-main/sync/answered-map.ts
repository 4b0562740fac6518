import { z } from 'zod';

/**
 * A map that a remote answers: name → value. A record of zod's passes over `__proto__` without a word, and such an entry
 * would be called equal to one without it; no server can have that name, so it is refused.
 */
export const mapOf = <V extends z.ZodType>(value: V) =>
  z.preprocess((input, context) => {
    if (typeof input === 'object' && input !== null && Object.hasOwn(input, '__proto__'))
      context.addIssue({ code: 'custom', message: 'holds the name __proto__', input });
    return input;
  }, z.record(z.string(), value).nullish());
