import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TrustRequest } from '../../app.js';
import { SECURITY_HEADERS } from '../csp.js';
import { lastPage, questionPage, SCRIPT, STYLE } from './consent-page.js';

const OPEN_FOR_MS = 10 * 60 * 1000;
const MOST_OPEN = 50;
const LONGEST_BODY = 1_000;
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

type Asked = { request: TrustRequest; nonce: string; until: number };

/**
 * Where the person answers whether a command may run: pages at a port of their own. Another port is another origin, so
 * a script in the window can open such a page but neither read it, click in it nor frame it; the answer needs a nonce
 * that stands in the page alone, and comes from that page or is refused.
 */
export class ConsentDesk {
  readonly #asked = new Map<string, Asked>();
  #server: Promise<Server> | undefined;

  /** Answers the page's address, new for each question; an older question of the same server is closed. */
  async ask(request: TrustRequest): Promise<{ url: string }> {
    this.#server ??= listen((incoming, response) => void this.#serve(incoming, response));
    const server = await this.#server;
    for (const [id, asked] of this.#asked)
      if (asked.request.serverId === request.serverId || asked.until < Date.now()) this.#asked.delete(id);
    for (const id of this.#asked.keys()) if (this.#asked.size >= MOST_OPEN) this.#asked.delete(id);
    const id = randomBytes(24).toString('base64url');
    const nonce = randomBytes(24).toString('base64url');
    this.#asked.set(id, { request, nonce, until: Date.now() + OPEN_FOR_MS });
    return { url: `http://127.0.0.1:${portOf(server)}/ask/${id}` };
  }

  close(): void {
    this.#asked.clear();
    void this.#server?.then((server) => {
      server.close();
      server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const own = `127.0.0.1:${portOf(await this.#server)}`;
    for (const [header, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(header, value);
    // The window's own policy says no-referrer, under which a browser leaves its origin out of a posted form.
    response.setHeader('Referrer-Policy', 'same-origin');
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Cache-Control', 'no-store');
    if (request.headers.host !== own) return end(response, 403, 'text/plain', 'Not here.');
    const path = request.url ?? '/';
    if (request.method === 'GET' && path === '/consent.css') return end(response, 200, 'text/css', STYLE);
    if (request.method === 'GET' && path === '/consent.js')
      return end(response, 200, 'text/javascript', SCRIPT);
    const asked = this.#asked.get(path.replace(/^\/ask\//, ''));
    if (!asked || asked.until < Date.now())
      return html(response, 404, 'This question is closed', 'Go back to Jackfield and ask again.');
    if (request.method === 'GET')
      return end(response, 200, 'text/html', questionPage(asked.request, asked.nonce));
    if (request.method !== 'POST') return end(response, 405, 'text/plain', 'Only GET and POST.');
    if (request.headers.origin !== `http://${own}`)
      return end(response, 403, 'text/plain', 'Not from there.');
    await this.#answer(asked, new URLSearchParams(await bodyOf(request)), response);
  }

  async #answer({ request, nonce }: Asked, form: URLSearchParams, response: ServerResponse): Promise<void> {
    const answer = form.get('answer');
    if (!isSame(form.get('nonce') ?? '', nonce) || (answer !== 'yes' && answer !== 'no'))
      return end(response, 403, 'text/plain', 'This is no answer of that page.');
    for (const [id, asked] of this.#asked) if (asked.request === request) this.#asked.delete(id);
    try {
      await request.answer(answer === 'yes');
    } catch (error) {
      return html(response, 409, 'Nothing was allowed', error instanceof Error ? error.message : '');
    }
    if (answer === 'yes') html(response, 200, 'Allowed', 'You can close this tab and go back to Jackfield.');
    else html(response, 200, 'Not allowed', 'Nothing was started. You can close this tab.');
  }
}

function listen(serve: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(serve);
  server.requestTimeout = 10_000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

const portOf = (server: Server | undefined): number => (server?.address() as AddressInfo | null)?.port ?? 0;

function isSame(given: string, nonce: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(nonce)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  try {
    for await (const part of request) {
      body += String(part);
      if (body.length > LONGEST_BODY) return '';
    }
  } catch {
    // Whoever hung up in the middle has answered nothing.
    return '';
  }
  return body;
}

const html = (response: ServerResponse, status: number, title: string, detail: string): void =>
  end(response, status, 'text/html', lastPage(title, detail));

function end(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'Content-Type': `${type}; charset=utf-8` });
  response.end(text);
}
