import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { describeIssues, parse } from '../../contract/index.js';
import { join } from './address.js';
import { readBody } from './body.js';
import { RemoteFailure, retryAfterOf, statusFailure, transportFailure } from './failure.js';

/** Counts the requests made for one link. */
export type Meter = { requests: number };

export type HttpOptions = {
  /** For messages: `Letta "Home" (http://…)`. */
  where: string;
  baseUrl: string;
  headers: Record<string, string>;
  dispatcher: Dispatcher;
  meter: Meter;
  redact: (text: string) => string;
  /** What an error body says, in the remote's own shape. */
  errorText: (body: unknown) => string;
  /** What a refusal means to this kind of remote, where that is more than its status says. */
  knownRefusal?: (failure: RemoteFailure) => RemoteFailure | undefined;
};

export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  timeoutMs?: number;
  /** Bytes; a list of many tools is large, everything else is small. */
  maxBytes?: number;
};

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 4_000_000;
const MAX_REDIRECTS = 3;

export type HttpAnswer = { status: number; body: unknown };
type Followed = HttpAnswer & { retryAfterMs?: number | undefined };

/**
 * One remote over HTTP: JSON in, JSON out, with limits of time and size, no retries (they are the outbox's, which looks
 * before it repeats), and errors that say what happened without showing what was sent.
 */
export class Http {
  #renew: ((plain: Http) => Promise<Record<string, string>>) | undefined;

  constructor(readonly options: HttpOptions) {}

  /** Another way in, tried once when the first is refused with 401. It is given a client without credentials. */
  onUnauthorized(renew: (plain: Http) => Promise<Record<string, string>>): void {
    this.#renew = renew;
  }

  /** @throws RemoteFailure for everything that is no 2xx with a JSON body that fits `schema` */
  async ask<S extends z.ZodType>(call: Call, schema: S): Promise<z.output<S>> {
    const { body } = await this.send(call);
    const parsed = parse(schema, body);
    if (parsed.ok) return parsed.value;
    throw new RemoteFailure(
      'remote_rejected',
      `${this.options.where} answered in a shape Jackfield does not know: ${describeIssues(parsed.fault.issues.slice(0, 3))}.`,
      'It may be another program, or a version Jackfield does not know: test the remote and check its URL.',
    );
  }

  /** The answer whatever its body is; a status that is no success is thrown. */
  async send(call: Call): Promise<HttpAnswer> {
    const answer = await this.#admitted(call);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const failure = statusFailure({
      status: answer.status,
      where: this.options.where,
      detail: this.#detail(answer.body),
      retryAfterMs: answer.retryAfterMs,
    });
    throw this.options.knownRefusal?.(failure) ?? failure;
  }

  async #admitted(call: Call): Promise<Followed> {
    const answer = await this.#follow(call);
    const renew = this.#renew;
    if (answer.status !== 401 || !renew) return answer;
    this.#renew = undefined;
    const { authorization: _refused, ...headers } = this.options.headers;
    try {
      Object.assign(this.options.headers, await renew(new Http({ ...this.options, headers })));
    } catch (error) {
      // There is no such way in either: the first refusal is the one to tell of.
      if (error instanceof RemoteFailure && error.status !== undefined) return answer;
      throw error;
    }
    return this.#follow(call);
  }

  /** Error bodies may repeat what was sent: only the remote's sentence is kept, short and redacted. */
  #detail(body: unknown): string {
    const text = this.options.errorText(body).replace(/\s+/g, ' ').trim();
    return this.options.redact(text).slice(0, 300);
  }

  async #follow(call: Call): Promise<Followed> {
    let url = new URL(join(this.options.baseUrl, call.path));
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    for (let hops = 0; ; hops += 1) {
      const answer = await this.#once(url, call);
      if (answer.status < 300 || answer.status >= 400 || answer.location === undefined) return answer;
      url = this.#next(url, answer.location, hops);
    }
  }

  /** Only within the same origin: anywhere else the credentials would go to somebody they are not meant for. */
  #next(from: URL, location: string, hops: number): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (to && to.origin === from.origin && hops < MAX_REDIRECTS) return to;
    throw new RemoteFailure(
      'remote_rejected',
      to && to.origin !== from.origin
        ? `${this.options.where} sends on to another address, ${to.origin}, and was not followed: the credentials are not meant for that one.`
        : `${this.options.where} redirects without end.`,
      to && to.origin !== from.origin
        ? `If ${to.origin} is the right one, make it the URL of this remote. A login page in front of it needs a way in for programs.`
        : 'Check the URL of this remote.',
    );
  }

  async #once(
    url: URL,
    { method, body, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES }: Call,
  ): Promise<HttpAnswer & { location?: string; retryAfterMs?: number | undefined }> {
    const { where, headers, dispatcher, meter } = this.options;
    meter.requests += 1;
    try {
      const { request } = await import('undici');
      const response = await request(url, {
        method,
        dispatcher,
        headers: {
          accept: 'application/json',
          ...headers,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const status = response.statusCode;
      const location = [response.headers['location']].flat()[0];
      return {
        status,
        body: await readBody(response, { where, maxBytes, isError: status >= 300 }),
        retryAfterMs: retryAfterOf(response.headers, Date.now()),
        ...(location !== undefined && { location }),
      };
    } catch (error) {
      if (error instanceof RemoteFailure) throw error;
      throw transportFailure(error, where, timeoutMs);
    }
  }
}
