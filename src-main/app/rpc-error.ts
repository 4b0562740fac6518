import { JSONRPCErrorException } from 'json-rpc-2.0';
import { AppError, describeIssues, type Fault, type Issue } from '../contract/index.js';

const INVALID_PARAMS = -32602;
const APP_ERROR = -32000;
const INTERNAL_ERROR = -32603;

/** Params of the wrong shape: the standard's own code, with the paths that our shape names. */
export class InvalidParams extends Error {
  override readonly name = 'InvalidParams';
  constructor(
    readonly what: string,
    readonly issues: Issue[],
  ) {
    super(`${what}: ${describeIssues(issues)}`);
  }
}

/** Throws what a fault means on the wire: the wrong shape is -32602, a value that cannot be is `invalid`. */
export function refuse(what: string, fault: Fault): never {
  if (fault.kind === 'wrong_shape') throw new InvalidParams(what, fault.issues);
  throw new AppError(
    'invalid',
    `${what}: ${describeIssues(fault.issues)}.`,
    'Correct the fields named and try again.',
    fault.issues,
  );
}

/**
 * The error object that goes over the wire. What is neither an `AppError` nor about params is a bug: the caller is
 * told so without its text, which could hold anything.
 */
export function toWireError(error: unknown, redact: (text: string) => string): JSONRPCErrorException {
  if (error instanceof InvalidParams) {
    return new JSONRPCErrorException(redact(error.message), INVALID_PARAMS, {
      code: 'invalid',
      hint: 'Correct the fields named and try again.',
      issues: error.issues,
    });
  }
  if (error instanceof AppError) {
    return new JSONRPCErrorException(redact(error.message), APP_ERROR, {
      code: error.code,
      hint: redact(error.hint),
      ...(error.issues.length > 0 && { issues: error.issues }),
    });
  }
  return new JSONRPCErrorException(
    'Jackfield met a fault of its own and could not finish this.',
    INTERNAL_ERROR,
    {
      code: 'io',
      hint: 'Try again. If it stays, restart Jackfield and report what you did, with the log of the host.',
    },
  );
}
