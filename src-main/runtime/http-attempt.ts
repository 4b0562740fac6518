import {
  SdkError,
  SdkErrorCode,
  SSEClientTransport,
  SseError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { AppError, type RemoteTransport, type Settings, type Value } from '../contract/index.js';
import type { Attempt, Ending } from './attempt.js';
import { StartFailure } from './attempt.js';
import {
  isCertificateFault,
  isNetworkFault,
  isUnauthorized,
  networkReason,
  statusOf,
} from './session/http-faults.js';
import { httpFetch, type HttpFetch } from './session/http-fetch.js';
import { headersOf } from './session/http-headers.js';
import { TappedTransport, type ProtocolTap } from './session/protocol-log.js';
import { Session } from './session/session.js';
import type { SessionHost } from './session/session-host.js';
import { asStartFailure, messageOf } from './start-failures.js';

export type HttpPorts = {
  transport: RemoteTransport;
  handshakeMs: number;
  host: SessionHost;
  /** Resolves when an earlier session of this server is closed. */
  free: Promise<void>;
  resolve(value: Value): Promise<string>;
  settings(): Pick<Settings, 'proxy' | 'caFile'>;
  redact(text: string): string;
  say(text: string): void;
  tap: ProtocolTap;
};

/** How long a goodbye (DELETE of the session) may take before the connection is simply closed. */
const GOODBYE_MS = 1_000;

/** A server at a URL: a session without a process. */
export class HttpAttempt implements Attempt {
  readonly pid = undefined;
  readonly tree = undefined;
  readonly ready: Attempt['ready'];
  readonly ended: Promise<Ending>;
  readonly #abort = new AbortController();
  #http: HttpFetch | undefined;
  #session: Session | undefined;
  #transport: StreamableHTTPClientTransport | SSEClientTransport | undefined;
  #reportEnd!: (ending: Ending) => void;

  constructor(private readonly ports: HttpPorts) {
    this.ended = new Promise((resolve) => (this.#reportEnd = resolve));
    this.ready = this.#open().catch((error: unknown) => {
      throw this.#explain(error);
    });
  }

  async end(): Promise<undefined> {
    this.#abort.abort();
    await this.#close();
    return undefined;
  }

  /** A new session in place of one the server has forgotten. */
  readonly renew = async (): Promise<Session> => {
    await this.#close();
    return this.#connect(this.ports.transport.type);
  };

  async #open(): Promise<{ session: Session; readyMs: number }> {
    await this.ports.free;
    const started = performance.now();
    const { type } = this.ports.transport;
    const session = await this.#connect(type).catch(async (error: unknown) => {
      if (type !== 'streamable_http' || !isNoSuchEndpoint(error) || this.#abort.signal.aborted) throw error;
      return this.#olderTransport(error);
    });
    return { session, readyMs: Math.round(performance.now() - started) };
  }

  /** MCP, transports, "Backwards Compatibility": 400, 404 or 405 to the first POST may mean a server of 2024-11-05. */
  async #olderTransport(original: unknown): Promise<Session> {
    await this.#close();
    const session = await this.#connect('sse').catch(() => {
      throw original;
    });
    this.ports.say('the server speaks the older SSE transport: set the transport to SSE to save a request');
    return session;
  }

  async #connect(type: RemoteTransport['type']): Promise<Session> {
    const { handshakeMs, host, transport } = this.ports;
    const url = new URL(transport.url);
    const [headers, http] = await Promise.all([
      headersOf(transport, this.ports.resolve),
      httpFetch(url, this.ports.settings()),
    ]);
    this.#http = http;
    const options = { requestInit: { headers }, fetch: http.fetch };
    this.#transport =
      type === 'sse' ? new SSEClientTransport(url, options) : new StreamableHTTPClientTransport(url, options);
    const session = new Session({
      ...host,
      negotiates: type === 'streamable_http',
      onFault: (error) => this.#onFault(session, type, error),
    });
    this.#session = session;
    const opening = session.open(
      new TappedTransport(this.#transport, this.ports.tap),
      handshakeMs,
      this.#abort.signal,
    );
    // An SSE connection that is never answered has no time limit of its own.
    await withLimit(opening, handshakeMs, this.#abort.signal);
    return session;
  }

  /** A broken event stream ends an SSE session; a streamable one can do without and is judged by its pings. */
  #onFault(session: Session, type: RemoteTransport['type'], error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.ports.host.onFault(error);
    if (type === 'sse' && session === this.#session && isNetworkFault(error))
      this.#reportEnd({ reason: 'closed its event stream', isRemote: true });
  }

  async #close(): Promise<void> {
    const session = this.#session;
    const transport = this.#transport;
    this.#session = undefined;
    if (transport instanceof StreamableHTTPClientTransport)
      await Promise.race([
        transport.terminateSession().catch(() => {}),
        new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref()),
      ]);
    await session?.close();
    await transport?.close().catch(() => {});
    await this.#http?.close().catch(() => {});
  }

  #explain(error: unknown): StartFailure {
    const where = `${new URL(this.ports.transport.url).origin}`;
    const fail = (code: AppError['code'], message: string, hint: string, permanent = true): StartFailure =>
      new StartFailure(new AppError(code, this.ports.redact(message), hint), permanent);
    if (error instanceof StartFailure || error instanceof AppError) return asStartFailure(error);
    if (isUnauthorized(error))
      return fail(
        'remote_unauthorized',
        `${where} refused the credentials (HTTP ${statusOf(error)}).`,
        this.#authHint(),
      );
    if (isTimeout(error)) {
      const seconds = Math.round(this.ports.handshakeMs / 1_000);
      return fail('timeout', `${where} did not answer within ${seconds} s.`, 'Is it an MCP server?', false);
    }
    const fault = error instanceof SseError ? this.#http?.lastFault() : error;
    const reason = networkReason(fault);
    if (reason !== undefined || isNetworkFault(error))
      return fail(
        'remote_unreachable',
        `${where} cannot be reached: ${reason ?? messageOf(error)}.`,
        isCertificateFault(fault)
          ? 'If a company proxy or a private authority signs it, choose that authority’s PEM file in the settings.'
          : 'Check the address, whether the server is up, and the proxy in the settings.',
        false,
      );
    const status = statusOf(error);
    return fail(
      'remote_rejected',
      `${where} does not answer as an MCP server: ${messageOf(error).slice(0, 500)}.`,
      'Check the path of the URL (often /mcp or /sse) and the transport type.',
      // The server, or a gateway before it, is in trouble: that may pass.
      status === undefined || status < 500,
    );
  }

  #authHint(): string {
    const { auth } = this.ports.transport;
    if (auth.type === 'none') return 'The server wants a token: put it into auth, or into a header.';
    if (auth.type === 'oauth') return 'Its access token is missing, wrong or expired: set a new one.';
    return /^authorization$/i.test(auth.header)
      ? 'Check the token. An Authorization header usually begins with "Bearer ".'
      : 'Check the token and the name of its header.';
  }
}

function isNoSuchEndpoint(error: unknown): boolean {
  return [400, 404, 405].includes(statusOf(error) ?? 0);
}

function isTimeout(error: unknown): boolean {
  return error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout;
}

async function withLimit(work: Promise<void>, limitMs: number, signal: AbortSignal): Promise<void> {
  let stop = (): void => {};
  const limit = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new SdkError(SdkErrorCode.RequestTimeout, 'no answer')), limitMs);
    const aborted = (): void => reject(new Error('stopped'));
    signal.addEventListener('abort', aborted);
    stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    };
  });
  limit.catch(() => {});
  work.catch(() => {});
  await Promise.race([work, limit]).finally(() => stop());
}
