import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
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
    const window = new BrowserWindow();
    const onOpened = (tell: (made: never) => void): void => tell(window as never);
    setupDockBadge(await jackfield.fleet(), { current: window as never, onOpened }, 'win32');
    jackfield.ran('a', 'failed');
    const [before, after] = called('window.setOverlayIcon');
    expect(before).toEqual([null, '']);
    expect(after?.[0]).not.toBeNull();
    expect(after?.[1]).toBe('1 server has failed');
    // Only a window that has been shown has a button.
    window.show();
    expect(
      called('window.setOverlayIcon')
        .map(([, words]) => words)
        .slice(1),
    ).toEqual([after?.[1], after?.[1]]);
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

  it('are kept while they may be clicked in the system’s list, and let go when they were dismissed', async () => {
    const jackfield = await start(['a', 'b']);
    // In a function of its own, which holds nothing any more once it has answered.
    const closed = (name: string, reason: string): WeakRef<Notification> => {
      jackfield.ran(name, 'running');
      jackfield.ran(name, 'failed');
      vi.runAllTimers();
      const shown = Notification.test.shown.pop() as Notification;
      shown.emit('close', { reason });
      return new WeakRef(shown);
    };
    const kept = [closed('a', 'timedOut'), closed('b', 'userCanceled')];
    // Only what is unreachable in a later turn may go.
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    expect(kept.map((one) => one.deref() !== undefined)).toEqual([true, false]);
    kept[0]?.deref()?.emit('click');
    expect(deliver).toHaveBeenCalledWith({ kind: 'server', serverId: 'id-a' });
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
  const disown = vi.fn();
  const said: string[] = [];
  const setUp = async (jackfield: FakeApp, platform: NodeJS.Platform): Promise<void> =>
    setupLoginItem(await jackfield.fleet(), disown, (line) => said.push(line), platform);
  const set = (): unknown[] => called('app.setLoginItemSettings').map(([settings]) => settings);
  beforeEach(() => {
    machine.isPackaged = true;
    disown.mockReset();
  });

  it.each(['darwin', 'win32'] as const)('is what the person chooses on %s', async (platform) => {
    const jackfield = new FakeApp([]);
    await setUp(jackfield, platform);
    expect(set()).toEqual([]);
    jackfield.change({ startAtLogin: true });
    jackfield.change({ theme: 'dark' });
    jackfield.change({ startAtLogin: false });
    expect(set()).toEqual([
      { openAtLogin: true, args: ['--hidden'] },
      { openAtLogin: false, args: ['--hidden'] },
    ]);
    expect(disown).not.toHaveBeenCalled();
  });

  it.each<[NodeJS.Platform, Partial<typeof machine.loginItem>, boolean]>([
    ['darwin', { openAtLogin: true }, true],
    ['darwin', { openAtLogin: false }, false],
    ['win32', { openAtLogin: true, executableWillLaunchAtLogin: true }, true],
    // Switched off in the Task Manager, which leaves the entry where it is.
    ['win32', { openAtLogin: true, executableWillLaunchAtLogin: false }, false],
  ])('follows what was done in the list of %s: %j', async (platform, item, isKept) => {
    Object.assign(machine.loginItem, item);
    const jackfield = new FakeApp([]);
    jackfield.change({ startAtLogin: true });
    await setUp(jackfield, platform);
    expect(disown).toHaveBeenCalledTimes(isKept ? 0 : 1);
    expect(set()).toEqual(isKept ? [{ openAtLogin: true, args: ['--hidden'] }] : []);
  });

  it('names the program that was started, where it unpacks itself elsewhere', async () => {
    vi.stubEnv('PORTABLE_EXECUTABLE_FILE', 'D:\\Jackfield.exe');
    onTestFinished(() => void vi.unstubAllEnvs());
    const jackfield = new FakeApp([]);
    await setUp(jackfield, 'win32');
    jackfield.change({ startAtLogin: true });
    expect(set()).toMatchObject([{ path: 'D:\\Jackfield.exe' }]);
  });

  it('is an entry in the autostart folder on Linux', async () => {
    const config = await mkdtemp(join(tmpdir(), 'jackfield-config-'));
    vi.stubEnv('XDG_CONFIG_HOME', config);
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await rm(config, { recursive: true });
    });
    const entry = join(config, 'autostart/jackfield.desktop');
    const jackfield = new FakeApp([]);
    await setUp(jackfield, 'linux');
    jackfield.change({ startAtLogin: true });
    await vi.waitFor(async () => expect(await readFile(entry, 'utf8')).toContain('--hidden'));
    // Another start finds it and leaves the setting alone; after somebody took it out, the setting follows.
    await setUp(jackfield, 'linux');
    expect(disown).not.toHaveBeenCalled();
    await rm(entry);
    await setUp(jackfield, 'linux');
    expect(disown).toHaveBeenCalledOnce();
  });

  it('is told of where it cannot be registered', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', '/dev/null');
    onTestFinished(() => void vi.unstubAllEnvs());
    const jackfield = new FakeApp([]);
    await setUp(jackfield, 'linux');
    jackfield.change({ startAtLogin: true });
    await vi.waitFor(() => expect(said.join()).toContain('/dev/null'));
  });

  it('is never registered from a checkout', async () => {
    machine.isPackaged = false;
    const jackfield = new FakeApp([]);
    jackfield.change({ startAtLogin: true });
    await setUp(jackfield, 'win32');
    expect([set(), disown.mock.calls]).toEqual([[], []]);
  });
});
