import { describe, expect, it } from 'vitest';
import { isLoopback, isReadableByOthers, join } from '../../../src-main/sync/http/address.js';
import { retryAfterOf, statusFailure, transportFailure } from '../../../src-main/sync/http/failure.js';
import { backOff } from '../../../src-main/sync/queued.js';
import { looksSensitive } from '../../../src-main/contract/looks-like-secret.js';

describe('what a failure means', () => {
  it.each([
    [401, 'remote_unauthorized', false],
    [403, 'remote_unauthorized', false],
    [404, 'remote_rejected', false],
    [422, 'remote_rejected', false],
    [429, 'remote_unreachable', true],
    [500, 'remote_rejected', false],
    [503, 'remote_unreachable', true],
  ])('%i is %s, later: %s', (status, code, transient) => {
    expect(statusFailure({ status, where: 'It', detail: '' })).toMatchObject({ code, transient });
  });

  it('a connection that was refused did nothing; one that broke may have', () => {
    const of = (code: string) => transportFailure(Object.assign(new Error(), { code }), 'It', 1_000);
    expect(of('ECONNREFUSED')).toMatchObject({ transient: true, unknown: false });
    expect(of('ECONNRESET')).toMatchObject({ transient: true, unknown: true });
    expect(of('CERT_HAS_EXPIRED')).toMatchObject({ transient: false });
  });

  it('Retry-After comes in three forms and has an end', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfterOf({ 'retry-after': '3' }, now)).toBe(3_000);
    expect(retryAfterOf({ 'retry-after-ms': '250' }, now)).toBe(250);
    expect(retryAfterOf({ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' }, now)).toBe(10_000);
    expect(retryAfterOf({ 'retry-after': '999999' }, now)).toBe(3_600_000);
    expect(retryAfterOf({ 'retry-after': 'soon' }, now)).toBeUndefined();
    expect(retryAfterOf({}, now)).toBeUndefined();
  });

  it('waits double up to a limit that keeps the promise of 30 s', () => {
    expect([1, 2, 3, 4, 5, 50].map((attempts) => backOff(attempts, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
    ]);
    // With the 8 s an attempt may take to find the remote away.
    expect(backOff(99, 1) + 8_000).toBeLessThanOrEqual(30_000);
  });
});

describe('addresses', () => {
  it('this computer is not read by others', () => {
    for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]'])
      expect(isLoopback(host)).toBe(true);
    for (const host of ['localhost.example.com', '128.0.0.1', '192.168.0.1', '127.0.0.1.example.com'])
      expect(isLoopback(host)).toBe(false);
    expect(isReadableByOthers('http://192.168.0.1')).toBe(true);
    expect(isReadableByOthers('https://192.168.0.1')).toBe(false);
  });

  it('a path of the base is kept', () =>
    expect(join('http://a/letta/', '/v1/x')).toBe('http://a/letta/v1/x'));
});

describe('what looks secret', () => {
  it.each([
    ['Authorization', 'x', true],
    ['X-Api-Key', 'k1', true],
    ['DB_PASSWORD', 'hunter2', true],
    ['X-Org', '7', false],
    ['LOG', 'debug', false],
    ['X-Anything', 'Bearer abcdefghij', true],
  ])('%s: %s is %s', (name, value, secret) => expect(looksSensitive(name, value)).toBe(secret));
});
