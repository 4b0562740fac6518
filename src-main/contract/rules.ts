import { z } from 'zod';

// What strings may hold, shared by servers and remotes (INTERFACE §4, "Rules that go with them").

// eslint-disable-next-line no-control-regex -- control characters are the very thing this looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/; // RFC 9110, token
// eslint-disable-next-line no-control-regex -- as above
const NUL = /\u0000/;

/** Any text a C string can hold. */
export const noNul = z.string().refine((text) => !NUL.test(text), 'must not contain a NUL character');

const label = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(longest, `must not be longer than ${longest} characters`)
    .refine((text) => !CONTROL.test(text), 'must not contain control characters');

export const name = label(200);
export const tag = label(200);

export const headerName = z
  .string()
  .min(1, 'must not be empty')
  .max(256)
  .regex(HEADER_NAME, 'is not an HTTP header name');

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** An absolute http or https URL without credentials: those belong in a header, where they are kept as a secret. */
export const httpUrl = z
  .string()
  .max(8_192)
  .superRefine((text, context) => {
    const fault = (message: string): void => context.addIssue({ code: 'custom', message });
    const url = parseUrl(text);
    if (!url) return fault('is not a URL');
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return fault('must start with http:// or https://');
    if (url.username || url.password)
      fault('must not hold a user name or password: put them into a header or into auth');
  });

/** Header values travel on one line; a line break would let a value add headers of its own (RFC 9110 §5.5). */
function headerValueFault(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : (value as { newSecret?: string } | null)?.newSecret;
  if (typeof text !== 'string') return undefined;
  return /[\r\n]/.test(text) || NUL.test(text) ? 'must not contain a line break or NUL' : undefined;
}

/** A map of header name → value; names are compared without regard to case, as HTTP does. */
export const headerMap = <V extends z.ZodType>(value: V) =>
  z.record(headerName, value).superRefine((headers, context) => {
    const seen = new Set<string>();
    for (const [header, content] of Object.entries(headers)) {
      const key = header.toLowerCase();
      if (seen.has(key))
        context.addIssue({ code: 'custom', path: [header], message: 'stands twice (case does not count)' });
      seen.add(key);
      const fault = headerValueFault(content);
      if (fault) context.addIssue({ code: 'custom', path: [header], message: fault });
    }
  });
