import type { App } from '../app.js';

type Told = Pick<App, 'redact' | 'tellFault'>;

/** Distinct faults that are told of in one run of the host: one that repeats without end must not fill a log. */
const MOST_TOLD = 100;

/**
 * Faults that nobody caught. An exception may have cut anything short, so it ends the host, children first. A promise
 * that nobody waited for holds nothing else up: it is told to the person and to the log, and their servers run on.
 */
export function watchForFaults(opening: Promise<Told>, stop: () => void, say: (line: string) => void): void {
  // Before the app is open there is no list of secrets, and nothing secret has been read.
  const app = opening.catch(() => undefined);
  const told = new Set<string>();
  process.once('uncaughtException', (error) => {
    void app.then((open) => {
      const text = textOf(error);
      say(`Jackfield met a fault and stops: ${open ? open.redact(text) : text}`);
      stop();
    });
  });
  process.on('unhandledRejection', (error) => {
    void app.then((open) => {
      const text = textOf(error);
      if (told.has(text) || told.size >= MOST_TOLD) return;
      told.add(text);
      say(`Jackfield met a fault and goes on: ${open ? open.redact(text) : text}`);
      open?.tellFault(error);
    });
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
