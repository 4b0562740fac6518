import { app, Menu, shell, type MenuItemConstructorOptions } from 'electron';
import type { IntentCommand } from '../../contract/index.js';
import type { MainWindow } from './main-window.js';

export type MenuContext = {
  platform: NodeJS.Platform;
  isPackaged: boolean;
  dataDir: string;
  /** Shows the window and does one of the page's own commands there. */
  command(command: IntentCommand): void;
};

const SEPARATOR = { type: 'separator' } as const;

/** The roles' own keys are Ctrl and `+`, `-`, `0`: on many keyboards a plus wants Shift, and a keypad has its own. */
const ZOOM_KEYS = (
  [
    ['zoomIn', 'CmdOrCtrl+='],
    ['zoomIn', 'CmdOrCtrl+numadd'],
    ['zoomOut', 'CmdOrCtrl+numsub'],
    ['resetZoom', 'CmdOrCtrl+num0'],
  ] as const
).map(([role, accelerator]) => ({ role, accelerator, visible: false }));

/**
 * The standard menus of each platform. Accelerators of commands that the page knows are only shown: the page gets the
 * key first and does it itself; a second time from here would undo it.
 */
export function menuTemplate(context: MenuContext): MenuItemConstructorOptions[] {
  const isMac = context.platform === 'darwin';
  return [
    ...(isMac ? [appMenu(context)] : []),
    fileMenu(context, isMac),
    { role: 'editMenu' },
    viewMenu(context),
    { role: 'windowMenu' },
    helpMenu(context, isMac),
  ];
}

function item(
  { command }: MenuContext,
  label: string,
  id: IntentCommand,
  accelerator?: string,
): MenuItemConstructorOptions {
  const keys = accelerator === undefined ? {} : { accelerator, registerAccelerator: false };
  return { label, ...keys, click: () => command(id) };
}

const settings = (context: MenuContext): MenuItemConstructorOptions => ({
  // Not known to the page, so this accelerator is a real one.
  ...item(context, 'Settings…', 'go.settings'),
  accelerator: 'CmdOrCtrl+,',
});

const appMenu = (context: MenuContext): MenuItemConstructorOptions => ({
  role: 'appMenu',
  submenu: [
    { role: 'about' },
    SEPARATOR,
    settings(context),
    SEPARATOR,
    { role: 'services' },
    SEPARATOR,
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    SEPARATOR,
    { role: 'quit' },
  ],
});

const fileMenu = (context: MenuContext, isMac: boolean): MenuItemConstructorOptions => ({
  role: 'fileMenu',
  submenu: [
    item(context, 'Add server…', 'server.add', 'CmdOrCtrl+N'),
    item(context, 'Connect remote…', 'remote.add'),
    item(context, 'Import…', 'go.import'),
    SEPARATOR,
    ...(isMac
      ? [{ role: 'close' } as const]
      : [settings(context), SEPARATOR, { role: 'quit' } as MenuItemConstructorOptions]),
  ],
});

const viewMenu = (context: MenuContext): MenuItemConstructorOptions => ({
  role: 'viewMenu',
  submenu: [
    item(context, 'Patch bay', 'go.patch-bay'),
    item(context, 'Remotes', 'go.remotes'),
    item(context, 'Activity', 'go.activity'),
    SEPARATOR,
    item(context, 'Command palette', 'palette', 'CmdOrCtrl+K'),
    SEPARATOR,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    ...ZOOM_KEYS,
    SEPARATOR,
    { role: 'togglefullscreen' },
    ...(context.isPackaged
      ? []
      : [SEPARATOR, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
  ],
});

const helpMenu = (context: MenuContext, isMac: boolean): MenuItemConstructorOptions => ({
  role: 'help',
  submenu: [
    item(context, 'Keyboard shortcuts', 'shortcuts'),
    { label: 'Open data folder', click: () => void shell.openPath(context.dataDir) },
    ...(isMac ? [] : [SEPARATOR, { label: 'About Jackfield', click: () => app.showAboutPanel() }]),
  ],
});

export function setupMenu(dataDir: string, window: Pick<MainWindow, 'deliver'>): void {
  const template = menuTemplate({
    platform: process.platform,
    isPackaged: app.isPackaged,
    dataDir,
    command: (command) => window.deliver({ kind: 'command', command }),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
