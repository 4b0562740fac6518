import { importDraft } from './import-draft.svelte.js';
import { router, to } from './router.svelte.js';
import { toasts } from './toasts.svelte.js';

/** Larger files are no configuration. The host takes 5 MB of text at most. */
const MOST_BYTES = 5_000_000;

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Files may be dropped anywhere; without this the browser would open them in place of the app. */
export function allowFileDrop(event: DragEvent): void {
  if (holdsFiles(event)) event.preventDefault();
}

/** A configuration file dropped onto the window goes to the import screen. */
export async function takeDroppedFile(event: DragEvent): Promise<void> {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  if (file.size > MOST_BYTES) {
    toasts.show({ tone: 'error', title: `${file.name} is too large to be a configuration` });
    return;
  }
  importDraft.fileName = file.name;
  importDraft.text = await file.text();
  await router.go(to.import());
}
