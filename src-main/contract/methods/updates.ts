import { z } from 'zod';
import { method } from './define.js';
import { none } from './params.js';

/**
 * How the app stands to newer versions of itself. `ready` waits for the person: nothing is ever installed unasked.
 * - `unsupported`: this copy cannot update itself; `reason` says why, in a sentence
 * - `off`: the person has not chosen to look for updates; asking once (`update.check`) is possible all the same
 * - `idle`: `checkedAt` is when a feed last answered; `problem` only where the person had asked
 * - `refused`: a newer version was offered whose signature is not its maker's; it was not downloaded
 */
export type UpdateState =
  | { state: 'unsupported'; reason: string }
  | { state: 'off' | 'idle'; checkedAt?: string; problem?: string }
  | { state: 'checking' }
  | { state: 'downloading'; version: string; percent: number }
  | { state: 'refused'; version: string; reason: string }
  | { state: 'ready'; version: string };

export const updateMethods = {
  'update.status': method<{ update: UpdateState }>()(none),
  /** Looks now, also where looking by itself is off. Answers once it is known whether there is something. */
  'update.check': method<{ update: UpdateState }>()(none),
  /** Ends the app, puts the update in place and starts it again. Refused while a tool call runs. */
  'update.install': method<Record<string, never>>()(z.strictObject({})),
};
