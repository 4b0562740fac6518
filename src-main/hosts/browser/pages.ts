import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import { contentSecurityPolicy, SECURITY_HEADERS } from '../csp.js';
import { isOwn } from './access.js';

/** Serves the built window. Answers GET and HEAD of our own page's files and nothing else. */
export function createPages(folder: string, port: () => number) {
  const files = sirv(folder, {
    dev: false,
    etag: true,
    setHeaders: (response, path) =>
      response.setHeader(
        'Cache-Control',
        path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store',
      ),
  });
  return (request: IncomingMessage, response: ServerResponse): void => {
    const origins = [`ws://127.0.0.1:${port()}`, `ws://localhost:${port()}`];
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(origins));
    for (const [header, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(header, value);
    if (!isOwn(request, port())) return end(response, 403, 'This address serves only its own page.');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return end(response, 405, 'Only GET and HEAD are answered here.');
    }
    files(request, response, () => end(response, 404, 'There is no such page.'));
  };
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}
