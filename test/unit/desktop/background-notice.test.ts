import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { machine, Notification, resetElectron } from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { BackgroundNotice } = await import('../../../src-main/hosts/desktop/background-notice.js');
const { hasTrayHost } = await import('../../../src-main/hosts/desktop/tray-host.js');

describe.skipIf(process.platform === 'win32')('whether the desktop shows tray icons', () => {
  /** The answers of a desktop's commands, by their names; those that are not named are not installed. */
  async function ask(answers: Record<string, string>): Promise<boolean> {
    const folder = await mkdtemp(join(tmpdir(), 'jackfield-bin-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [name, script] of Object.entries(answers)) {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, name), 0o755);
    }
    return hasTrayHost({ PATH: folder });
  }

  it.each<[string, Record<string, string>, boolean]>([
    ['gdbus says so', { gdbus: 'echo "(<true>,)"' }, true],
    ['gdbus says no', { gdbus: 'echo "(<false>,)"', busctl: 'echo "b true"' }, false],
    ['nobody answers on the bus', { gdbus: 'echo "Error: ServiceUnknown" >&2; exit 1' }, false],
    ['busctl says so', { busctl: 'echo "b true"' }, true],
    ['dbus-send says so', { 'dbus-send': 'echo "   variant       boolean true"' }, true],
    ['nobody can be asked', {}, false],
  ])('is known where %s', async (_where, answers, isShown) => {
    expect(await ask(answers)).toBe(isShown);
  });

  it('is asked for the one property that tells', async () => {
    // Answers only to the words that a real bus would answer to.
    const wanted = 'org.kde.StatusNotifierWatcher IsStatusNotifierHostRegistered';
    expect(await ask({ gdbus: `case "$*" in *"${wanted}") echo true;; *) echo false;; esac` })).toBe(true);
  });
});

describe('an app that keeps running where nothing on the screen shows it', () => {
  const show = vi.fn();
  const window = { current: undefined as never, show };
  const tray = { isShown: true };
  const notice = (canBeSeen: boolean, platform: NodeJS.Platform = 'linux') =>
    new BackgroundNotice(tray, window, platform, () => Promise.resolve(canBeSeen));
  beforeEach(() => {
    resetElectron();
    Object.assign(window, { current: undefined });
    tray.isShown = true;
  });

  it('says once how to get back to it', async () => {
    const background = notice(false);
    await background.tell();
    await background.tell();
    const [shown, ...more] = Notification.test.shown;
    expect(more).toEqual([]);
    expect(shown?.test.options.title).toBe('Jackfield keeps running');
    shown?.emit('click');
    expect(show).toHaveBeenCalledOnce();
  });

  it.each<[string, () => ReturnType<typeof notice>]>([
    ['its icon is seen', () => notice(true)],
    ['another system always shows it', () => notice(false, 'darwin')],
    ['a window is there again', () => (Object.assign(window, { current: {} }), notice(false))],
    ['it is to end with its window', () => ((tray.isShown = false), notice(false))],
    ['the desktop has no notifications', () => ((machine.notificationsSupported = false), notice(false))],
  ])('is silent where %s', async (_where, make) => {
    await make().tell();
    expect(Notification.test.shown).toEqual([]);
  });

  it('gives a panel time after a start at login', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    notice(false).startedHidden();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(Notification.test.shown).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(Notification.test.shown).toHaveLength(1);
  });
});
