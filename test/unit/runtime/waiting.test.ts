import { SdkHttpError, SdkErrorCode, SseError, UnauthorizedError } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serverSchema } from '../../../src-main/contract/index.js';
import {
  isNetworkFault,
  isSessionExpired,
  isUnauthorized,
  networkReason,
} from '../../../src-main/runtime/session/http-faults.js';
import { isLoopback } from '../../../src-main/runtime/session/http-fetch.js';
import { IdleWatch } from '../../../src-main/runtime/idle-watch.js';
import { rootOf } from '../../../src-main/runtime/session/client-side.js';
import { Questions } from '../../../src-main/runtime/session/questions.js';

describe('questions', () => {
  const asked = vi.fn();
  const closed = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    asked.mockClear();
    closed.mockClear();
  });
  afterEach(() => vi.useRealTimers());
  const form = { serverId: 's', kind: 'elicitation', message: 'Well?' } as const;
  const never = new AbortController().signal;

  it('are answered once', async () => {
    const questions = new Questions({ asked, closed });
    const answer = questions.ask(form, never);
    const [question] = questions.list();
    expect(asked).toHaveBeenCalledWith(question);
    expect(Date.parse(question!.expiresAt)).toBe(Date.now() + 120_000);
    expect(questions.isWaiting('s')).toBe(true);
    questions.answer(question!.id, { action: 'accept', content: { a: 1 } });
    expect(await answer).toEqual({ action: 'accept', content: { a: 1 } });
    expect(closed).toHaveBeenCalledExactlyOnceWith(question!.id);
    expect(() => questions.answer(question!.id, { action: 'decline' })).toThrow(/no longer open/);
  });

  it('expire, are withdrawn, and end with their server', async () => {
    const questions = new Questions({ asked, closed });
    const expired = questions.ask(form, never);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await expired).toEqual({ action: 'cancel' });
    const abort = new AbortController();
    const withdrawn = questions.ask(form, abort.signal);
    abort.abort();
    expect(await withdrawn).toEqual({ action: 'cancel' });
    const [mine, other] = [questions.ask(form, never), questions.ask({ ...form, serverId: 'o' }, never)];
    questions.closeAll('s');
    expect(await mine).toEqual({ action: 'cancel' });
    expect(questions.isWaiting('o')).toBe(true);
    questions.closeAll();
    expect(await other).toEqual({ action: 'cancel' });
    expect(questions.list()).toEqual([]);
  });

  it('are refused when nobody looks', async () => {
    const questions = new Questions({ asked, closed, isWatched: () => false });
    expect(await questions.ask(form, never)).toEqual({ action: 'cancel' });
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('the idle watch', () => {
  it('stops what runs on demand and was not used, and nothing else', async () => {
    const lifecycle = serverSchema.parse({
      id: 'x',
      revision: 1,
      name: 'x',
      transport: { type: 'inprocess' },
      lifecycle: { onDemand: true, idleMinutes: 5 },
    }).lifecycle;
    const stopped: string[] = [];
    let now = 0;
    let running = ['demand', 'busy', 'plain'];
    const watch = new IdleWatch({
      running: () => running,
      lifecycle: (id) => (id === 'plain' ? { ...lifecycle, onDemand: false } : lifecycle),
      stop: (id) => stopped.push(id),
      now: () => now,
    });
    let finish = (): void => {};
    const call = watch.during('busy', () => new Promise<void>((resolve) => (finish = resolve)));
    watch.look();
    now += 5 * 60_000 - 1;
    watch.look();
    expect(stopped).toEqual([]);
    now += 1;
    watch.look();
    expect(stopped).toEqual(['demand']);
    running = ['busy', 'plain'];
    finish();
    await call;
    // Eight hours of sleep are no time in which anybody could have used it.
    now += 8 * 3_600_000;
    watch.woke();
    watch.look();
    expect(stopped).toEqual(['demand']);
    now += 5 * 60_000 - 1;
    watch.look();
    expect(stopped).toEqual(['demand']);
    now += 1;
    watch.look();
    expect(stopped).toEqual(['demand', 'busy']);
  });
});

describe('faults of HTTP', () => {
  const http = (status: number, message = ''): SdkHttpError =>
    new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, message, { status, statusText: '' });
  const fetchFailed = (code: string): TypeError =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });

  it('are told apart', () => {
    expect([http(401), http(403), new UnauthorizedError()].map(isUnauthorized)).toEqual([true, true, true]);
    expect(isUnauthorized(http(404))).toBe(false);
    expect(isUnauthorized(new Error('Error POSTing to endpoint (HTTP 401): no'))).toBe(true);
    expect(isSessionExpired(http(404))).toBe(true);
    expect(isSessionExpired(http(400, 'No valid session ID'))).toBe(true);
    expect(isSessionExpired(http(400, 'bad request'))).toBe(false);
    expect(isNetworkFault(fetchFailed('ECONNREFUSED'))).toBe(true);
    expect(isNetworkFault(new SseError(undefined, 'gone', {} as never))).toBe(true);
    expect(isNetworkFault(http(500))).toBe(false);
  });

  it('are put into words', () => {
    expect(networkReason(fetchFailed('ENOTFOUND'))).toBe('there is no such host');
    expect(networkReason(fetchFailed('SELF_SIGNED_CERT_IN_CHAIN'))).toContain('unknown authority');
    const both = new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]);
    expect(networkReason(new TypeError('fetch failed', { cause: both }))).toContain('nothing listens');
    expect(networkReason(new Error('else'))).toBeUndefined();
  });

  it('this computer is known by its names', () => {
    expect(['localhost', '127.0.0.1', '127.9.9.9', '[::1]', 'a.localhost'].every(isLoopback)).toBe(true);
    expect(['localhost.example.com', '10.0.0.1', '127.example.com'].some(isLoopback)).toBe(false);
  });
});

it('roots are file URLs, home expanded, names kept', () => {
  expect(rootOf('~/a b', '/home/me')).toEqual({ uri: 'file:///home/me/a%20b', name: 'a b' });
  expect(rootOf('/', '/home/me')).toEqual({ uri: 'file:///', name: '/' });
});
