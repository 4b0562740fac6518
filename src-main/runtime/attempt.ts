import { AppError } from '../contract/index.js';
import type { ProcessTree } from './process/process-tree.js';
import type { Session } from './session/session.js';

/** How a process or session ended by itself. HTTP sessions have no exit code: `reason` says what was seen. */
export type Ending = {
  exitCode?: number | null;
  signal?: string | null;
  /** Continues a sentence that begins with "The server". */
  reason: string;
  /** The last lines of its stderr, redacted. */
  lastWords?: string[];
  isRemote?: true;
};

/** Why a start failed, and what that means for another try. */
export class StartFailure extends Error {
  constructor(
    readonly error: AppError,
    /** Another try would fail the same way. */
    readonly permanent: boolean,
    /** Set when the process exited before `initialize` was answered. */
    readonly ending?: Ending,
  ) {
    super(error.message);
  }
}

/** One try to run a server: a process with its session, or a session alone. It is never used twice. */
export interface Attempt {
  /** Known from the spawn on; never for HTTP servers. */
  readonly pid: number | undefined;
  /** Resolves when the server answered the handshake and its tool list; rejects with a `StartFailure`. */
  readonly ready: Promise<{ session: Session; readyMs: number }>;
  /** Resolves when a ready server ended by itself. Never rejects. */
  readonly ended: Promise<Ending>;
  /**
   * Ends everything of it: asks first unless `asking` is false, and kills at once when `force` is aborted. Answers
   * how it ended, where it is a process.
   */
  end(options: { asking: boolean; force: AbortSignal }): Promise<Ending | undefined>;
  /** Opens a new session in place of one that was forgotten; only a server at a URL forgets one. */
  renew?(): Promise<Session>;
  /** Every process of it, for metrics. */
  readonly tree: ProcessTree | undefined;
}
