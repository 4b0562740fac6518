import { dialog, type BrowserWindow } from 'electron';
import type { Quit } from './quit.js';

/**
 * A page with unsaved edits may refuse to go. A browser would ask the person; Electron leaves the page where it is and
 * says nothing, so that a close button or a quit would seem to be dead. It is asked here, and what was under way (a
 * close, a quit, a reload) is done again after a yes. Not synchronously: the servers' output is read meanwhile.
 */
export function askAboutUnsavedEdits(window: BrowserWindow, quit: Pick<Quit, 'wasRefused'>): void {
  let isClosing = false;
  let isAsking = false;
  let mayGo = false;
  window.on('close', () => (isClosing = true));
  window.webContents.on('will-prevent-unload', (event) => {
    if (mayGo) {
      mayGo = false;
      return event.preventDefault();
    }
    const again = quit.wasRefused() ?? (isClosing ? () => window.close() : () => window.webContents.reload());
    isClosing = false;
    if (isAsking) return;
    isAsking = true;
    void ask(window).then((isGoing) => {
      isAsking = false;
      if (!isGoing || window.isDestroyed()) return;
      mayGo = true;
      again();
    });
  });
}

async function ask(window: BrowserWindow): Promise<boolean> {
  // On macOS the question is a sheet of the window, which has to be seen.
  if (window.isMinimized()) window.restore();
  window.show();
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'There are unsaved edits',
    detail: 'They are lost when this window goes. Your servers’ saved settings stay as they are.',
    buttons: ['Keep editing', 'Discard edits'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}
