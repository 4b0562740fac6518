import { describe, expect, it } from 'vitest';
import { looksLikeSecret } from '../../../src-main/vault/looks-like-secret.js';

// Put together at run time, so that no scanner takes this file for a leak.
const issued = (prefix: string, body = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'): string => `${prefix}${body}`;

describe('looksLikeSecret', () => {
  it.each([
    ['', issued('sk-')],
    ['ANYTHING', issued('sk-ant-api03-')],
    ['', issued('ghp_')],
    ['', issued('github_pat_')],
    ['', issued('glpat-')],
    ['', issued('xoxb-', '123456789012-abcdefghij')],
    ['', issued('AKIA', 'ABCDEFGHIJ234567')],
    ['', issued('AIza')],
    ['', issued('hf_')],
    ['ID', issued('npm_')],
    ['Authorization', issued('Bearer ')],
    ['', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
    ['DATABASE_URL', 'postgres://me:hunter22@db.example.org/x'],
    ['GITHUB_TOKEN', 'something-short'],
    ['apiKey', 'abcdef123'],
    ['X-Api-Key', 'abcdef123'],
    ['DB_PASSWORD', 'hunter22'],
    ['dbPassword', 'correct horse'],
    ['SETTING', 'q9X2mZ7bL4kR8vN1cT6yW3pH5sD0fG'],
    ['SETTING', 'd41d8cd98f00b204e9800998ecf8427e'],
  ])('%s=%s does', (name, value) => {
    expect(looksLikeSecret(name, value)).toBe(true);
  });

  it.each([
    ['', ''],
    ['GITHUB_TOKEN', ''],
    ['GITHUB_TOKEN', '${GITHUB_TOKEN}'],
    ['GITHUB_TOKEN', '${input:github_token}'],
    ['GITHUB_TOKEN', '$GITHUB_TOKEN'],
    ['GITHUB_TOKEN', '<your token>'],
    ['GITHUB_TOKEN', 'your-token-here'],
    ['GITHUB_TOKEN', 'op://vault/github/token'],
    ['API_KEY', 'changeme'],
    ['API_KEY_FILE', '/home/me/.config/key.txt'],
    ['SSH_KEY', '/home/me/.ssh/id_ed25519'],
    ['TOKEN_LIMIT', '100000'],
    ['MAX_TOKENS', '4096'],
    ['TOKEN', '4096'],
    ['KEYBOARD_LAYOUT', 'de-latin1'],
    ['PUBLIC_KEY', 'pk-that-all-may-see'],
    ['AUTH_TYPE', 'oauth2-device'],
    ['NODE_ENV', 'production'],
    ['PATH', '/usr/local/bin:/usr/bin:/bin'],
    ['HOME', '/home/someone'],
    ['URL', 'https://example.org/a/long/path/with-some-words?x=1'],
    ['ID', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
    ['PACKAGE', '@modelcontextprotocol/server-everything'],
    ['DESCRIPTION', 'A sentence about a token that is none of them'],
    ['PASSWORD_HINT', 'the name of the dog'],
    ['DATABASE_URL', 'postgres://me:${DB_PASSWORD}@db.example.org/x'],
    ['DATABASE_URL', 'postgres://localhost/x'],
  ])('%s=%s does not', (name, value) => {
    expect(looksLikeSecret(name, value)).toBe(false);
  });

  it('answers at once for a value of 1 MB', () => {
    const started = performance.now();
    looksLikeSecret('X', 'a1B'.repeat(350_000));
    looksLikeSecret('X', `${'a:'.repeat(500_000)}@`);
    looksLikeSecret('DATA', `http://${'a'.repeat(1_000_000)}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
