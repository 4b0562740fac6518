import path from 'node:path';
import { processCommandLine } from '../../platform/process-identity.js';

const BROWSERS =
  /^(google-chrome|chrome|chromium|brave|msedge|microsoft-edge|firefox|librewolf|opera|vivaldi|epiphany|konqueror)/i;
/** How a server starts a browser for its own use, as those that drive one do. */
const DRIVEN = /\s-{1,2}(headless|remote-debugging|enable-automation|user-data-dir|marionette|profile)/i;

/**
 * Whether this is the person's own browser. A server that opens a sign-in page may be the one that started it, so it
 * carries that server's mark; it must not be closed, with all that is open in it, when the server stops.
 */
export async function isPersonsBrowser(pid: number): Promise<boolean> {
  const command = (await processCommandLine(pid)) ?? '';
  return BROWSERS.test(path.basename(command.split(' ', 1)[0] ?? '')) && !DRIVEN.test(command);
}
