import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MenuEntry, MenuOf, Told } from '../support/electron-process.js';
import { Desktop, stageDesktop } from '../support/desktop.js';
import { realServer } from '../support/host.js';

/** What came of a click, in one word: what the page was told to do, or what the OS was asked for. */
function outcome(told: Told): string | undefined {
  if (told.event === 'called') return told.what;
  if (told.event !== 'message') return undefined;
  const { method, params } = told.message as { method?: string; params?: { intent?: { command?: string } } };
  return method === 'intent.received' ? params?.intent?.command : undefined;
}

/** Every entry of the menu bar on Linux and Windows that does something of ours. One that is new has to be put here. */
const BAR: Record<string, string> = {
  'fileMenu → Add server…': 'server.add',
  'fileMenu → Connect remote…': 'remote.add',
  'fileMenu → Import…': 'go.import',
  'fileMenu → Settings…': 'go.settings',
  'viewMenu → Patch bay': 'go.patch-bay',
  'viewMenu → Remotes': 'go.remotes',
  'viewMenu → Activity': 'go.activity',
  'viewMenu → Command palette': 'palette',
  'help → Keyboard shortcuts': 'shortcuts',
  'help → Open data folder': 'shell.openPath',
  'help → About Jackfield': 'app.showAboutPanel',
};
/** And every entry that Electron itself does. */
const ROLES = [
  'fileMenu → quit',
  'editMenu',
  'viewMenu → resetZoom',
  'viewMenu → zoomIn',
  'viewMenu → zoomOut',
  'viewMenu → togglefullscreen',
  'windowMenu',
];

describe.skipIf(process.platform === 'darwin')('every entry of the menus of the built desktop host', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await stageDesktop();
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const start = async (): Promise<Desktop> => {
    const dataDir = await mkdtemp(join(tmpdir(), 'jackfield-data-'));
    const desktop = Desktop.start(folder, dataDir, { STUB_PACKAGED: '1' });
    await desktop.heard('window');
    return desktop;
  };
  const words = ({ path }: MenuEntry): string => path.join(' → ');
  const menu = async (desktop: Desktop, of: MenuOf, holds: (names: string[]) => boolean = () => true) =>
    (await desktop.heard('menu', (told) => told.of === of && holds(told.items.map(words)))).items;

  it('of the menu bar does what it says', async () => {
    await using desktop = await start();
    await desktop.ask('app.snapshot');
    const items = await menu(desktop, 'bar');
    expect(items.filter(({ does }) => does === 'nothing')).toEqual([]);
    expect([...new Set(items.filter(({ does }) => does === 'role').map(words))].sort()).toEqual(
      [...ROLES].sort(),
    );
    const ours = items.filter(({ does }) => does === 'click');
    expect(ours.map(words).sort()).toEqual(Object.keys(BAR).sort());
    for (const item of ours) {
      const came = Promise.race([desktop.next('message', isIntent), desktop.next('called')]);
      desktop.do({ do: 'click', of: 'bar', path: item.path });
      expect(outcome(await came), words(item)).toBe(BAR[words(item)]);
    }
  });

  it('of the menu bar brings the window back where it was closed', async () => {
    await using desktop = await start();
    await desktop.ask('settings.update', { patch: { keepRunning: true } });
    desktop.do({ do: 'close-window' });
    const again = desktop.next('window');
    desktop.do({ do: 'click', of: 'bar', path: ['viewMenu', 'Activity'] });
    await again;
    const came = desktop.next('message', isIntent);
    await desktop.ask('app.snapshot');
    expect(outcome(await came)).toBe('go.activity');
  });

  it('of the tray does what it says', async () => {
    await using desktop = await start();
    const transport = realServer('memory');
    await desktop.ask('server.create', { server: { name: 'memory & co', transport } });
    await desktop.ask('settings.update', { patch: { keepRunning: true } });
    const click = (name: string): void => desktop.do({ do: 'click', of: 'tray', path: [name] });
    const shows = (line: string) => menu(desktop, 'tray', (names) => names[0] === line);

    const [line, ...items] = await menu(desktop, 'tray', (names) => names.includes('memory && co'));
    expect(line).toEqual({ path: ['0 running'], does: 'nothing', isEnabled: false });
    // All that there is, and all that the rest of this test clicks.
    expect(items.map(words)).toEqual(['memory && co', 'Stop all', 'Open Jackfield', 'Quit Jackfield']);
    expect(items.filter(({ does }) => does !== 'click')).toEqual([]);
    expect(items.map(({ isEnabled }) => isEnabled)).toEqual([true, false, true, true]);

    const state = (wanted: string) =>
      desktop.next('message', ({ message }) => {
        const { method, params } = message as { method?: string; params?: { run?: { state: string } } };
        return method === 'run.changed' && params?.run?.state === wanted;
      });
    for (const stop of ['memory && co', 'Stop all']) {
      const running = state('running');
      click('memory && co');
      await running;
      await shows('1 running');
      const stopped = state('stopped');
      click(stop);
      await stopped;
      desktop.told.splice(0);
      await shows('0 running');
    }
    desktop.do({ do: 'close-window' });
    const window = desktop.next('window');
    click('Open Jackfield');
    await window;
    click('Quit Jackfield');
    expect(await desktop.exited).toEqual({ code: 0, signal: null });
  });
});

const isIntent = ({ message }: { message: unknown }): boolean =>
  (message as { method?: string }).method === 'intent.received';
