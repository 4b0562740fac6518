/**
 * How Bifrost hides a value (bifrost.md §2.5): up to eight bytes as that many stars, longer ones as first and last four
 * around 24 stars. Go slices bytes and writes what is left of a cut character as U+FFFD, as a decoder does here.
 */
export function redact(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= 8) return '*'.repeat(bytes.length);
  const part = (from: number, to?: number): string => bytes.subarray(from, to).toString('utf8');
  return `${part(0, 4)}${'*'.repeat(24)}${part(-4)}`;
}

/** Whether a text that was read is a redaction rather than a value. */
export const isRedacted = (text: string): boolean =>
  /^\*{1,8}$/.test(text) || /^.{1,8}\*{24}.{1,8}$/su.test(text);

/** Read as a reference into the gateway's own environment or vault; there is no way to write such a text literally. */
export const isReference = (text: string): boolean => /^(env|vault)\./.test(text);
