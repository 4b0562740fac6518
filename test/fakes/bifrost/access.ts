import { randomUUID } from 'node:crypto';
import type { Answer, RecordedRequest } from '../support/fake-server.js';
import type { FakeBifrostOptions } from './index.js';

export const fail = (status: number, message: string): Answer => ({
  status,
  body: { is_bifrost_error: false, status_code: status, error: { message } },
});

/** Who may use `/api/*` (§3.1). */
export class Access {
  #sessions = new Set<string>();

  constructor(
    private readonly options: FakeBifrostOptions,
    private readonly era: number,
  ) {}

  get isOpen(): boolean {
    return !this.options.admin && !this.options.apiKey && this.options.setupToken === undefined;
  }

  /** Answers the session's own routes; `undefined` for all others. */
  session({ method, path, body }: RecordedRequest): Answer | undefined {
    if (!path.startsWith('/api/session/')) return undefined;
    if (this.era < 1.4) return fail(404, 'Not Found');
    const { admin } = this.options;
    if (path === '/api/session/is-auth-enabled' && method === 'GET')
      return { status: 200, body: { is_auth_enabled: admin !== undefined } };
    if (path !== '/api/session/login' || method !== 'POST') return fail(404, 'Not Found');
    if (!admin) return fail(403, 'Authentication is not enabled');
    const { username, password } = (body ?? {}) as Record<string, unknown>;
    if (username !== admin.username || password !== admin.password)
      return fail(401, 'Invalid username or password');
    const token = randomUUID();
    this.#sessions.add(token);
    return { status: 200, body: { message: 'Login successful', token } };
  }

  /** Why the request is turned away. */
  refusal({ headers }: RecordedRequest): Answer | undefined {
    const { admin, apiKey, setupToken, sessionOnly } = this.options;
    if (this.isOpen) return undefined;
    if (setupToken === null)
      return fail(403, 'No admin exists and no setup token is configured on this gateway');
    if (setupToken !== undefined)
      return headers['x-bifrost-setup-token'] === setupToken
        ? undefined
        : fail(401, 'Missing or wrong X-Bifrost-Setup-Token');
    const [scheme, credential = ''] = (headers.authorization ?? '').split(' ');
    if (scheme === 'Bearer' && (this.#sessions.has(credential) || credential === apiKey)) return undefined;
    const basic = admin && Buffer.from(`${admin.username}:${admin.password}`).toString('base64');
    if (scheme === 'Basic' && !sessionOnly && credential === basic) return undefined;
    return fail(401, 'Unauthorized');
  }
}
