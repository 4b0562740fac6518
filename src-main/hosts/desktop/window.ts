import { BrowserWindow, nativeTheme, screen } from 'electron';
import { icon } from './icons.js';
import { PAGE_URL } from './page-origin.js';

/** The neutral ends of the two themes, so that the window does not flash before the page is there. */
export const BACKGROUND = { light: '#ffffff', dark: '#141518' };

const FIRST_SIZE = { width: 1280, height: 800 };

/** The window with nothing but our page in it, hidden until it has something to show. */
export function openWindow({ dataDir, preload }: { dataDir: string; preload: string }): BrowserWindow {
  const window = new BrowserWindow({
    ...FIRST_SIZE,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Jackfield',
    icon: icon('window'),
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  void place(window, dataDir);
  void window.loadURL(PAGE_URL);
  return window;
}

/** The page loads while its place is read; it is shown when both are done. */
async function place(window: BrowserWindow, dataDir: string): Promise<void> {
  const painted = new Promise<void>((resolve) => window.once('ready-to-show', () => resolve()));
  const { readWindowState, rememberWindow } = await import('./window-state.js');
  if (window.isDestroyed()) return;
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  const state = readWindowState(dataDir, displays);
  if (state) {
    const { maximized, ...bounds } = state;
    window.setBounds(bounds);
    if (bounds.x === undefined) window.center();
    if (maximized) window.maximize();
  }
  rememberWindow(window, dataDir);
  await painted;
  if (!window.isDestroyed()) window.show();
}
