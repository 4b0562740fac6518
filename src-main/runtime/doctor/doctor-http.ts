import { isSecretRef, type Finding, type RemoteTransport, type Server } from '../../contract/index.js';
import type { DoctorPorts } from './doctor-ports.js';
import { edit } from './fixes.js';
import { isCertificateFault, networkReason } from '../session/http-faults.js';
import { httpFetch, isLoopback } from '../session/http-fetch.js';
import { messageOf } from '../start-failures.js';

const LOOK_LIMIT_MS = 5_000;

/** Whether the address answers, and whether its credentials travel safely. */
export async function examineHttp(transport: RemoteTransport, ports: DoctorPorts): Promise<Finding[]> {
  const url = new URL(transport.url);
  return [...credentials(transport, url, ports.server), ...(await reach(transport, url, ports))];
}

function* credentials(transport: RemoteTransport, url: URL, server: Server): Generator<Finding> {
  const { auth, headers } = transport;
  const hasCredentials = auth.type !== 'none' || Object.values(headers).some(isSecretRef);
  if (hasCredentials && url.protocol === 'http:' && !isLoopback(url.hostname))
    yield {
      severity: 'warning',
      code: 'insecure',
      title: 'The token travels unencrypted',
      detail: `${url.origin} is not this computer, and http:// is not encrypted.`,
      fix: 'Use https://, if the server has it.',
    };
  const token = auth.type === 'header' && /^authorization$/i.test(auth.header) ? auth.token : undefined;
  if (typeof token === 'string' && !/\s/.test(token.trim()))
    yield {
      severity: 'warning',
      code: 'no_scheme',
      title: 'The Authorization header names no scheme',
      detail: 'It usually is "Bearer <token>"; the token is sent here exactly as it is written.',
      fix: 'Put "Bearer " before the token.',
      action: edit(server, 'Put “Bearer” before it', {
        transport: { auth: { token: `Bearer ${token.trim()}` } },
      }),
    };
  if (auth.type === 'oauth' && auth.token === undefined)
    yield {
      severity: 'warning',
      code: 'no_token',
      title: 'No access token yet',
      detail: 'OAuth is chosen, but no access token is set.',
      fix: 'Set an access token in the server’s settings.',
    };
}

/** A GET without credentials: any HTTP answer shows that something is there. */
async function reach(transport: RemoteTransport, url: URL, ports: DoctorPorts): Promise<Finding[]> {
  const { proxy } = ports.settings();
  const through = proxy && !isLoopback(url.hostname) ? ` through the proxy ${new URL(proxy).host}` : '';
  try {
    const http = await httpFetch(url, ports.settings());
    try {
      const started = performance.now();
      const response = await http.fetch(url, {
        headers: { accept: 'text/event-stream' },
        signal: AbortSignal.timeout(LOOK_LIMIT_MS),
      });
      void response.body?.cancel().catch(() => {});
      return [
        answered(response, Math.round(performance.now() - started), transport, {
          through,
          server: ports.server,
        }),
      ];
    } finally {
      await http.close();
    }
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    const reason = timedOut
      ? `no answer within ${LOOK_LIMIT_MS / 1_000} s`
      : (networkReason(error) ?? messageOf(error));
    return [
      {
        severity: 'error',
        code: 'unreachable',
        title: `${url.host} cannot be reached${through}`,
        detail: `${reason}.`,
        fix: isCertificateFault(error)
          ? 'If a company proxy or a private authority signs it, choose that authority’s PEM file in the settings.'
          : 'Check the address, whether the server is up, and the proxy in the settings.',
      },
    ];
  }
}

function answered(
  response: Response,
  ms: number,
  transport: RemoteTransport,
  { through, server }: { through: string; server: Server },
): Finding {
  const { status } = response;
  const isStream = /text\/event-stream/.test(response.headers.get('content-type') ?? '');
  const detail = `It answered HTTP ${status} in ${ms} ms${through}.`;
  if (status === 404)
    return {
      severity: 'warning',
      code: 'no_endpoint',
      title: 'Nothing at this path',
      detail,
      fix: 'Check the path of the URL: it is often /mcp, or /sse for older servers.',
    };
  if (status >= 500)
    return {
      severity: 'warning',
      code: 'server_error',
      title: 'The server is in trouble',
      detail,
      fix: 'Try later.',
    };
  if (transport.type === 'sse' && status === 405)
    return {
      severity: 'warning',
      code: 'not_sse',
      title: 'This address offers no SSE stream',
      detail,
      fix: 'Set the transport to Streamable HTTP.',
      action: edit(server, 'Use Streamable HTTP', { transport: { type: 'streamable_http' } }),
    };
  // A streamable server may answer a GET with a stream too, but only within a session.
  if (transport.type === 'streamable_http' && status === 200 && isStream)
    return {
      severity: 'info',
      code: 'maybe_sse',
      title: 'The address answers, perhaps as an older SSE server',
      detail: `${detail} It opened an event stream without a session.`,
      fix: 'If starting it is slow or fails, set the transport to SSE.',
      action: edit(server, 'Use SSE', { transport: { type: 'sse' } }),
    };
  return { severity: 'ok', code: 'reachable', title: 'The address answers', detail };
}
