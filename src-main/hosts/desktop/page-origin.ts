/** Our page's own scheme and host: `app://jackfield/index.html`. A page of ours is nothing else, ever. */
export const SCHEME = 'app';
export const PAGE_HOST = 'jackfield';
export const PAGE_URL = `${SCHEME}://${PAGE_HOST}/index.html`;

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Compared part by part: look-alikes such as `app://jackfield.evil.example` end in, or begin with, the right letters. */
export function isOwnPage(text: string): boolean {
  const url = parse(text);
  return (
    url?.protocol === `${SCHEME}:` && url.host === PAGE_HOST && url.username === '' && url.password === ''
  );
}

/**
 * What may be handed to the OS's browser: plain http and https without credentials. Every other scheme can start a
 * program (CVE-2025-6514 was such a link out of an MCP server's answer).
 */
export function externalUrl(text: string): string | undefined {
  const url = parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  if (url.username || url.password) return undefined;
  return url.href;
}
