import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  app,
  called,
  preventable,
  resetElectron,
  Session,
  WebContents,
} from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { denyPermissions, guardNavigation } = await import('../../../src-main/hosts/desktop/guards.js');

describe('permissions', () => {
  const session = new Session();
  denyPermissions(session as never);
  const contents = new WebContents() as never;
  const OWN = 'app://jackfield/index.html';
  type Permission = Parameters<NonNullable<typeof session.test.request>>[1];
  function asked(permission: Permission, requestingUrl = OWN, isMainFrame = true): boolean {
    const details = { requestingUrl, isMainFrame };
    let answer: boolean | undefined;
    session.test.request?.(contents, permission, (yes) => (answer = yes), details);
    const checked = session.test.check?.(contents, permission as never, requestingUrl, details);
    expect(checked).toBe(answer);
    return answer === true;
  }

  it.each<Permission>([
    'media',
    'display-capture',
    'geolocation',
    'notifications',
    'openExternal',
    'clipboard-read',
    'deprecated-sync-clipboard-read',
    'fileSystem',
    'fullscreen',
    'local-network-access',
    'unknown',
  ])('of %s are refused to our page too', (permission) => {
    expect(asked(permission)).toBe(false);
  });

  it('let our page write to the clipboard, and no other page or frame', () => {
    expect(asked('clipboard-sanitized-write')).toBe(true);
    expect(asked('clipboard-sanitized-write', OWN, false)).toBe(false);
    for (const url of ['https://evil.example/', 'app://jackfield.evil/', 'file:///x', ''])
      expect(asked('clipboard-sanitized-write', url), url).toBe(false);
  });

  it('for devices are refused', () => {
    expect(session.test.device?.({} as never)).toBe(false);
  });
});

describe('navigation', () => {
  let contents: WebContents;
  beforeEach(() => {
    resetElectron();
    guardNavigation();
    contents = new WebContents();
    app.emit('web-contents-created', {}, contents);
  });

  const HOSTILE = [
    'https://example.com/',
    'http://localhost:5173/',
    'app://jackfield.evil.example/index.html',
    'app://evil/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,<script>1</script>',
    'jackfield://install?config=e30',
    'not a url',
  ];

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    'never leaves our page (%s)',
    (event) => {
      for (const url of HOSTILE) {
        const details = { ...preventable(), url };
        details.preventDefault = vi.fn();
        contents.emit(event, details);
        expect(details.preventDefault, url).toHaveBeenCalledOnce();
      }
      const own = { url: 'app://jackfield/index.html#/settings', preventDefault: vi.fn() };
      contents.emit(event, own);
      expect(own.preventDefault).not.toHaveBeenCalled();
    },
  );

  it('opens no window; only plain http and https go to the system’s browser', () => {
    const open = (url: string) => contents.test.openHandler?.({ url } as never);
    for (const url of HOSTILE) expect(open(url), url).toEqual({ action: 'deny' });
    expect(called('shell.openExternal')).toEqual([['https://example.com/'], ['http://localhost:5173/']]);
  });

  it('attaches no webview', () => {
    const event = preventable();
    contents.emit('will-attach-webview', event, {}, {});
    expect(event.defaultPrevented).toBe(true);
  });
});
