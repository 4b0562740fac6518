import { AppError, type ToolResult } from '../../contract/index.js';
import type { Session } from './session.js';

/** How long a call may be silent when the caller names no limit. Progress, and an open question, start it anew. */
export const CALL_LIMIT_MS = 60_000;
/** The client's own timer is not used: it cannot be held while the person is asked something. */
const NEVER_MS = 2_147_483_647;

export type CallRequest = {
  name: string;
  arguments: Record<string, unknown>;
  /** A hard limit of the whole call, in milliseconds. */
  timeoutMs?: number;
  /** Names the call for progress and cancel. */
  callId?: string;
};

export type CallPorts = {
  progress(payload: { callId: string; progress: number; total?: number; message?: string }): void;
  /** Whether the server waits for the person's answer to a question of its own. */
  isAsking(serverId: string): boolean;
  redact(text: string): string;
};

class CallEnd extends Error {}

/** Calls of tools that are under way, each with its own limit, progress and cancel. */
export class Calls {
  readonly #cancels = new Map<string, () => void>();
  /** How many wait for their answer now. */
  underWay = 0;

  constructor(private readonly ports: CallPorts) {}

  /** @throws AppError `timeout` when its limit passed or it was cancelled; else what the client threw */
  async call(
    serverId: string,
    session: Session,
    request: CallRequest,
  ): Promise<{ result: ToolResult; durationMs: number }> {
    const { name, callId } = request;
    const abort = new AbortController();
    const limit = this.#limit(serverId, request, abort);
    if (callId !== undefined) this.#cancels.set(callId, () => abort.abort(new CallEnd('cancelled')));
    const started = performance.now();
    this.underWay += 1;
    try {
      const result = await session.client.callTool(
        { name, arguments: request.arguments },
        {
          signal: abort.signal,
          timeout: NEVER_MS,
          ...(callId !== undefined && {
            onprogress: ({ progress, total, message }) => {
              limit.renew();
              this.ports.progress({
                callId,
                progress,
                ...(total !== undefined && { total }),
                ...(message !== undefined && { message: this.ports.redact(message) }),
              });
            },
          }),
        },
      );
      const durationMs = Math.round((performance.now() - started) * 100) / 100;
      return { result: result as ToolResult, durationMs };
    } catch (error) {
      throw abort.signal.reason instanceof CallEnd ? ended(abort.signal.reason, request) : error;
    } finally {
      this.underWay -= 1;
      limit.clear();
      if (callId !== undefined) this.#cancels.delete(callId);
    }
  }

  /** Tells the server to give up the call. An id that is not under way (any more) is no error. */
  cancel(callId: string): void {
    this.#cancels.get(callId)?.();
  }

  #limit(
    serverId: string,
    { timeoutMs }: CallRequest,
    abort: AbortController,
  ): { renew(): void; clear(): void } {
    let timer: NodeJS.Timeout;
    const expire = (): void => {
      if (timeoutMs === undefined && this.ports.isAsking(serverId)) begin();
      else abort.abort(new CallEnd('timeout'));
    };
    const begin = (): void => {
      timer = setTimeout(expire, timeoutMs ?? CALL_LIMIT_MS);
    };
    begin();
    return {
      renew: () => void (timeoutMs === undefined && timer.refresh()),
      clear: () => clearTimeout(timer),
    };
  }
}

function ended(reason: CallEnd, { name, timeoutMs }: CallRequest): AppError {
  if (reason.message === 'cancelled')
    return new AppError(
      'timeout',
      `The call of "${name}" was cancelled.`,
      'The server was told to give it up.',
    );
  const seconds = (timeoutMs ?? CALL_LIMIT_MS) / 1_000;
  return new AppError(
    'timeout',
    `"${name}" did not answer within ${seconds} s.`,
    'The server was told to give it up. Allow it more time, or look at the server’s log.',
  );
}
