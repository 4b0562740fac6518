import { nativeTheme } from 'electron';
import type { Fleet } from './fleet.js';
import { BACKGROUND } from './window.js';
import type { MainWindow } from './main-window.js';

/** Native menus, scroll bars and the window's ground follow the theme that was chosen in the settings. */
export function setupTheme(fleet: Pick<Fleet, 'onSettings'>, window: Pick<MainWindow, 'current'>): void {
  fleet.onSettings(({ theme }) => (nativeTheme.themeSource = theme));
  nativeTheme.on('updated', () =>
    window.current?.setBackgroundColor(nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light),
  );
}
