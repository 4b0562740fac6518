import { AppError } from '../../contract/index.js';

/** Only this computer: what is sent there passes no network. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/** Whether what is sent to this URL can be read by others on the way. */
export function isReadableByOthers(baseUrl: string): boolean {
  const url = new URL(baseUrl);
  return url.protocol === 'http:' && !isLoopback(url.hostname);
}

export function insecure(baseUrl: string): AppError {
  const { host } = new URL(baseUrl);
  return new AppError(
    'consent_required',
    `Secrets would travel to ${host} over plain http, where others on the network can read them.`,
    `Use https:// for this remote, or allow plain http in its settings if you trust the whole way to ${host}.`,
  );
}

/** Base URLs are joined by hand: `new URL('/v1', base)` would lose a path such as `/letta`. */
export const join = (baseUrl: string, path: string): string => `${baseUrl.replace(/\/+$/, '')}${path}`;
