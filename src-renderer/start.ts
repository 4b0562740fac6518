import { mount } from 'svelte';
import App from './App.svelte';
import { transportForThisPage } from './rpc/connect.js';
import { startSession } from './state/session.js';
import { showRememberedTheme } from './state/theme.svelte.js';

/** Shows the app in the page. */
export function start(): void {
  showRememberedTheme();
  startSession(transportForThisPage());
  const target = document.getElementById('app');
  if (target) mount(App, { target });
}
