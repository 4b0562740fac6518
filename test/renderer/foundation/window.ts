import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { onTestFinished } from 'vitest';
import App from '../../../src-renderer/App.svelte';
import { dialogs } from '../../../src-renderer/state/dialogs.svelte.js';
import { router } from '../../../src-renderer/state/router.svelte.js';
import { startSession } from '../../../src-renderer/state/session.js';
import { syncPanel } from '../../../src-renderer/state/sync-panel.svelte.js';
import { toasts } from '../../../src-renderer/state/toasts.svelte.js';
import { readServers } from '../../../src-main/interchange/import/read-servers.js';
import { readPasted } from '../../../src-main/interchange/paste/paste.js';
import { FakeHost } from '../fake-host.js';

/** Opens the whole window over a host in memory, on one screen; both end with the test (the window in setup.ts). */
export async function openWindow(host = new FakeHost(), hash = '#/'): Promise<FakeHost> {
  drawWindow(host, hash);
  await screen.findByRole('navigation', { name: 'Main' });
  return host;
}

/** The same, also where the host lets nobody in. */
export function drawWindow(host: FakeHost, hash = '#/'): void {
  host.handlers['import.read'] ??= ({ text, fileName }) => readServers(readPasted(text, fileName));
  void router.go(hash);
  const stop = startSession(host);
  render(App);
  onTestFinished(() => {
    dialogs.closeAll();
    syncPanel.open = false;
    stop();
    toasts.clear();
    void router.go('#/');
  });
}

export async function goTo(hash: string): Promise<void> {
  await router.go(hash);
  await tick();
}

export async function type(field: HTMLElement, text: string): Promise<void> {
  await fireEvent.input(field, { target: { value: text } });
}

export async function paste(field: HTMLElement, text: string): Promise<void> {
  await fireEvent(
    field,
    Object.assign(new Event('paste', { bubbles: true, cancelable: true }), {
      clipboardData: { getData: () => text },
    }),
  );
}

export const press = (
  target: Element | Window,
  key: string,
  init: KeyboardEventInit = {},
): Promise<boolean> => fireEvent.keyDown(target, { key, ...init });

export const click = (element: Element): Promise<boolean> => fireEvent.click(element);

export const dialog = (name: string | RegExp): Promise<HTMLElement> => screen.findByRole('dialog', { name });

export { screen, waitFor, within };
