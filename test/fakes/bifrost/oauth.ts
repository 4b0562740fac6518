import { randomUUID } from 'node:crypto';
import type { Answer } from '../support/fake-server.js';
import type { Client } from './clients.js';

type Flow = { id: string; client: Client; status: 'pending' | 'authorized' | 'expired' | 'done' };

/** Clients that wait for a person to sign in. They are in no list until then. */
export class OAuthFlows {
  #flows: Flow[] = [];

  constructor(private readonly era: number) {}

  begin(client: Client): Answer {
    const flow: Flow = { id: randomUUID(), client, status: 'pending' };
    client.oauth_config_id = flow.id;
    this.#flows.push(flow);
    return {
      status: 200,
      body: {
        status: 'pending_oauth',
        message: 'OAuth authorization required',
        oauth_config_id: flow.id,
        authorize_url: `https://auth.example.com/authorize?state=${flow.id}`,
        expires_at: new Date(Date.now() + 15 * 60_000).toISOString(),
        mcp_client_id: client.client_id,
        ...(this.era >= 1.5 && {
          complete_url: `/api/mcp/client/${flow.id}/complete-oauth`,
          status_url: `/api/oauth/config/${flow.id}/status`,
        }),
      },
    };
  }

  settle(id: string, status: 'authorized' | 'expired'): void {
    const flow = this.#flows.find((one) => one.id === id);
    if (!flow) throw new Error(`no OAuth flow ${id}`);
    flow.status = status;
  }

  status(id: string): Answer | undefined {
    const flow = this.#flows.find((one) => one.id === id);
    if (!flow) return undefined;
    return { status: 200, body: { id, status: flow.status === 'done' ? 'authorized' : flow.status } };
  }

  /** @param id the MCP client's in 1.4, the OAuth config's from 1.5 on */
  complete(id: string): Client | { status: number; message: string } {
    const flow = this.#flows.find((one) => (this.era < 1.5 ? one.client.client_id : one.id) === id);
    if (!flow || flow.status === 'expired') return { status: 404, message: 'OAuth config not found' };
    if (flow.status === 'done') return { status: 409, message: 'OAuth flow was completed already' };
    if (flow.status !== 'authorized')
      return { status: 400, message: `OAuth not authorized yet. Current status: ${flow.status}` };
    flow.status = 'done';
    return flow.client;
  }
}
