import { app } from 'electron';
import type { App } from '../../app.js';

/** What is not stopped by then is not going to be; the next start sweeps it. */
const LIMIT_MS = 9_500;

/** Every way out stops the servers first: the menu, the last window, a signal, the OS shutting down. */
export function stopServersBeforeQuit(jackfield: Pick<App, 'close'>): void {
  let stopped = false;
  let stopping = false;
  app.on('before-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    if (stopping) return;
    stopping = true;
    const limit = new Promise((resolve) => setTimeout(resolve, LIMIT_MS).unref());
    void Promise.race([jackfield.close(), limit]).finally(() => {
      stopped = true;
      app.quit();
    });
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit());
}
