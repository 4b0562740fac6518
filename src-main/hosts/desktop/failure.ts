import { app, dialog } from 'electron';

export const EXIT_UNUSABLE = 2;
export const EXIT_LOCKED = 3;

/** The class is loaded with the app, which this must not need; its name is part of what it is. */
const isLocked = (error: unknown): error is Error & { pid: number } =>
  error instanceof Error && error.name === 'CatalogLockedError';

/** Nothing can be shown without the app: says why, at the terminal and in a box, and ends. */
export function failToStart(error: unknown): void {
  const reason = isLocked(error)
    ? `Another Jackfield (pid ${error.pid}) uses this data folder. Stop it, or choose another with --data-dir.`
    : error instanceof Error
      ? error.message
      : String(error);
  process.stderr.write(`Jackfield could not start: ${reason}\n`);
  dialog.showErrorBox('Jackfield could not start', reason);
  app.exit(isLocked(error) ? EXIT_LOCKED : 1);
}
