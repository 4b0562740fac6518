import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../support/cpu-time.js';
import { MASK, Redactor } from '../../../src-main/vault/redactor.js';

function redactorOf(...values: string[]): Redactor {
  const redactor = new Redactor();
  values.forEach((value) => redactor.watch(value));
  return redactor;
}

const SECRET = 'pä"ss/w0rd+\\&=<x> ☂';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('Redactor', () => {
  it.each([
    ['plain', SECRET],
    ['base64', base64(SECRET)],
    ['base64url', Buffer.from(SECRET).toString('base64url')],
    ['hex', Buffer.from(SECRET).toString('hex')],
    ['URL-encoded', encodeURIComponent(SECRET)],
    [
      'URL-encoded with small digits',
      encodeURIComponent(SECRET).replace(/%../g, (byte) => byte.toLowerCase()),
    ],
    ['form-encoded', new URLSearchParams({ a: SECRET }).toString().slice(2)],
    ['JSON', JSON.stringify({ a: SECRET }).slice(6, -2)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(SECRET))],
    [
      'JSON in ASCII',
      JSON.stringify(SECRET)
        .replace(/[^ -~]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
        .replace('\\u002602', '\\u2602'),
    ],
    ['HTML', 'pä&quot;ss/w0rd+\\&amp;=&lt;x&gt; ☂'],
  ])('blanks the %s form', (_, form) => {
    const redacted = redactorOf(SECRET).redact(`before ${form} after`);
    expect(redacted).toContain(MASK);
    expect(redacted.startsWith('before ')).toBe(true);
    expect(redacted.endsWith(' after')).toBe(true);
    expect(redacted).not.toContain('w0rd');
    expect(redacted.length).toBeLessThan(30);
  });

  it.each(['a', 'ab', 'abc', 'user@example.org', ''])('blanks it in the base64 of "%s:secret"', (user) => {
    const secret = 'correct-horse-battery';
    const header = `Basic ${base64(`${user}:${secret}`)}`;
    const redacted = redactorOf(secret).redact(header);
    expect(redacted).toContain(MASK);
    const rest = redacted.slice('Basic '.length).split(MASK).join('');
    expect(rest.length).toBeLessThan(base64(`${user}:`).length + 5);
  });

  it('blanks each line of a key of several lines, but not its frame', () => {
    const redactor = redactorOf(
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhk\nq1w2e3r4t5z6u7i8\n-----END PRIVATE KEY-----\n',
    );
    expect(redactor.redact('read MIIEvQIBADANBgkqhk from the file')).toBe(`read ${MASK} from the file`);
    expect(redactor.redact('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });

  it('leaves nothing over where two secrets share characters', () => {
    const redactor = redactorOf('abcd1234', '1234efgh');
    expect(redactor.redact('x abcd1234efgh y')).toBe(`x ${MASK} y`);
  });

  it('leaves nothing over where a short secret stands within a long one', () => {
    const redactor = redactorOf('abcdefghijklmnopqrstuvwxyz', 'cdef');
    expect(redactor.redact('x abcdefghijklmnopqrstuvwxyz y')).toBe(`x ${MASK} y`);
  });

  it('takes the longer of two secrets that begin alike', () => {
    expect(redactorOf('token-one', 'token-one-and-more').redact('token-one-and-more')).toBe(MASK);
  });

  it('passes over values of less than four characters', () => {
    expect(redactorOf('on', 'abc').redact('on abc')).toBe('on abc');
    expect(redactorOf('abcd').redact('on abcd')).toBe(`on ${MASK}`);
  });

  it('leaves text without a secret as it is', () => {
    const redactor = redactorOf('a-secret-that-is-not-there');
    fc.assert(fc.property(fc.string(), (text) => redactor.redact(text) === text));
  });

  it('leaves no secret in any text, wherever it stands and however many there are', () => {
    const value = fc.string({ minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), fc.array(fc.string()), (values, noise) => {
        const redactor = redactorOf(...values);
        const text = values.map((secret, index) => `${noise[index] ?? ''}${secret}`).join('');
        const left = redactor.redact(text);
        // What is between two masks holds no secret. (The masks themselves may, if a person chose four bullets.)
        for (const piece of left.split(MASK))
          for (const secret of values) expect(piece.includes(secret)).toBe(false);
      }),
    );
  });

  it.each([
    ['secrets that begin alike', (n: number) => `sk-proj-${n}-${base64(`number ${n}`)}`, 'sk-proj-'],
    ['secrets that repeat one character', (n: number) => `${'a'.repeat(1_000)}${n}`, 'a'],
    ['secrets as long as may be', (n: number) => `${'a'.repeat(65_000)}${n % 3}`, 'a'],
  ])('keeps pace with 1 MB of the worst text for 200 %s', async (_, secret, part) => {
    const redactor = new Redactor();
    for (let n = 0; n < 200; n += 1) redactor.watch(secret(n));
    const text = part.repeat(1_048_576 / part.length);
    // A search that grows with the number or the length of secrets takes minutes.
    expect(await cpuMs(() => expect(redactor.redact(text)).toBe(text))).toBeLessThan(2_000);
  });
});
