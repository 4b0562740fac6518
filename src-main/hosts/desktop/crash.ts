import { app, dialog, type BrowserWindow } from 'electron';

const WITHIN_MS = 60_000;
const MOST_RELOADS = 3;

type Say = (line: string) => void;

/**
 * A page that crashed has lost nothing: everything is in the main process. It is loaded again, but not for ever; after
 * a few times in a minute the person decides.
 */
export function recoverPage(window: BrowserWindow, say: Say, now: () => number = Date.now): void {
  let reloads: number[] = [];
  const reload = (): void => {
    if (!window.isDestroyed()) window.webContents.reload();
  };
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    say(`The page ended (${reason}, ${exitCode}); loading it again.`);
    reloads = [...reloads.filter((at) => now() - at < WITHIN_MS), now()];
    // Chromium is still taking the old process apart while it tells of its end.
    if (reloads.length <= MOST_RELOADS) return void setImmediate(reload);
    reloads = [];
    void ask(window, 'The window keeps crashing', ['Load it again', 'Close it']).then((choice) =>
      choice === 0 ? reload() : window.destroy(),
    );
  });
  let asking = false;
  window.on('unresponsive', () => {
    if (asking) return;
    asking = true;
    void ask(window, 'The window does not answer', ['Wait', 'Load it again']).then((choice) => {
      asking = false;
      if (choice === 1 && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
    });
  });
}

async function ask(window: BrowserWindow, message: string, buttons: string[]): Promise<number> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message,
    detail: 'Your servers go on running, and nothing is lost.',
    buttons,
    defaultId: 0,
    cancelId: 0,
  });
  return response;
}

/** Chromium restarts its own processes (GPU, network); what happened is worth a line for whoever looks for it. */
export function tellOfLostProcesses(say: Say): void {
  app.on('child-process-gone', (_event, { type, name, reason, exitCode }) => {
    if (reason !== 'clean-exit')
      say(`A process of the window ended: ${name ?? type} (${reason}, ${exitCode}).`);
  });
}
