import type { Answer, Backend, RecordedRequest } from '../support/fake-server.js';
import {
  parseFlatCreate,
  parseFlatUpdate,
  parseNested,
  Unprocessable,
  type Config,
  type Parsed,
} from './bodies.js';
import type { FakeLettaOptions } from './index.js';
import { newRow, show, stripBearer, type Row } from './rows.js';
import { refusedUrl } from './url-guard.js';

const detail = (status: number, text: unknown): Answer => ({ status, body: { detail: text } });

const atLeast = (version: string, wanted: string): boolean => {
  const [a, b] = [version, wanted].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
};

export class LettaBackend implements Backend {
  rows: Row[] = [];
  readonly #version: string;
  readonly #isCloud: boolean;
  readonly #isFlat: boolean;
  readonly #stdio: boolean;
  readonly #guard: boolean;
  readonly #limit: number;

  constructor(private readonly options: FakeLettaOptions) {
    this.#isCloud = options.version === 'cloud';
    this.#version = this.#isCloud ? '0.16.8' : (options.version ?? '0.16.8');
    this.#isFlat = !atLeast(this.#version, '0.15.0');
    this.#stdio = options.stdio ?? (!this.#isCloud && !atLeast(this.#version, '0.16.4'));
    this.#guard = options.guard ?? atLeast(this.#version, '0.16.7');
    this.#limit = options.listLimit ?? (atLeast(this.#version, '0.16.4') ? 200 : 50);
  }

  save(): Row[] {
    return structuredClone(this.rows);
  }

  restore(saved: unknown, fields?: string[]): void {
    const before = saved as Row[];
    if (!fields) {
      this.rows = before;
      return;
    }
    for (const row of this.rows) {
      const old = before.find((one) => one.id === row.id);
      for (const field of fields) Object.assign(row, { [field]: old ? old[field as keyof Row] : null });
    }
  }

  answer(request: RecordedRequest): Answer {
    const { method, path } = request;
    if (path === '/v1/health/' && method === 'GET')
      return { status: 200, body: { version: this.#version, status: 'ok' } };
    if (!this.#isAllowed(request)) return detail(401, 'Unauthorized');
    // FastAPI's router redirects a path without its last slash instead of answering it.
    if (path === '/v1/mcp-servers' || path === '/v1/health')
      return { status: 307, headers: { location: `http://${request.headers.host}${path}/` } };
    const live = /^\/v1\/tools\/mcp\/servers\/([^/]+)\/tools$/.exec(path);
    if (live && method === 'GET') return this.#liveTools(decodeURIComponent(live[1] ?? ''));
    if (!atLeast(this.#version, '0.13.0') || !path.startsWith('/v1/mcp-servers/'))
      return detail(404, 'Not Found');
    try {
      return this.#route(request);
    } catch (error) {
      if (error instanceof Unprocessable)
        return { status: 422, body: { detail: error.message, trace_id: '0af7651916cd43dd8448eb211c80319c' } };
      throw error;
    }
  }

  #isAllowed({ headers }: RecordedRequest): boolean {
    const { password } = this.options;
    if (password === undefined) return true;
    return (
      headers.authorization === `Bearer ${password}` || headers['x-bare-password'] === `password ${password}`
    );
  }

  #route({ method, path, body }: RecordedRequest): Answer {
    const rest = path.slice('/v1/mcp-servers/'.length).split('/').map(decodeURIComponent);
    const [id = '', action] = rest;
    if (id === '') {
      if (method === 'GET') return this.#list();
      if (method === 'POST') return this.#create(body);
      return detail(405, 'Method Not Allowed');
    }
    const row = this.rows.find((one) => one.id === id);
    if (method === 'DELETE' && !action) return this.#delete(id, row);
    // Asked of its own table of tools, which has none of a server that is not there.
    if (!row && method === 'GET' && action === 'tools') return { status: 200, body: [] };
    if (!row) return detail(404, `MCP server with id ${id} not found`);
    if (method === 'GET' && !action) return this.#shown(row);
    if (method === 'PATCH' && !action) return this.#update(row, body);
    if (method === 'PATCH' && action === 'refresh') return this.#refresh(row);
    if (method === 'GET' && action === 'tools')
      return { status: 200, body: row.tools.map((name) => ({ id: `tool-${name}`, name, json_schema: {} })) };
    return detail(405, 'Method Not Allowed');
  }

  #shown(row: Row): Answer {
    // A row from before the guard that points inside cannot even be read any more.
    const refused = this.#guard && row.server_url !== null ? refusedUrl(row.server_url) : undefined;
    if (refused) return detail(400, `Value error, MCP server URL ${refused}`);
    return { status: 200, body: show(row, this.#isFlat ? 'type' : 'mcp_server_type') };
  }

  #list(): Answer {
    const shown = this.rows.slice(0, this.#limit).map((row) => this.#shown(row));
    const broken = shown.find((answer) => answer.status !== 200);
    return broken ?? { status: 200, body: shown.map((answer) => answer.body) };
  }

  #checkUrl({ server_url, mcp_server_type }: Config): void {
    if (typeof server_url !== 'string' || !this.#guard) return;
    const refused = refusedUrl(server_url);
    if (refused)
      throw new Unprocessable(
        'value_error',
        ['config', mcp_server_type, 'server_url'],
        `Value error, MCP server URL ${refused}`,
        server_url,
      );
  }

  #create(body: unknown): Answer {
    const { server_name, config } = this.#isFlat ? parseFlatCreate(body) : parseNested(body, true);
    this.#checkUrl(config);
    if (config.mcp_server_type === 'stdio' && !this.#stdio)
      return detail(
        400,
        'MCP stdio servers are disabled. Set MCP_DISABLE_STDIO=false to enable them, or use SSE or streamable HTTP.',
      );
    const name = server_name ?? '';
    if (this.rows.some((row) => row.server_name === name))
      return detail(
        409,
        `(psycopg2.errors.UniqueViolation) duplicate key value violates unique constraint "uix_name_organization"\n` +
          `[SQL: INSERT INTO mcp_server (server_name, server_url, custom_headers) VALUES (%s, %s, %s)]\n` +
          `[parameters: ${JSON.stringify({ server_name: name, ...config })}]`,
      );
    const row = newRow(name, config.mcp_server_type);
    if (config.mcp_server_type === 'stdio') this.#setStdio(row, { server_name: name, config });
    else {
      row.server_url = config.server_url ?? null;
      // Without `auth_header` the token is dropped; with it, its name is lost (§1.5).
      row.token = config.auth_token && config.auth_header ? stripBearer(config.auth_token) : null;
      row.custom_headers = config.custom_headers ?? null;
    }
    // One that cannot be reached is stored all the same, without tools.
    row.tools = this.options.unreachable?.(row) ? [] : (this.options.tools?.(row) ?? []);
    this.rows.push(row);
    return this.#shown(row);
  }

  #update(row: Row, body: unknown): Answer {
    const parsed = this.#isFlat ? parseFlatUpdate(body, row.server_type) : parseNested(body, false);
    this.#checkUrl(parsed.config);
    if (this.#isFlat && parsed.config.mcp_server_type !== 'stdio' && parsed.server_name == null)
      return detail(
        409,
        '(asyncpg.NotNullViolationError) null value in column "server_name" of relation "mcp_server" violates not-null constraint\n[SQL: UPDATE mcp_server SET server_name=$1]',
      );
    this.#rename(row, parsed.server_name);
    // `server_type` is never written: a config of another type fills that type's columns and changes nothing shown.
    if (parsed.config.mcp_server_type === 'stdio') this.#setStdio(row, parsed);
    else if (this.#isFlat) this.#replaceHttp(row, parsed.config);
    else this.#setHttp(row, parsed.config);
    return this.#shown(row);
  }

  #rename(row: Row, name: string | null | undefined): void {
    if (name === undefined || name === null) return;
    if (name !== '' && name !== row.server_name)
      this.rows = this.rows.filter((other) => other === row || other.server_name !== name);
    row.server_name = name;
  }

  #setStdio(row: Row, { server_name, config }: Parsed): void {
    if (config.command == null || config.args == null) return;
    row.stdio_config = {
      server_name: server_name ?? '',
      command: config.command,
      args: config.args,
      env: config.env ?? null,
    };
  }

  #setHttp(row: Row, config: Config): void {
    if (config.server_url != null) row.server_url = config.server_url;
    if (config.custom_headers != null) row.custom_headers = config.custom_headers;
    // Of streamable HTTP the token is answered with 200 and stored nowhere (§1.3).
    if (config.mcp_server_type === 'sse' && config.auth_token != null)
      row.token = stripBearer(config.auth_token) || null;
  }

  /** Before 0.15 an update writes every column: what it leaves out is gone. The token is stored as it was sent. */
  #replaceHttp(row: Row, config: Config): void {
    if (config.server_url != null) row.server_url = config.server_url;
    row.custom_headers = config.custom_headers ?? null;
    row.token = config.auth_token || null;
  }

  #liveTools(name: string): Answer {
    const row = this.rows.find((one) => one.server_name === name);
    if (!row) return detail(404, `MCP server ${name} not found`);
    const unreachable = this.options.unreachable?.(row);
    if (unreachable) return detail(400, unreachable);
    return {
      status: 200,
      body: (this.options.tools?.(row) ?? []).map((tool) => ({ name: tool, inputSchema: {} })),
    };
  }

  #refresh(row: Row): Answer {
    const error = this.options.unreachable?.(row);
    if (error)
      return detail(404, {
        code: 'MCPServerUnavailable',
        message: `Could not connect to MCP server ${row.server_name} to resync tools`,
        error,
      });
    const now = this.options.tools?.(row) ?? [];
    const deleted = row.tools.filter((tool) => !now.includes(tool));
    const added = now.filter((tool) => !row.tools.includes(tool));
    row.tools = now;
    return { status: 200, body: { deleted, updated: [], added } };
  }

  #delete(id: string, row: Row | undefined): Answer {
    if (!row) return detail(400, `MCP server with id ${id} not found.`);
    this.rows = this.rows.filter((one) => one !== row);
    return { status: 204 };
  }
}
