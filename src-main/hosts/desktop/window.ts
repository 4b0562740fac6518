import { BrowserWindow, screen } from 'electron';
import type { Bridge } from './bridge.js';
import { PAGE_URL } from './page-origin.js';
import { readWindowState, rememberWindow } from './window-state.js';

/** The neutral ends of the two themes, so that the window does not flash before the page is there. */
const BACKGROUND = { light: '#ffffff', dark: '#141518' };

export function openWindow(options: {
  dataDir: string;
  preload: string;
  dark: boolean;
  bridge: Bridge;
}): BrowserWindow {
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  const { maximized, ...bounds } = readWindowState(options.dataDir, displays);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Jackfield',
    backgroundColor: options.dark ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  rememberWindow(window, options.dataDir);
  options.bridge.admit(window.webContents);
  window.once('ready-to-show', () => window.show());
  // A page that crashed has lost nothing: everything is in the main process.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.reload();
  });
  void window.loadURL(PAGE_URL);
  return window;
}
