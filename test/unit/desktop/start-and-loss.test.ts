import { beforeEach, describe, expect, it, vi } from 'vitest';
import { app, called, machine, resetElectron } from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { setupAbout } = await import('../../../src-main/hosts/desktop/about.js');
const { tellOfLostProcesses } = await import('../../../src-main/hosts/desktop/crash.js');
const { EXIT_LOCKED, failToStart } = await import('../../../src-main/hosts/desktop/failure.js');
const { wasStartedAtLogin } = await import('../../../src-main/hosts/desktop/login-item.js');

beforeEach(resetElectron);

describe('the about box', () => {
  it('names the app, its version and what it is made with', () => {
    setupAbout('1.2.3');
    const [options] = called('app.setAboutPanelOptions')[0] ?? [];
    expect(options).toMatchObject({ applicationName: 'Jackfield', applicationVersion: '1.2.3' });
    expect((options as { credits: string }).credits).toContain(process.versions.node);
  });
});

describe('a process that Chromium lost', () => {
  it('is told of, and the app goes on: Chromium starts it again', () => {
    const said: string[] = [];
    tellOfLostProcesses((line) => said.push(line));
    app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 11 });
    app.emit('child-process-gone', {}, { type: 'Utility', name: 'x', reason: 'clean-exit', exitCode: 0 });
    expect(said).toEqual(['A process of the window ended: GPU (crashed, 11).']);
    expect([called('app.exit'), called('app.quit')]).toEqual([[], []]);
  });
});

describe('an app that cannot start', () => {
  beforeEach(() => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    return () => write.mockRestore();
  });

  it('says who holds its folder, at the terminal and in a box', () => {
    const error = Object.assign(new Error('locked'), { name: 'CatalogLockedError', pid: 4711 });
    failToStart(error);
    expect(called('dialog.showErrorBox')[0]?.[1]).toContain('pid 4711');
    expect(process.stderr.write).toHaveBeenCalledWith(expect.stringContaining('pid 4711'));
    expect(called('app.exit')).toEqual([[EXIT_LOCKED]]);
  });

  it.each([new Error('no disk'), 'no disk'])('says why it could not: %s', (error) => {
    failToStart(error);
    expect(called('dialog.showErrorBox')).toEqual([['Jackfield could not start', 'no disk']]);
    expect(called('app.exit')).toEqual([[1]]);
  });
});

describe('a start at login', () => {
  it('is known by its option, and on macOS by what the OS says', () => {
    expect(wasStartedAtLogin(true)).toBe(true);
    expect(wasStartedAtLogin(false)).toBe(false);
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    machine.loginItem.wasOpenedAtLogin = true;
    expect(wasStartedAtLogin(false)).toBe(true);
    platform.mockRestore();
  });
});
