import type { App } from '../../app.js';
import type { Quit } from './quit.js';

/** A fault that nobody caught: its text is redacted and told, and no child is left behind. */
export function stopOnFaults(
  opening: Promise<Pick<App, 'redact'>>,
  quit: Pick<Quit, 'now'>,
  say: (line: string) => void,
): void {
  const stop = async (error: unknown): Promise<void> => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const app = await opening.catch(() => undefined);
    // Before the app is open there is no list of secrets, and nothing secret has been read.
    say(`Jackfield met a fault and stops: ${app ? app.redact(text) : text}`);
    quit.now(1);
  };
  process.once('uncaughtException', (error) => void stop(error));
  process.once('unhandledRejection', (error) => void stop(error));
}
