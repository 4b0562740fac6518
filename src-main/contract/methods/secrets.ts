import { z } from 'zod';
import { method } from './define.js';
import { id, none } from './params.js';

/** A plain value that looks like a secret. */
export type PlainSecret = {
  kind: 'server' | 'remote';
  id: string;
  /** Of the server or remote. */
  name: string;
  /** Dotted: `transport.env.GITHUB_TOKEN`. */
  path: string;
};

/** What looks like a secret where no keychain entry can stand: in an argument or a URL. */
export type MisplacedSecret = { id: string; name: string; advice: string };

export const secretMethods = {
  /** Looks through every server and remote. Answers places, never values. */
  'secret.scan': method<{ found: PlainSecret[]; misplaced: MisplacedSecret[] }>()(none),
  /**
   * Moves plain values to the keychain, all that `secret.scan` finds or those named, and takes them out of the history
   * and the backups. It cannot be undone.
   */
  'secret.move': method<{ moved: number; failed: (PlainSecret & { message: string; hint: string })[] }>()(
    z.strictObject({
      items: z
        .array(z.strictObject({ id, path: z.string().min(1).max(2_000) }))
        .max(10_000)
        .optional(),
    }),
  ),
};
