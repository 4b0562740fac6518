import { randomUUID } from 'node:crypto';
import type { Answer, Backend, RecordedRequest } from '../support/fake-server.js';
import { Access, fail } from './access.js';
import { clientOf, headersOf, show, strings, type Body, type Client, type VkConfig } from './clients.js';
import { immutableFault, patch, replaceSome, replaceWhole } from './edit.js';
import type { FakeBifrostOptions } from './index.js';
import { OAuthFlows } from './oauth.js';
import { guardFault, nameFault, referenceFault, toolsFault } from './rules.js';
import { unwire } from './redaction.js';

const done = (message: string, more: Body = {}): Answer => ({
  status: 200,
  body: { status: 'success', message, ...more },
});

export class BifrostBackend implements Backend {
  clients: Client[] = [];
  readonly oauth: OAuthFlows;
  readonly #era: number;
  readonly #access: Access;
  readonly #envAssignments: boolean;

  constructor(private readonly options: FakeBifrostOptions) {
    this.#era = Number(options.version ?? '1.4');
    this.oauth = new OAuthFlows(this.#era);
    this.#access = new Access(options, this.#era);
    this.#envAssignments = options.envAssignments ?? this.#era >= 1.5;
  }

  save(): Client[] {
    return structuredClone(this.clients);
  }

  restore(saved: unknown, fields?: string[]): void {
    const before = saved as Client[];
    if (!fields) {
      this.clients = before;
      return;
    }
    for (const client of this.clients) {
      const old = before.find((one) => one.client_id === client.client_id);
      const empty = clientOf(client.client_id, {});
      for (const field of fields) Object.assign(client, { [field]: (old ?? empty)[field as keyof Client] });
    }
  }

  answer(request: RecordedRequest): Answer {
    const { path } = request;
    if (path === '/health') return { status: 200, body: { status: 'ok' } };
    if (!path.startsWith('/api/')) return fail(404, 'Not Found');
    const open = this.#access.session(request);
    if (open) return open;
    const refused = this.#access.refusal(request);
    if (refused) return refused;
    if (typeof request.body === 'string') return fail(400, 'Invalid request format: invalid character');
    return this.#route(request);
  }

  #route({ method, path, query, body }: RecordedRequest): Answer {
    if (method === 'GET' && path === '/api/mcp/clients') return this.#list(query);
    const status = /^\/api\/oauth\/config\/([^/]+)\/status$/.exec(path);
    if (status && method === 'GET')
      return this.oauth.status(status[1] ?? '') ?? fail(404, 'OAuth config not found');
    if (this.options.store === false && this.#era >= 1.5)
      return fail(503, 'MCP operations unavailable: config store is disabled');
    const fields = (body ?? {}) as Body;
    if (method === 'POST' && path === '/api/mcp/client') return this.#create(fields);
    const one = /^\/api\/mcp\/client\/([^/]+)(?:\/([a-z-]+))?$/.exec(path);
    if (!one) return fail(404, 'Not Found');
    const id = decodeURIComponent(one[1] ?? '');
    if (method === 'PUT' && !one[2]) return this.#edit(id, fields);
    if (method === 'DELETE' && !one[2]) return this.#remove(id);
    if (method === 'POST') return this.#act(id, one[2] ?? '');
    return fail(405, 'Method Not Allowed');
  }

  #list(query: URLSearchParams): Answer {
    const items = this.options.store === false ? [] : this.clients;
    const shown = (list: Client[]): Body[] =>
      list.map((client) => show(client, { era: this.#era, environment: this.options.environment ?? {} }));
    if (this.#era < 1.5) return { status: 200, body: shown(items) };
    const asked = { limit: query.get('limit'), offset: query.get('offset'), search: query.get('search') };
    for (const [name, text] of [
      ['limit', asked.limit],
      ['offset', asked.offset],
    ] as const)
      if (text !== null && !/^\d+$/.test(text))
        return fail(400, `Invalid ${name} parameter: must be a number`);
    const paged = this.#era >= 1.6 || Object.values(asked).some((value) => value !== null);
    const found = items.filter(
      (client) =>
        (!asked.search || client.name.includes(asked.search)) &&
        (this.#era < 1.6 || !query.get('server') || client.client_id === query.get('server')),
    );
    const limit = paged
      ? this.#era >= 1.6
        ? Math.min(100, Number(asked.limit ?? 25) || 25)
        : Number(asked.limit ?? 0) || found.length
      : found.length;
    const offset = Number(asked.offset ?? 0);
    const page = shown(found.slice(offset, offset + limit));
    return {
      status: 200,
      body: { clients: page, count: page.length, total_count: found.length, limit, offset },
    };
  }

  #create(body: Body): Answer {
    const fault = this.#bodyFault(body) ?? this.#guardFault(body);
    if (fault) return fault;
    const client = clientOf(String(body['client_id'] ?? '') || randomUUID(), body);
    // Documented as not available at create; copied by 1.5 all the same. `disabled` is heeded from 2.x on.
    if (this.#era < 1.5) client.tool_pricing = {};
    if (this.#era < 2) client.disabled = false;
    if (this.#era < 1.4) client.auth_type = '';
    if (!['http', 'sse', 'stdio'].includes(client.connection_type))
      return fail(400, 'connection_type must be one of http, sse, stdio');
    if (client.auth_type === 'oauth') {
      if (!body['oauth_config'])
        return fail(400, "OAuth configuration is required when auth_type is 'oauth'");
      return this.oauth.begin(client);
    }
    const taken = this.#clash(client);
    if (taken)
      return this.#era >= 2
        ? fail(409, `MCP client already exists: ${taken}`)
        : fail(500, `Failed to create MCP config: ${taken}`);
    const failure = this.#connect(client);
    // The row is rolled back where the connection fails.
    if (failure) return fail(500, `Failed to connect MCP client: ${failure}`);
    this.clients.push(client);
    return done(
      'MCP client connected successfully',
      this.#era >= 2 ? { mcp_client_id: client.client_id } : {},
    );
  }

  #bodyFault(body: Body): Answer | undefined {
    const execute = strings(body['tools_to_execute']);
    const auto = execute.length === 0 ? [] : strings(body['tools_to_auto_execute']);
    const tools = toolsFault(execute, auto);
    if (tools) return fail(400, tools);
    const name = nameFault(body['name'], this.#era);
    return name ? fail(400, `Invalid client name: ${name}`) : undefined;
  }

  #guardFault(body: Body): Answer | undefined {
    if (!(this.options.guard ?? this.#era >= 2) || !this.#access.isOpen) return undefined;
    const texts = [unwire(body['connection_string']), ...Object.values(headersOf(body['headers']))];
    const fault = guardFault(body, texts);
    return fault ? fail(403, fault) : undefined;
  }

  #clash(client: Client): string | undefined {
    const others = this.clients.filter((other) => other !== client);
    if (others.some((other) => other.name === client.name))
      return 'UNIQUE constraint failed: config_mcp_clients.name';
    if (others.some((other) => other.client_id === client.client_id))
      return 'UNIQUE constraint failed: config_mcp_clients.client_id';
    return undefined;
  }

  #connect(client: Client): string | undefined {
    const environment = this.options.environment ?? {};
    for (const entry of client.stdio_config?.envs ?? []) {
      if (this.#envAssignments && entry.includes('=')) continue;
      if (!environment[entry])
        return `environment variable ${entry} is not set for MCP client ${client.name}`;
    }
    const failure = this.options.connect?.(client);
    if (failure) return failure;
    client.tools = this.options.tools?.(client) ?? ['read_file', 'write_file'];
    client.state = 'connected';
    return undefined;
  }

  #edit(id: string, body: Body): Answer {
    const old = this.clients.find((client) => client.client_id === id);
    if (this.#era < 1.5) {
      const fault = this.#bodyFault(body);
      if (fault) return fault;
    }
    if (!old) return fail(404, 'MCP client not found');
    const next = this.#edited(old, body);
    if ('status' in next && 'body' in next) return next as Answer;
    const client = next as Client;
    const taken = this.#clash2(old, client);
    if (taken) return fail(500, `failed to update mcp client config in store: ${taken}`);
    Object.assign(old, client);
    const virtual = this.#assignKeys(old, body['vk_configs']);
    return virtual ?? done('MCP client edited successfully');
  }

  #clash2(old: Client, next: Client): string | undefined {
    return this.clients.some((other) => other !== old && other.name === next.name)
      ? 'UNIQUE constraint failed: config_mcp_clients.name'
      : undefined;
  }

  #edited(old: Client, body: Body): Client | Answer {
    if (this.#era < 1.5) {
      const next = replaceWhole(old, body, this.#era);
      return this.options.dropsHeaders ? { ...next, headers: old.headers, auth_type: old.auth_type } : next;
    }
    if (this.#era < 1.6) {
      const immutable = immutableFault(old, body);
      if (immutable) return fail(400, immutable);
      if (body['oauth_config'] !== undefined)
        return this.oauth.begin(structuredClone(replaceSome(old, body)));
    } else if (body['oauth_config'] !== undefined) return fail(400, 'updating oauth_config is not supported');
    const next = this.#era < 1.6 ? replaceSome(old, body) : patch(old, body);
    const fault = toolsFault(next.tools_to_execute, next.tools_to_auto_execute);
    if (fault) return fail(400, fault);
    const name = nameFault(next.name, this.#era);
    if (name) return fail(400, `Invalid client name: ${name}`);
    if (this.#era >= 2 && this.#access.isOpen && (this.options.guard ?? true)) {
      const reference = referenceFault(Object.values(headersOf(body['headers'])));
      if (reference) return fail(403, reference);
    }
    return next;
  }

  #assignKeys(client: Client, given: unknown): Answer | undefined {
    if (given === undefined || this.#era < 1.5) return undefined;
    const keys = given as VkConfig[];
    const ids = keys.map((key) => key.virtual_key_id);
    if (ids.some((id) => !id)) return fail(400, 'virtual_key_id must not be empty');
    if (new Set(ids).size !== ids.length) return fail(400, 'duplicate virtual_key_id in vk_configs');
    client.vk_configs = keys.map(({ virtual_key_id, tools_to_execute }) => ({
      virtual_key_id,
      virtual_key_name: `key ${virtual_key_id}`,
      tools_to_execute: strings(tools_to_execute),
    }));
    return undefined;
  }

  #remove(id: string): Answer {
    if (!this.clients.some((client) => client.client_id === id))
      return fail(500, 'Failed to remove MCP client: record not found');
    this.clients = this.clients.filter((client) => client.client_id !== id);
    return done('MCP client removed successfully');
  }

  #act(id: string, action: string): Answer {
    if (action === 'complete-oauth') {
      const completed = this.oauth.complete(id);
      if ('message' in completed) return fail(completed.status, completed.message);
      const failure = this.#connect(completed);
      if (failure) return fail(500, `Failed to connect MCP client: ${failure}`);
      const old = this.clients.find((one) => one.client_id === completed.client_id);
      if (old) Object.assign(old, completed);
      else this.clients.push(completed);
      return done('MCP client connected successfully with OAuth');
    }
    const client = this.clients.find((one) => one.client_id === id);
    if (!client) return fail(404, 'MCP client not found');
    if (action === 'reauthorize' && this.#era >= 2) return this.oauth.begin(structuredClone(client));
    if (action === 'reconnect' || (action === 'refresh-tools' && this.#era >= 2)) {
      if (client.disabled)
        return fail(400, 'cannot reconnect a disabled MCP client: enable the client first');
      const failure = this.#connect(client);
      if (failure) return fail(500, `Failed to reconnect MCP client: ${failure}`);
      return done(
        'MCP client reconnected successfully',
        action === 'refresh-tools' ? { tool_count: client.tools.length } : {},
      );
    }
    return fail(404, 'Not Found');
  }
}
