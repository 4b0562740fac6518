import { bundleUpload, isBundleFile } from './bundle-upload.svelte.js';
import { importDraft } from './import-draft.svelte.js';
import { router, to } from './router.svelte.js';
import { toasts } from './toasts.svelte.js';

/** Larger files are no configuration. The host takes 5 MB of text at most. */
const MOST_BYTES = 5_000_000;

const holds = (event: DragEvent, type: string): boolean => event.dataTransfer?.types.includes(type) ?? false;
const isTaken = (event: DragEvent): boolean =>
  !event.defaultPrevented && (holds(event, 'Files') || (holds(event, 'text/uri-list') && !isField(event)));

/** Text that is dragged into a field is that field's. */
function isField(event: DragEvent): boolean {
  const { target } = event;
  return target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null;
}

/** Files and links may be dropped anywhere; without this the browser would open them in place of the app. */
export function allowFileDrop(event: DragEvent): void {
  if (isTaken(event)) event.preventDefault();
}

/**
 * What is dropped onto the window: a configuration file or an install link goes to the import screen, a bundle to its
 * dialog. All of them show what there is before anything is done.
 */
export async function takeDroppedFile(event: DragEvent): Promise<void> {
  if (!isTaken(event)) return;
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (!file) return takeLink(event.dataTransfer?.getData('text/uri-list') ?? '');
  if (isBundleFile(file.name)) return bundleUpload.send(file);
  if (file.size > MOST_BYTES) {
    toasts.show({ tone: 'error', title: `${file.name} is too large to be a configuration` });
    return;
  }
  importDraft.fileName = file.name;
  importDraft.text = await file.text();
  await router.go(to.import());
}

async function takeLink(list: string): Promise<void> {
  const link = list.split(/\r?\n/).find((line) => line !== '' && !line.startsWith('#'));
  // A link of the window's own, dragged by accident, leads nowhere new.
  if (!link || link.startsWith(`${location.protocol}//${location.host}/`)) return;
  importDraft.fileName = undefined;
  importDraft.text = link;
  await router.go(to.import());
}
