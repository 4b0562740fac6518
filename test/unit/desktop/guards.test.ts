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
  it('are refused, whoever asks for whichever', () => {
    const session = new Session();
    denyPermissions(session as never);
    const answers: boolean[] = [];
    const contents = new WebContents() as never;
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'clipboard-read',
    ] as const)
      session.test.request?.(contents, permission, (yes) => answers.push(yes), {} as never);
    expect(answers).toEqual([false, false, false, false, false]);
    expect(session.test.check?.(contents, 'hid', 'app://jackfield', {} as never)).toBe(false);
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
