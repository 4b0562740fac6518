/**
 * The content security policy of every page of ours, in both hosts and in development too. Nothing is loaded from
 * elsewhere: an image or a script named by a server's answer goes nowhere.
 * @param connect where the page may open connections to, besides its own origin
 */
export function contentSecurityPolicy(connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Svelte and the headless components set single properties (positions, sizes) through style attributes.
    "style-src-attr 'unsafe-inline'",
    "font-src 'self'",
    // Images and sounds in tool results come as data; blob: is for those too large for an attribute.
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    ["connect-src 'self'", ...connect].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Headers that go with every answer of ours. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};
