import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../support/cpu-time.js';
import { looksLikeSecret } from '../../../src-main/contract/looks-like-secret.js';

// Put together here, so that no scanner takes this file for a leak.
const issued = (prefix: string): string => `${prefix}${'a1B2c3D4'.repeat(5)}`;

describe('looksLikeSecret', () => {
  it.each([
    ['X', issued('ghp_')],
    ['X', issued('github_pat_')],
    ['OPENAI', issued('sk-')],
    ['SLACK', issued('xoxb-')],
    ['Authorization', 'Bearer abcdef123456'],
    ['Authorization', 'Basic dXNlcjpwYXNz'],
    ['DB_PASSWORD', 'hunter2'],
    ['API_KEY', 'q8w7e6r5t4'],
    ['apiKey', 'q8w7e6r5t4'],
    ['X-API-Key', 'q8w7e6r5t4'],
    ['--token', 'q8w7e6r5t4'],
    ['BRAVE_API_KEY', 'BSAq8w7e6r5t4'],
    ['DATABASE_URL', 'postgresql://app:s3cr3t@db.local/x'],
    ['ANYTHING', 'hV7zQ1pLk9XrT3mNb5WyC8dFg2JsA6eU0oIiKq4Z'],
  ])('takes %s = %s for one', (name, value) => expect(looksLikeSecret(name, value)).toBe(true));

  it.each([
    ['API_KEY', '${API_KEY}'],
    ['API_KEY', '${input:key}'],
    ['API_KEY', '{env:API_KEY}'],
    ['API_KEY', '$API_KEY'],
    ['API_KEY', '<your-api-key>'],
    ['API_KEY', 'YOUR_API_KEY'],
    ['API_KEY', 'xxxxxxxx'],
    ['API_KEY', 'sk-...'],
    ['API_KEY', ''],
    ['Authorization', 'Bearer ${TOKEN}'],
    ['Authorization', 'Bearer <token>'],
    ['TOKEN_LIMIT', '4096'],
    ['TOKEN_FILE', '/run/secrets/token'],
    ['KEYBOARD_LAYOUT', 'dvorak-programmer'],
    ['LOG_LEVEL', 'debug'],
    ['PATH', '/usr/local/bin:/usr/bin:/bin'],
    ['DATABASE_URL', 'postgresql://localhost/app'],
    ['AUTH_ENABLED', 'true'],
    ['URL', 'https://example.com/a/very/long/path/that/is/no/secret/at/all'],
  ])('leaves %s = %s alone', (name, value) => expect(looksLikeSecret(name, value)).toBe(false));

  it.each([
    ['mixed characters', 'a1B'.repeat(350_000)],
    ['the beginning of a connection string', `${'a:'.repeat(500_000)}@`],
    ['an address', `http://${'a'.repeat(1_000_000)}`],
    ['spaces', `${' '.repeat(1_000_000)}x`],
    ['a placeholder that never ends', `<${'-'.repeat(1_000_000)}`],
    ['dots', `${'...'.repeat(330_000)}x`],
    ['a scheme', `Bearer ${'\t'.repeat(1_000_000)}`],
  ])('answers at once for 1 MB of %s', async (_, value) => {
    expect(await cpuMs(() => looksLikeSecret('API_TOKEN', value))).toBeLessThan(1_000);
  });
});
