import type { Http } from '../http/client.js';
import { loginSchema } from './shapes.js';

/** Some gateways take no Basic on `/api`, only the token of a session (bifrost.md §3.1). It lasts 30 days. */
export async function login(http: Http, username: string, password: string): Promise<string> {
  const { token } = await http.ask(
    { method: 'POST', path: '/api/session/login', body: { username, password } },
    loginSchema,
  );
  return token;
}
