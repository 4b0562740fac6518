import { Menu, nativeTheme, Tray, type MenuItemConstructorOptions } from 'electron';
import type { Fleet, FleetServer } from './fleet.js';
import { icon } from './icons.js';

export type TrayActions = {
  show(): void;
  start(serverId: string): void;
  stop(serverId: string): void;
  quit(): void;
};

/** A longer menu is not read; the window has them all. */
const MOST_SERVERS = 25;
/** Several changes at once (autostart, stop all) are one new menu. */
const SETTLE_MS = 100;

const plural = (count: number, what: string): string => `${count} ${what}`;

/** "3 running, 1 failed": the tooltip, and the menu's first line. */
export function fleetLine(fleet: Pick<Fleet, 'count'>): string {
  const running = fleet.count('running');
  const underWay = fleet.count('starting', 'stopping', 'backoff');
  const failed = fleet.count('failed');
  return [
    plural(running, 'running'),
    ...(underWay ? [plural(underWay, 'starting or stopping')] : []),
    ...(failed ? [plural(failed, 'failed')] : []),
  ].join(', ');
}

export function trayTemplate(
  fleet: Pick<Fleet, 'count' | 'servers' | 'live'>,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  const servers = fleet.servers();
  const live = fleet.live();
  return [
    { label: fleetLine(fleet), enabled: false },
    { type: 'separator' },
    ...servers.slice(0, MOST_SERVERS).map((server) => serverItem(server, actions)),
    ...(servers.length > MOST_SERVERS
      ? [{ label: `${servers.length - MOST_SERVERS} more…`, click: actions.show }]
      : []),
    ...(servers.length > 0 ? [{ type: 'separator' } as const] : []),
    {
      label: 'Stop all',
      enabled: live.length > 0,
      click: () => live.forEach(({ id }) => actions.stop(id)),
    },
    { label: 'Open Jackfield', click: actions.show },
    { type: 'separator' },
    { label: 'Quit Jackfield', click: actions.quit },
  ];
}

function serverItem({ id, name, state }: FleetServer, actions: TrayActions): MenuItemConstructorOptions {
  // An ampersand in a menu names the key under the next letter.
  const title = name.replaceAll('&', '&&');
  const label = state === 'running' || state === 'stopped' ? title : `${title} (${state})`;
  const isLive = state !== 'stopped' && state !== 'failed';
  return {
    label,
    type: 'checkbox',
    checked: isLive,
    click: () => (isLive ? actions.stop(id) : actions.start(id)),
  };
}

/** The icon in the menu bar or tray, there as long as servers are to keep running without a window. */
export class TrayIcon {
  #tray: Tray | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(
    private readonly fleet: Fleet,
    private readonly actions: TrayActions,
    private readonly platform: NodeJS.Platform = process.platform,
  ) {
    fleet.onSettings(({ keepRunning }) => (keepRunning ? this.#show() : this.#hide()));
    fleet.onChanged(() => this.#updateSoon());
    nativeTheme.on('updated', () => this.#updateSoon());
  }

  get isShown(): boolean {
    return this.#tray !== undefined;
  }

  /** Takes the icon away for good: the app ends, and nothing can be started from it any more. */
  dispose(): void {
    this.#isDisposed = true;
    this.#hide();
  }

  #show(): void {
    if (this.#tray || this.#isDisposed) return;
    this.#tray = new Tray(this.#image());
    // macOS opens the menu on a click and tells of the click as well: the window must not come up behind the menu.
    if (this.platform !== 'darwin') this.#tray.on('click', () => this.actions.show());
    this.#update();
  }

  #hide(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tray?.destroy();
    this.#tray = undefined;
  }

  #updateSoon(): void {
    if (!this.#tray || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#update();
    }, SETTLE_MS);
    this.#timer.unref();
  }

  #update(): void {
    this.#tray?.setImage(this.#image());
    this.#tray?.setToolTip(`Jackfield: ${fleetLine(this.fleet)}`);
    this.#tray?.setContextMenu(Menu.buildFromTemplate(trayTemplate(this.fleet, this.actions)));
  }

  #image() {
    if (this.platform === 'darwin') {
      const image = icon('trayTemplate');
      image.setTemplateImage(true);
      return image;
    }
    if (this.fleet.count('failed') > 0) return icon('trayAttention');
    // A light taskbar of Windows would swallow a light icon. Linux does not tell; most panels there are dark.
    const isOnLight = this.platform === 'win32' && !nativeTheme.shouldUseDarkColorsForSystemIntegratedUI;
    return icon(isOnLight ? 'trayTemplate' : 'trayLight');
  }
}
