import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  BrowserWindow,
  called,
  machine,
  nativeTheme,
  Notification,
  resetElectron,
} from '../../support/electron-stub.js';
import { FakeApp } from './fake-app.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { setupDockBadge } = await import('../../../src-main/hosts/desktop/dock-badge.js');
const { NativeNotifications } = await import('../../../src-main/hosts/desktop/notifications.js');
const { setupTheme } = await import('../../../src-main/hosts/desktop/theme.js');
const { setupLoginItem } = await import('../../../src-main/hosts/desktop/login-item.js');

beforeEach(resetElectron);

describe('the badge', () => {
  it('counts failures on the dock', async () => {
    const jackfield = new FakeApp(['a', 'b']);
    setupDockBadge(await jackfield.fleet(), { current: undefined, onOpened: () => undefined }, 'darwin');
    jackfield.ran('a', 'failed');
    jackfield.ran('a', 'starting');
    expect(called('app.setBadgeCount')).toEqual([[0], [1], [0]]);
  });

  it('marks the taskbar button on Windows', async () => {
    const jackfield = new FakeApp(['a']);
    const current = new BrowserWindow() as never;
    setupDockBadge(await jackfield.fleet(), { current, onOpened: () => undefined }, 'win32');
    jackfield.ran('a', 'failed');
    const [before, after] = called('window.setOverlayIcon');
    expect(before).toEqual([null, '']);
    expect(after?.[0]).not.toBeNull();
    expect(after?.[1]).toBe('1 server has failed');
  });
});

describe('notifications', () => {
  const deliver = vi.fn();
  const restart = vi.fn();
  const window: { isWatched: boolean; deliver: typeof deliver } = { isWatched: false, deliver };
  const start = async (names: string[]): Promise<FakeApp> => {
    const jackfield = new FakeApp(names);
    new NativeNotifications(jackfield, await jackfield.fleet(), window, restart);
    return jackfield;
  };
  beforeEach(() => {
    vi.clearAllMocks();
    window.isWatched = false;
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  it('tell of a failure while nobody looks, and lead to it', async () => {
    const jackfield = await start(['a']);
    jackfield.ran('a', 'running');
    jackfield.ran('a', 'failed', { error: { code: 'start_failed', message: 'It ended.', hint: '' } });
    vi.runAllTimers();
    const [shown, ...more] = Notification.test.shown;
    expect(more).toEqual([]);
    expect(shown?.test.options).toMatchObject({ title: 'a has failed', body: 'It ended.' });
    shown?.emit('click');
    expect(deliver).toHaveBeenCalledWith({ kind: 'server', serverId: 'id-a' });
    shown?.emit('action', {}, 0);
    expect(restart).toHaveBeenCalledWith('id-a');
  });

  it('tell of many failures as one', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const jackfield = await start(names);
    names.forEach((name) => jackfield.ran(name, 'running'));
    names.forEach((name) => jackfield.ran(name, 'failed'));
    vi.runAllTimers();
    expect(Notification.test.shown.map(({ test }) => test.options)).toEqual([
      { title: '5 servers have failed', body: 'a, b, c and 2 more' },
    ]);
  });

  it('are silent while the person looks, and where the system has none', async () => {
    window.isWatched = true;
    const watched = await start(['a']);
    watched.ran('a', 'running');
    watched.ran('a', 'failed');
    vi.runAllTimers();
    machine.notificationsSupported = false;
    window.isWatched = false;
    const none = await start(['a']);
    none.ran('a', 'running');
    none.ran('a', 'failed');
    vi.runAllTimers();
    expect(Notification.test.shown).toEqual([]);
  });

  it('tell of a server’s question', async () => {
    const jackfield = await start(['a']);
    jackfield.notify('question.asked', { question: { serverId: 'id-a' } as never });
    expect(Notification.test.shown[0]?.test.options.title).toBe('a asks you something');
  });
});

describe('the theme', () => {
  it('is the one of the settings', async () => {
    const jackfield = new FakeApp([]);
    const window = new BrowserWindow();
    setupTheme(await jackfield.fleet(), { current: window as never });
    jackfield.change({ theme: 'dark' });
    expect(nativeTheme.themeSource).toBe('dark');
    nativeTheme.shouldUseDarkColors = true;
    nativeTheme.emit('updated');
    expect(called('window.setBackgroundColor')).toEqual([['#141518']]);
  });
});

describe('start at login', () => {
  it('is what the person chose', async () => {
    machine.isPackaged = true;
    const jackfield = new FakeApp([]);
    setupLoginItem(await jackfield.fleet(), 'darwin');
    jackfield.change({ startAtLogin: true });
    jackfield.change({ theme: 'dark' });
    const chosen = called('app.setLoginItemSettings').map(([settings]) => settings);
    expect(chosen).toMatchObject([{ openAtLogin: false }, { openAtLogin: true }]);
  });
});

describe('start at login from a checkout', () => {
  it('is never registered', async () => {
    const jackfield = new FakeApp([]);
    jackfield.change({ startAtLogin: true });
    setupLoginItem(await jackfield.fleet());
    expect(called('app.setLoginItemSettings')).toEqual([]);
  });
});
