import { expect, it } from 'vitest';
import { plainSecretPaths } from '../../../src-main/contract/plain-secrets.js';

it('finds plain values that look like secrets where a secret could stand, and nothing else', () => {
  const server = {
    name: 'sk-looks-like-one-but-is-a-name-123456',
    description: 'token: hunter2222',
    transport: {
      type: 'stdio',
      args: ['--token', 'abcdefgh12345678'],
      env: {
        GITHUB_TOKEN: 'abcdefgh1234',
        KEPT: { secret: 'sec-00000000-0000-0000-0000-000000000000' },
        LATER: '${TOKEN}',
        token: 'abcdefgh5678',
        NODE_ENV: 'production',
      },
      headers: { Authorization: 'Bearer abcdefgh1234', Accept: 'text/html' },
      auth: { type: 'header', header: 'X-Key', token: 'abcdefgh' },
    },
  };
  expect(plainSecretPaths(server)).toEqual([
    'transport.env.GITHUB_TOKEN',
    'transport.env.token',
    'transport.headers.Authorization',
    'transport.auth.token',
  ]);
  const remote = {
    auth: { type: 'basic', username: 'me-and-my-token', password: 'hunter2222' },
    headers: {},
  };
  expect(plainSecretPaths(remote)).toEqual(['auth.password']);
});
