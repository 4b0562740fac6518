import type { ErrorCode, Issue, Problem } from '../../src-main/contract/index.js';

/** `lost`: the connection ended before the answer came. `fault`: the host answered with an error of JSON-RPC itself. */
export type RpcErrorCode = ErrorCode | 'lost' | 'fault';

/** A refused call: `message` says what happened, `hint` what to do next, `issues` which fields are at fault. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  constructor(
    readonly code: RpcErrorCode,
    message: string,
    readonly hint = '',
    readonly issues: Issue[] = [],
  ) {
    super(message);
  }
}

type WireData = { code?: ErrorCode; hint?: string; issues?: Issue[] } | undefined;

const INVALID_PARAMS = -32602;

/** Reads a JSON-RPC error object (INTERFACE §2). */
export function rpcErrorFromWire(code: number, message: string, data: WireData): RpcError {
  const fallback: RpcErrorCode = code === INVALID_PARAMS ? 'invalid' : 'fault';
  return new RpcError(data?.code ?? fallback, message, data?.hint ?? '', data?.issues ?? []);
}

export const lostError = (): RpcError =>
  new RpcError(
    'lost',
    'The connection to Jackfield was lost.',
    'It is tried again by itself. Then do this again.',
  );

/** Anything that was thrown, as it is shown to a person. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RpcError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'fault', message, hint: '' };
}

/** The field faults of an error, dotted path → message. The first of two faults of one field wins. */
export function fieldErrors(error: unknown): Record<string, string> {
  const errors: Record<string, string> = {};
  if (error instanceof RpcError) for (const issue of error.issues) errors[issue.path] ??= issue.message;
  return errors;
}
