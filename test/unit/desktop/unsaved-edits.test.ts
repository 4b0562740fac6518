import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { app, BrowserWindow, called, machine, resetElectron } from '../../support/electron-stub.js';
import { keepListeners } from './keep-listeners.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { Quit } = await import('../../../src-main/hosts/desktop/quit.js');
const { askAboutUnsavedEdits } = await import('../../../src-main/hosts/desktop/unsaved-edits.js');

const KEEP = 0;
const DISCARD = 1;

describe('a page with unsaved edits', () => {
  let quit: InstanceType<typeof Quit>;
  let window: BrowserWindow;
  const questions = (): unknown[][] => called('dialog.showMessageBox');
  /** The answer to a question comes a moment after it was asked. */
  const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    resetElectron();
    onTestFinished(keepListeners());
    const close = async (): Promise<void> => undefined;
    const opening = Promise.resolve({ close });
    quit = new Quit({ opening, live: () => 0, pages: new Map(), relaunch: () => undefined });
    window = new BrowserWindow();
    window.test.refusesClose = true;
    askAboutUnsavedEdits(window as never, quit);
  });

  it('is asked about when its window is closed, and kept', async () => {
    machine.dialogAnswer = KEEP;
    window.minimize();
    window.close();
    await answered();
    expect(questions()).toMatchObject([[{ buttons: ['Keep editing', 'Discard edits'], cancelId: KEEP }]]);
    expect([window.isDestroyed(), window.isMinimized()]).toEqual([false, false]);
    window.close();
    await answered();
    expect(questions()).toHaveLength(2);
  });

  it('goes when its edits are discarded', async () => {
    machine.dialogAnswer = DISCARD;
    window.close();
    // Pressing the button again asks no second time.
    window.close();
    expect(questions()).toHaveLength(1);
    await answered();
    expect(window.isDestroyed()).toBe(true);
    expect(called('app.quit')).toEqual([]);
  });

  it('lets the app quit when its edits are discarded', async () => {
    machine.dialogAnswer = DISCARD;
    const exit = new Promise<number>((resolve) => (app.test.onExit = resolve));
    app.quit();
    expect(await exit).toBe(0);
    expect(window.isDestroyed()).toBe(true);
  });

  it('lets the update go on that it stood in the way of', async () => {
    machine.dialogAnswer = DISCARD;
    const install = vi.fn();
    quit.thenInstall(install);
    await vi.waitFor(() => expect(install).toHaveBeenCalledOnce());
    expect(window.isDestroyed()).toBe(true);
  });

  it('does not make of a later close a quit, or of a later quit an update', async () => {
    machine.dialogAnswer = KEEP;
    const install = vi.fn();
    quit.thenInstall(install);
    await answered();
    machine.dialogAnswer = DISCARD;
    const quits = called('app.quit').length;
    window.close();
    await answered();
    expect(window.isDestroyed()).toBe(true);
    expect(called('app.quit')).toHaveLength(quits);
    const exit = new Promise<number>((resolve) => (app.test.onExit = resolve));
    app.quit();
    expect(await exit).toBe(0);
    expect(install).not.toHaveBeenCalled();
  });

  it('is loaded anew after its edits were discarded, where it wanted to be', async () => {
    machine.dialogAnswer = DISCARD;
    const { test } = window.webContents;
    expect(test.isUnloadForced()).toBe(false);
    await answered();
    expect(test.reloads).toBe(1);
    expect(test.isUnloadForced()).toBe(true);
    expect(questions()).toHaveLength(1);
  });
});
