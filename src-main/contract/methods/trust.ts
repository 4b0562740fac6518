import { z } from 'zod';
import type { Origin } from '../server.js';
import { method } from './define.js';
import { id } from './params.js';

/** What is run, as far as the person has to know it before they allow it. Values of variables are left out. */
export type CommandLine = {
  command: string;
  args: string[];
  envNames: string[];
  /** Variables whose value decides what is run (`NODE_OPTIONS`, `PATH`, `${NAME}` in an argument), plain ones with it. */
  steering: Record<string, string>;
  cwd?: string;
  envFile?: string;
};

export type TrustState = {
  /** False: it is not run before the person has allowed this command line. */
  trusted: boolean;
  origin?: Origin;
  /** Absent for servers without a command. */
  command?: CommandLine;
  /** Names this very command line in `trust.allow`. */
  digest?: string;
  /** The last one of this server that was allowed, where this one differs from it. */
  before?: CommandLine;
};

/**
 * The command line of a server that came by import, install link, adoption or a pull from a remote is allowed once by
 * the person before it runs. A page of ours can ask for that and cannot answer it.
 */
export const trustMethods = {
  'trust.state': method<TrustState>()(z.strictObject({ serverId: id })),
  /**
   * Asks the person outside the window; `trust.answered` tells what they said. In the browser host the answer is given
   * at `url`, which the page opens in another tab; the desktop host shows a dialog of the OS.
   */
  'trust.ask': method<{ url?: string }>()(z.strictObject({ serverId: id })),
  /** For programs that have shown `trust.state` to the person themselves. Refused to pages. */
  'trust.allow': method<Record<string, never>>()(
    z.strictObject({ serverId: id, digest: z.string().length(64) }),
  ),
};

/** Methods that a page may not call: it shows what others wrote, and a script of theirs might come to run in it. */
export const NOT_FOR_PAGES: ReadonlySet<string> = new Set<keyof typeof trustMethods>(['trust.allow']);
