import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  app,
  BrowserWindow,
  called,
  powerMonitor,
  preventable,
  resetElectron,
} from '../../support/electron-stub.js';
import { keepListeners } from './keep-listeners.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { Quit } = await import('../../../src-main/hosts/desktop/quit.js');

describe('quitting', () => {
  const closing = vi.fn();
  const relaunch = vi.fn();
  let closed = (): void => undefined;
  let exit: Promise<number>;
  let quit: InstanceType<typeof Quit>;
  const close = (): Promise<void> => {
    closing();
    return new Promise((resolve) => (closed = resolve));
  };

  beforeEach(() => {
    resetElectron();
    closing.mockReset();
    const restore = keepListeners();
    exit = new Promise((resolve) => (app.test.onExit = resolve));
    relaunch.mockReset();
    quit = new Quit({ opening: Promise.resolve({ close }), live: () => 3, pages: new Map(), relaunch });
    return restore;
  });

  it('waits for the servers, however often it is asked', async () => {
    app.quit();
    app.quit();
    await vi.waitFor(() => expect(closing).toHaveBeenCalledOnce());
    expect(called('app.exit')).toEqual([]);
    closed();
    expect(await exit).toBe(0);
    expect(called('app.exit')).toHaveLength(1);
  });

  it('says what it waits for when it takes a while', async () => {
    app.quit();
    await vi.waitFor(() => expect(called('new BrowserWindow')).toHaveLength(1), 2_000);
    const [notice] = BrowserWindow.getAllWindows();
    expect(notice?.test.url).toBe('app://jackfield/notice/stopping.html');
    expect(notice?.test.options.webPreferences).toMatchObject({ sandbox: true, javascript: false });
    closed();
    await exit;
  });

  it('lets a page with unsaved edits say no to the menu, but not to a signal', async () => {
    const window = new BrowserWindow();
    window.test.refusesClose = true;
    app.quit();
    expect(closing).not.toHaveBeenCalled();
    process.emit('SIGTERM', 'SIGTERM');
    expect(window.isDestroyed()).toBe(true);
    await vi.waitFor(() => expect(closing).toHaveBeenCalledOnce());
    closed();
    expect(await exit).toBe(0);
  });

  it('ends by putting an update in place where that was asked for, with everything stopped', async () => {
    const install = vi.fn(() => app.quit());
    quit.thenInstall(install);
    await vi.waitFor(() => expect(closing).toHaveBeenCalledOnce());
    expect(install).not.toHaveBeenCalled();
    closed();
    expect(await exit).toBe(0);
    expect(install).toHaveBeenCalledOnce();
    // Else the new version, started by the installer, would take this one for the first and end.
    expect(called('app.releaseSingleInstanceLock')).toHaveLength(1);
  });

  it('starts the version anew that is there, where the update could not be put in place', async () => {
    quit.thenInstall((failed) => failed());
    await vi.waitFor(() => expect(closing).toHaveBeenCalledOnce());
    closed();
    expect(await exit).toBe(1);
    expect(relaunch).toHaveBeenCalledExactlyOnceWith([]);
  });

  it('does not wait for ever for an installer that never begins', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    quit.thenInstall(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    closed();
    await vi.advanceTimersByTimeAsync(100_000);
    // macOS copies and checks a whole app.
    expect(called('app.exit')).toEqual([]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(called('app.exit')).toEqual([[1]]);
    expect(relaunch).toHaveBeenCalledOnce();
  });

  it('forgets the update where a page with unsaved edits said no to it', async () => {
    const window = new BrowserWindow();
    window.test.refusesClose = true;
    const install = vi.fn();
    quit.thenInstall(install);
    expect(closing).not.toHaveBeenCalled();
    window.test.refusesClose = false;
    app.quit();
    await vi.waitFor(() => expect(closing).toHaveBeenCalledOnce());
    closed();
    expect(await exit).toBe(0);
    expect(install).not.toHaveBeenCalled();
  });

  it('starts anew at its end where somebody wanted the app meanwhile, with what they opened', async () => {
    expect(quit.comesBack(['/early.json'])).toBe(false);
    app.quit();
    await vi.waitFor(() => expect(closing).toHaveBeenCalledOnce());
    expect(quit.comesBack(['/a.json'])).toBe(true);
    expect(quit.comesBack()).toBe(true);
    expect(relaunch).not.toHaveBeenCalled();
    closed();
    expect(await exit).toBe(0);
    expect(relaunch).toHaveBeenCalledExactlyOnceWith(['/a.json']);
  });

  it('does not start anew where it was ended by a signal', async () => {
    app.quit();
    await vi.waitFor(() => expect(closing).toHaveBeenCalledOnce());
    quit.comesBack();
    process.emit('SIGTERM', 'SIGTERM');
    closed();
    expect(await exit).toBe(0);
    expect(relaunch).not.toHaveBeenCalled();
  });

  it('asks the OS to wait when it shuts down', async () => {
    const event = preventable();
    powerMonitor.emit('shutdown', event);
    expect(event.defaultPrevented).toBe(true);
    await vi.waitFor(() => expect(closing).toHaveBeenCalledOnce());
    closed();
    expect(await exit).toBe(0);
  });

  it('does not wait longer than the OS does when it shuts down', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    powerMonitor.emit('shutdown', preventable());
    await vi.advanceTimersByTimeAsync(3_900);
    expect(called('app.exit')).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(called('app.exit')).toEqual([[0]]);
  });

  it('ends with 1 where the app could not be closed', async () => {
    closing.mockImplementation(() => {
      throw new Error('no');
    });
    app.quit();
    expect(await exit).toBe(1);
  });
});
