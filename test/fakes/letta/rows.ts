import { randomUUID } from 'node:crypto';

export type ServerType = 'stdio' | 'sse' | 'streamable_http';
export const SERVER_TYPES: readonly string[] = ['stdio', 'sse', 'streamable_http'];

/** One row of Letta's table. A row has every column, whatever its type: that is how a PATCH can fill the wrong ones. */
export type Row = {
  id: string;
  server_name: string;
  server_type: ServerType;
  server_url: string | null;
  /** Without "Bearer ". */
  token: string | null;
  custom_headers: Record<string, string> | null;
  stdio_config: {
    server_name: string;
    command: string;
    args: string[];
    env: Record<string, string> | null;
  } | null;
  /** Names of the tools that were registered when it was last connected. */
  tools: string[];
};

export function newRow(server_name: string, server_type: ServerType): Row {
  return {
    id: `mcp_server-${randomUUID()}`,
    server_name,
    server_type,
    server_url: null,
    token: null,
    custom_headers: null,
    stdio_config: null,
    tools: [],
  };
}

/** How a row is answered: always flat, secrets in clear, the token always as `Bearer …` under `Authorization`. */
export function show(row: Row, typeKey: 'type' | 'mcp_server_type'): Record<string, unknown> {
  const common = { id: row.id, server_name: row.server_name, [typeKey]: row.server_type };
  if (row.server_type === 'stdio')
    return {
      ...common,
      command: row.stdio_config?.command ?? null,
      args: row.stdio_config?.args ?? null,
      env: row.stdio_config?.env ?? null,
    };
  return {
    ...common,
    server_url: row.server_url,
    auth_header: row.token ? 'Authorization' : null,
    auth_token: row.token ? `Bearer ${row.token}` : null,
    custom_headers: row.custom_headers,
  };
}

export const stripBearer = (token: string): string => token.replace(/^Bearer\s+/, '');

/** What Letta sends when it connects (§1.5): custom headers, when there are any, push the token aside. */
export function effectiveHeaders(row: Row): Record<string, string> {
  if (row.custom_headers && Object.keys(row.custom_headers).length > 0) return row.custom_headers;
  return row.token ? { Authorization: `Bearer ${row.token}` } : {};
}
