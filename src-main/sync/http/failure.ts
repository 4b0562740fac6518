import { AppError, type ErrorCode } from '../../contract/index.js';

/**
 * A request to a remote that did not end well.
 * `transient`: trying the same again later may work (the remote is away or busy).
 * `unknown`: the request was on its way, so it may have been carried out.
 */
export class RemoteFailure extends AppError {
  readonly transient: boolean;
  readonly unknown: boolean;
  readonly status: number | undefined;
  /** Milliseconds the remote asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    hint: string,
    facts: {
      transient?: boolean;
      unknown?: boolean;
      status?: number;
      retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(code, message, hint);
    this.transient = facts.transient ?? false;
    this.unknown = facts.unknown ?? false;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

const TLS_HINTS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'Its certificate has expired: renew it there.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'Its certificate is for another host name: use the name the certificate was made for.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'Its certificate is self-signed: put the certificate authority’s file into Settings › CA file.',
  SELF_SIGNED_CERT_IN_CHAIN:
    'Its certificate comes from an authority this computer does not know: put that authority’s file into Settings › CA file.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Its certificate chain is not complete, or comes from an authority this computer does not know: put that authority’s file into Settings › CA file.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'Its certificate comes from an authority this computer does not know: put that authority’s file into Settings › CA file.',
};

const codeOf = (error: unknown): string => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
  }
  return '';
};

/** Errors that come before anything was sent: nothing can have been done. */
const NOTHING_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What stopped a request below HTTP: name lookup, connection, TLS, time. */
export function transportFailure(error: unknown, where: string, timeoutMs: number): RemoteFailure {
  const code = codeOf(error);
  const tls = TLS_HINTS[code];
  if (tls || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO')
    return new RemoteFailure(
      'remote_unreachable',
      `${where} could not be trusted: the secure connection failed (${code}).`,
      tls ?? 'It may speak plain http at this address: check the scheme and the port of its URL.',
    );
  const unreachable = (message: string, hint: string): RemoteFailure =>
    new RemoteFailure('remote_unreachable', message, hint, {
      transient: true,
      unknown: !NOTHING_SENT.has(code),
    });
  switch (code) {
    case 'ECONNREFUSED':
      return unreachable(
        `Nothing answers at ${where}: the connection was refused.`,
        'Start it, or check its host and port.',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(
        `The host name of ${where} could not be looked up.`,
        'Check the spelling of the URL and whether this computer is online.',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable(
        `There is no way to ${where} from here.`,
        'Check the network, or a VPN it may need.',
      );
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
    case 'ETIMEDOUT':
    case 'ABORT_ERR':
    case '23':
      return unreachable(
        `${where} did not answer within ${Math.round(timeoutMs / 1000)} s.`,
        'It may be busy or blocked by a firewall. Jackfield tries again by itself.',
      );
    case 'UND_ERR_PRX_TLS':
      return unreachable(
        `The proxy did not let the connection to ${where} through.`,
        'Check Settings › Proxy.',
      );
    default:
      return unreachable(
        `The connection to ${where} broke off${code ? ` (${code})` : ''}.`,
        'Jackfield tries again by itself; if it stays so, look at the remote’s own log.',
      );
  }
}

/** `Retry-After` in its two forms, and Letta's `retry-after-ms`. Between 0 and one hour. */
export function retryAfterOf(
  headers: Record<string, string | string[] | undefined>,
  now: number,
): number | undefined {
  const first = (name: string): string | undefined => [headers[name]].flat()[0];
  const ms = Number(first('retry-after-ms') ?? Number.NaN);
  const text = first('retry-after');
  const seconds = Number(text ?? Number.NaN);
  const wait = Number.isFinite(ms)
    ? ms
    : Number.isFinite(seconds)
      ? seconds * 1000
      : Date.parse(text ?? '') - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 3_600_000) : undefined;
}

type Refused = { status: number; where: string; detail: string; retryAfterMs?: number | undefined };

/** What a status that is no success means. `detail`: the remote's own words, without secrets. */
export function statusFailure({ status, where, detail, retryAfterMs }: Refused): RemoteFailure {
  const said = detail ? ` It said: ${detail.replace(/\.?$/, '.')}` : '';
  if (status === 401)
    return new RemoteFailure(
      'remote_unauthorized',
      `${where} does not accept these credentials (401).${said}`,
      'Check the token, or user name and password, of this remote.',
      { status },
    );
  if (status === 403)
    return new RemoteFailure(
      'remote_unauthorized',
      `${where} knows who asks and refuses this (403).${said}`,
      'These credentials lack a right, or the remote forbids it altogether: look at its settings.',
      { status },
    );
  if (
    status === 408 ||
    status === 425 ||
    status === 429 ||
    status === 502 ||
    status === 503 ||
    status === 504
  )
    return new RemoteFailure(
      'remote_unreachable',
      `${where} is busy or away (${status}).${said}`,
      'Jackfield tries again by itself.',
      // A gateway's 502 or 504 says nothing of what the server behind it has done.
      { status, retryAfterMs, transient: true, unknown: status === 502 || status === 504 || status === 408 },
    );
  return new RemoteFailure(
    'remote_rejected',
    `${where} refused this (${status}).${said}`,
    status >= 500 ? 'Look at the remote’s own log for the cause.' : 'Change what it names, then try again.',
    { status, retryAfterMs, transient: status === 409 && retryAfterMs !== undefined },
  );
}
