import { AppError, type Undone } from '../../contract/index.js';
import type { Parts } from '../parts.js';
import { referredSecrets } from '../with-secrets.js';
import { takeBack } from './take-back.js';
import type { Stack } from './undo-book.js';

let tail: Promise<unknown> = Promise.resolve();

/** Takes back the newest entry of a stack, or the one named; it goes over to the other stack. One at a time. */
export function undo(parts: Parts, stack: Stack, id?: string): Promise<Undone> {
  const done = tail.then(() => undoNow(parts, stack, id));
  tail = done.catch(() => undefined);
  return done;
}

async function undoNow(parts: Parts, stack: Stack, id: string | undefined): Promise<Undone> {
  const { undo: book, activity } = parts;
  const entry = book.find(stack, id);
  if (!entry) throw nothingTo(stack);
  const changes = await takeBack(parts, entry.title, entry.changes).catch((error: unknown) => {
    // Changed by other means since: it would stand in the way of the edits before it for ever.
    if (id === undefined && error instanceof AppError && error.code === 'revision_conflict')
      book.drop(stack, entry);
    throw error;
  });
  book.drop(stack, entry);
  book.push(stack === 'undo' ? 'redo' : 'undo', { ...entry, changes });
  const title = `${stack === 'undo' ? 'Undone' : 'Done again'}: ${entry.title}`;
  activity.add({ kind: 'edit', severity: 'info', title });
  return { title: entry.title, lostSecrets: tellOfLostSecrets(parts) };
}

/** Every window hears which secrets are asked for again. */
export function tellOfLostSecrets({ catalog, vault, notify }: Parts): string[] {
  const ids = vault.lost(referredSecrets(catalog));
  notify('secrets.lost', { ids });
  return ids;
}

function nothingTo(stack: Stack): AppError {
  return stack === 'undo'
    ? new AppError(
        'not_found',
        'There is no edit to take back.',
        'Edits before this start are in the History tabs and in Settings → Data.',
      )
    : new AppError(
        'not_found',
        'Nothing was taken back that could be done again.',
        'A new edit clears that list.',
      );
}
