import { protocol, type Session } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { contentSecurityPolicy, SECURITY_HEADERS } from '../csp.js';
import { PAGE_HOST, SCHEME } from './page-origin.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before the app is ready: Electron takes schemes only then. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built window from `folder` and nothing outside it. */
export function servePages(session: Session, folder: string): void {
  session.protocol.handle(SCHEME, (request) => answer(request.url, folder));
}

export async function answer(address: string, folder: string): Promise<Response> {
  const headers = { ...SECURITY_HEADERS, 'Content-Security-Policy': contentSecurityPolicy() };
  const file = fileOf(address, folder);
  const type = file && TYPES[extname(file)];
  if (!file || !type) return new Response('There is no such page.', { status: 404, headers });
  try {
    const body = await readFile(file);
    return new Response(new Uint8Array(body), { headers: { ...headers, 'Content-Type': type } });
  } catch {
    return new Response('There is no such page.', { status: 404, headers });
  }
}

/** The URL parser has resolved plain `..`; encoded ones, NULs and backslashes are caught after decoding. */
function fileOf(address: string, folder: string): string | undefined {
  const url = new URL(address);
  if (url.host !== PAGE_HOST) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  if (/[\0\\]/.test(path)) return undefined;
  const file = normalize(join(folder, path));
  return file.startsWith(normalize(folder) + sep) ? file : undefined;
}
