import type { HelperProcess } from '../../vault/keychain.js';
import { launchNodeHelper } from '../../vault/node-helper.js';
import { withSessionBus } from '../../vault/session-bus.js';

/** The keychain's helper for a command, which may have been started with next to no environment. */
export function launchCommandHelper(file: string): HelperProcess {
  return launchNodeHelper(file, withSessionBus(process.env));
}
