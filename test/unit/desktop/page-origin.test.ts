import { describe, expect, it } from 'vitest';
import { externalUrl, isOwnPage } from '../../../src-main/hosts/desktop/page-origin.js';

describe('our own page', () => {
  it('is app://jackfield and whatever lies below it', () => {
    expect(isOwnPage('app://jackfield/index.html#/servers/1')).toBe(true);
    expect(isOwnPage('app://jackfield/')).toBe(true);
  });

  it.each([
    'app://jackfield.evil.example/index.html',
    'app://evil.jackfield/index.html',
    'app://user@jackfield/',
    'app://jackfield@evil.example/',
    'app://jackfield:80/',
    'apps://jackfield/',
    'http://jackfield/',
    'https://evil.example/app://jackfield/',
    'file:///app/jackfield/index.html',
    'data:text/html,app://jackfield/',
    'javascript:alert(1)',
    'about:blank',
    '',
  ])('is not %s', (url) => {
    expect(isOwnPage(url)).toBe(false);
  });
});

describe('what is handed to the system’s browser', () => {
  it.each(['https://example.com/a?b#c', 'http://127.0.0.1:8080/'])('is %s', (url) => {
    expect(externalUrl(url)).toBe(url);
  });

  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'smb://server/share',
    'ms-msdt:/id',
    'jackfield://install',
    'app://jackfield/',
    'https://user:password@example.com/',
    '\\\\server\\share',
    '/usr/bin/true',
    '$(id)',
    '',
  ])('is not %s', (url) => {
    expect(externalUrl(url)).toBeUndefined();
  });
});
