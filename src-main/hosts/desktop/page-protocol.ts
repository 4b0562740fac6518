import { protocol, type Session } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { contentSecurityPolicy, SECURITY_HEADERS } from '../csp.js';
import type { MadePages } from './notice-page.js';
import { PAGE_HOST, SCHEME } from './page-origin.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const HEADERS = { ...SECURITY_HEADERS, 'Content-Security-Policy': contentSecurityPolicy() };

/** Must run before the app is ready: Electron takes schemes only then. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built window from `folder` and nothing outside it, and the few pages made here. */
export function servePages(session: Session, folder: string, made: MadePages): void {
  session.protocol.handle(SCHEME, (request) => answer(request, folder, made));
}

export async function answer(
  { url: address, method }: Pick<Request, 'url' | 'method'>,
  folder: string,
  made: MadePages = new Map(),
): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') return refuse(405);
  const path = pathOf(address);
  if (path === undefined) return refuse(404);
  const ready = made.get(path);
  if (ready) return serve(ready.body, ready.type);
  const file = normalize(join(folder, path));
  const type = TYPES[extname(file)];
  if (!type || !file.startsWith(normalize(folder) + sep)) return refuse(404);
  try {
    return serve(new Uint8Array(await readFile(file)), type);
  } catch {
    return refuse(404);
  }
}

/** The URL parser has resolved plain `..`; encoded ones, NULs and backslashes are caught after decoding. */
function pathOf(address: string): string | undefined {
  const url = new URL(address);
  if (url.host !== PAGE_HOST) return undefined;
  try {
    const path = decodeURIComponent(url.pathname);
    return /[\0\\]/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}

const serve = (body: string | Uint8Array<ArrayBuffer>, type: string): Response =>
  new Response(body, { headers: { ...HEADERS, 'Content-Type': type } });

const refuse = (status: 404 | 405): Response =>
  new Response('There is no such page.', { status, headers: HEADERS });
