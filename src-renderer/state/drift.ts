import type { Notifications } from '../../src-main/contract/index.js';
import { syncPanel } from './sync-panel.svelte.js';
import { toasts } from './toasts.svelte.js';

/** Somebody else changed what is patched from here: said where the person is not looking at it already. */
export function tellDrift({ linkId, title }: Notifications['drift.found']): void {
  if (syncPanel.open && syncPanel.linkIds.includes(linkId)) return;
  const show = (): void => syncPanel.show([linkId], title);
  toasts.show({ tone: 'warning', title, action: { label: 'Show both sides', run: show } });
}
