import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../src-main/sync/letta/profile.js';
import { lettaErrorText } from '../../../src-main/sync/letta/shapes.js';
import { isPrivateHost, neverConnects } from '../../../src-main/sync/private-host.js';
import { refusedUrl } from '../../fakes/letta/url-guard.js';

describe('profiles by version', () => {
  const profile = (version: string | undefined, url = 'http://localhost:8283') => {
    const facts = factsOf(url, version);
    return facts === 'too old' ? facts : facts.profile;
  };
  it.each([
    ['0.12.1', 'too old'],
    ['0.13.0', 'flat'],
    ['0.14.9', 'flat'],
    ['0.15.0', 'nested'],
    ['0.16.6', 'nested'],
    ['0.16.7', 'guarded'],
    ['1.0.0', 'guarded'],
    ['who knows', 'nested'],
    [undefined, 'nested'],
  ])('%s is %s', (version, expected) => expect(profile(version)).toBe(expected));

  it('the cloud is known by its host alone', () => {
    expect(profile(undefined, 'https://api.letta.com')).toBe('cloud');
    expect(profile('0.16.8', 'https://letta.com.example.org')).toBe('guarded');
  });
});

describe('URLs that 0.16.7 refuses', () => {
  it.each([
    ['http://localhost:3000/mcp', true],
    ['http://127.0.0.1/', true],
    ['http://[::1]/', true],
    ['http://192.168.1.4/', true],
    ['http://100.64.0.1/', true],
    ['http://printer.local/', true],
    ['http://x.svc/', true],
    ['http://metadata.google.internal/', true],
    ['https://8.8.8.8/', false],
    ['https://mcp.example.com/', false],
    ['http://host.docker.internal/', false],
  ])('%s: %s', (url, refused) => {
    expect(isPrivateHost(url)).toBe(refused);
    expect(refusedUrl(url) !== undefined).toBe(refused);
  });

  it('a container’s own name is stored and never reached', () => {
    expect(neverConnects('http://host.docker.internal:80/')).toBe(true);
    expect(neverConnects('https://mcp.example.com/')).toBe(false);
  });
});

describe('error bodies', () => {
  it('lose what was sent', () => {
    const unprocessable =
      "[{'type': 'extra_forbidden', 'loc': ('body', 'config', 'cwd'), 'msg': 'Extra inputs are not permitted', 'input': {'token': 'key-secret-1'}}]";
    expect(lettaErrorText({ detail: unprocessable })).toBe('body.config.cwd: Extra inputs are not permitted');
    const duplicate = 'duplicate key\n[SQL: INSERT]\n[parameters: {"token":"key-secret-1"}]';
    expect(lettaErrorText({ detail: duplicate })).toBe('duplicate key');
    expect(lettaErrorText({ detail: { code: 'MCPServerUnavailable', message: 'away' } })).toBe('away');
    expect(lettaErrorText(undefined)).toBe('');
  });
});
