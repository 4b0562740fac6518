import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { AppError } from '../../contract/index.js';
import { isNetworkFault, isUnauthorized } from './http-faults.js';
import { messageOf } from '../start-failures.js';

export type RequestContext = {
  redact(text: string): string;
  /** Over HTTP; a local server's broken pipe is no network fault. */
  isRemote: boolean;
};

/** What went wrong with one request of a running session, as a sentence. `what` begins it: `The call of "x"`. */
export function explainRequestError(
  error: unknown,
  what: string,
  { redact, isRemote }: RequestContext,
): AppError {
  if (error instanceof AppError) return error;
  const message = redact(messageOf(error));
  if (isRemote && isUnauthorized(error))
    return new AppError(
      'remote_unauthorized',
      `${what} was refused: ${message}.`,
      'Check the server’s token.',
    );
  if (isRemote && isNetworkFault(error))
    return new AppError('remote_unreachable', `${what} did not reach the server: ${message}.`, 'Is it up?');
  if (error instanceof SdkHttpError || error instanceof ProtocolError)
    return new AppError(
      'remote_rejected',
      `${what} was refused by the server: ${message}.`,
      'Check the name and the arguments against what the server lists.',
    );
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout)
    return new AppError('timeout', `${what} was not answered in time.`, 'Look at the server’s log.');
  if (error instanceof SdkError && error.code === SdkErrorCode.CapabilityNotSupported)
    return new AppError(
      'unsupported',
      `${what} is not possible: ${message}.`,
      'The server does not offer this.',
    );
  if (error instanceof SdkError && error.code === SdkErrorCode.InvalidResult)
    return new AppError(
      'remote_rejected',
      `${what} was answered wrongly: ${message}.`,
      'The server is at fault.',
    );
  return new AppError(
    'not_running',
    `${what} failed: ${message}.`,
    'The server may have ended: look at its log.',
  );
}
