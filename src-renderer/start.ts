import { mount } from 'svelte';
import App from './App.svelte';
import type { Transport } from './rpc/transport.js';
import { startSession } from './state/session.js';
import { showRememberedTheme } from './state/theme.svelte.js';

/** Shows the app in the page, over a transport that may have been started before. */
export function start(transport: Transport): void {
  showRememberedTheme();
  startSession(transport);
  const target = document.getElementById('app');
  if (target) mount(App, { target });
}
