import { beforeEach, describe, expect, it, vi } from 'vitest';
import { app, called, nativeTheme, resetElectron, Tray } from '../../support/electron-stub.js';
import { ICON_IMAGES } from '../../../src-main/hosts/desktop/icon-images.js';
import { FakeApp } from './fake-app.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { fleetLine, trayTemplate, TrayIcon } = await import('../../../src-main/hosts/desktop/tray.js');

const actions = { show: vi.fn(), start: vi.fn(), stop: vi.fn(), quit: vi.fn() };

describe('the tray', () => {
  beforeEach(() => {
    resetElectron();
    vi.clearAllMocks();
  });

  it('says what runs and what failed', async () => {
    const jackfield = new FakeApp(['a', 'b', 'c', 'd']);
    const fleet = await jackfield.fleet();
    expect(fleetLine(fleet)).toBe('0 running');
    jackfield.ran('a', 'running');
    jackfield.ran('b', 'failed');
    jackfield.ran('c', 'backoff');
    expect(fleetLine(fleet)).toBe('1 running, 1 starting or stopping, 1 failed');
  });

  it('does what each of its entries says', async () => {
    const jackfield = new FakeApp(['a & b', 'c']);
    const fleet = await jackfield.fleet();
    jackfield.ran('c', 'running');
    const menu = trayTemplate(fleet, actions);
    expect(menu.map(({ label, type }) => label ?? type)).toEqual([
      '1 running',
      'separator',
      'a && b',
      'c',
      'separator',
      'Stop all',
      'Open Jackfield',
      'separator',
      'Quit Jackfield',
    ]);
    const click = (label: string) =>
      menu.find((item) => item.label === label)?.click?.({} as never, undefined, {});
    click('a && b');
    expect(actions.start).toHaveBeenCalledExactlyOnceWith('id-a & b');
    click('c');
    click('Stop all');
    expect(actions.stop.mock.calls).toEqual([['id-c'], ['id-c']]);
    click('Open Jackfield');
    expect(actions.show).toHaveBeenCalledOnce();
    click('Quit Jackfield');
    expect(actions.quit).toHaveBeenCalledOnce();
  });

  it('keeps a long list short', async () => {
    const fleet = await new FakeApp(Array.from({ length: 40 }, (_, n) => `s${n}`)).fleet();
    const labels = trayTemplate(fleet, actions).map(({ label }) => label);
    expect(labels).toContain('15 more…');
    expect(labels).toHaveLength(2 + 25 + 1 + 1 + 4);
  });

  it('is there while servers are to keep running, and only then', async () => {
    const jackfield = new FakeApp(['a']);
    const tray = new TrayIcon(await jackfield.fleet(), actions, 'linux');
    expect([tray.isShown, Tray.test.all.length]).toEqual([false, 0]);
    jackfield.change({ keepRunning: true });
    expect(tray.isShown).toBe(true);
    const [icon] = Tray.test.all;
    icon?.emit('click');
    expect(actions.show).toHaveBeenCalledOnce();
    jackfield.change({ keepRunning: false });
    expect([tray.isShown, icon?.isDestroyed()]).toEqual([false, true]);
  });

  it('follows the fleet, many changes at once', async () => {
    const jackfield = new FakeApp(['a', 'b']);
    const fleet = await jackfield.fleet();
    jackfield.change({ keepRunning: true });
    new TrayIcon(fleet, actions, 'linux');
    const [icon] = Tray.test.all;
    const menus = new Set();
    vi.spyOn(icon as Tray, 'setContextMenu').mockImplementation((menu) => void menus.add(menu));
    jackfield.ran('a', 'running');
    jackfield.ran('b', 'running');
    await vi.waitFor(() => expect(icon?.test.tip).toBe('Jackfield: 2 running'));
    expect(menus.size).toBe(1);
  });

  it('can be told from the taskbar of Windows, whichever colour that is', async () => {
    const { trayLight, trayTemplate, trayAttention } = ICON_IMAGES;
    const drawn = (): unknown => called('image').at(-2)?.[1];
    const png = ([first]: readonly string[]): string => `data:image/png;base64,${first}`;
    const jackfield = new FakeApp(['a']);
    jackfield.change({ keepRunning: true });
    new TrayIcon(await jackfield.fleet(), actions, 'win32');
    expect(drawn()).toBe(png(trayTemplate));
    nativeTheme.shouldUseDarkColorsForSystemIntegratedUI = true;
    nativeTheme.emit('updated');
    await vi.waitFor(() => expect(drawn()).toBe(png(trayLight)));
    jackfield.ran('a', 'failed');
    await vi.waitFor(() => expect(drawn()).toBe(png(trayAttention)));
  });

  it('leaves the click to the menu on macOS', async () => {
    const jackfield = new FakeApp(['a']);
    jackfield.change({ keepRunning: true });
    new TrayIcon(await jackfield.fleet(), actions, 'darwin');
    Tray.test.all[0]?.emit('click');
    expect(actions.show).not.toHaveBeenCalled();
  });

  it('goes with the app, and does not come back', async () => {
    const jackfield = new FakeApp(['a']);
    jackfield.change({ keepRunning: true });
    const tray = new TrayIcon(await jackfield.fleet(), actions, 'linux');
    tray.dispose();
    jackfield.change({ keepRunning: false });
    jackfield.change({ keepRunning: true });
    expect([tray.isShown, Tray.test.all.map((one) => one.isDestroyed())]).toEqual([false, [true]]);
  });

  it('is a template image on macOS', async () => {
    const jackfield = new FakeApp([]);
    jackfield.change({ keepRunning: true });
    new TrayIcon(await jackfield.fleet(), actions, 'darwin');
    expect(called('image.setTemplateImage')).toContainEqual([true]);
    expect(app.listenerCount('window-all-closed')).toBe(0);
  });
});
