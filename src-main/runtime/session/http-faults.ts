import {
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';

/** HTTP status of a failed request, from the several ways the client's transports tell it. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof UnauthorizedError) return 401;
  if (error instanceof SdkHttpError) return error.status;
  if (error instanceof SseError) return error.code;
  // The SSE transport puts the status of a failed POST into the text alone.
  const inText = error instanceof Error ? /\(HTTP (\d{3})\)/.exec(error.message)?.[1] : undefined;
  return inText === undefined ? undefined : Number(inText);
}

export function isUnauthorized(error: unknown): boolean {
  const status = statusOf(error);
  return status === 401 || status === 403;
}

/** The server forgot the session (it restarted, or the session expired): a new one must be opened. */
export function isSessionExpired(error: unknown): boolean {
  const status = statusOf(error);
  // MCP, transports: 404 to a request with a session id. Some servers answer 400 and say so in words.
  return status === 404 || (status === 400 && /session/i.test(error instanceof Error ? error.message : ''));
}

/** Nothing answered: no connection, no such host, broken TLS, a closed stream. */
export function isNetworkFault(error: unknown): boolean {
  if (error instanceof SseError) return error.code === undefined;
  if (error instanceof SdkError) return error.code === SdkErrorCode.SendFailed;
  return networkReason(error) !== undefined;
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens at that address',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host’s name could not be looked up',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  EPIPE: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was closed',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** Why the network failed, in words; `undefined` when it is not the network's fault. */
export function networkReason(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth += 1) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (typeof code === 'string' && REASONS[code] !== undefined) return REASONS[code];
    if (cause instanceof AggregateError && cause.errors.length > 0) {
      const inner = networkReason(cause.errors[0]);
      if (inner !== undefined) return inner;
    }
  }
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message)
    ? error.message
    : undefined;
}

/** A certificate the system does not trust: the settings' CA file is the cure. */
export function isCertificateFault(error: unknown): boolean {
  return /certificate/.test(networkReason(error) ?? '');
}
