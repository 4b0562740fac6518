import { putHeader, type RemoteCells } from '../cells.js';
import type { Entry } from '../remote-adapter.js';
import type { LettaServer } from './shapes.js';

/**
 * What Letta sends when it connects: custom headers, when there are any, push the stored token aside; else the token
 * goes out as `Authorization`. Comparing anything else would call two servers equal that behave differently.
 */
export function effectiveHeaders({ custom_headers, auth_token }: LettaServer): Record<string, string> {
  if (custom_headers && Object.keys(custom_headers).length > 0) return custom_headers;
  return auth_token ? { Authorization: auth_token } : {};
}

/** A row of Letta's in the server's own words. */
export function observe(row: LettaServer): Entry {
  const cells: RemoteCells = new Map();
  const put = (path: string, value: string | string[]): void => void cells.set(path, { path, value });
  put('name', row.server_name);
  put('transport.type', row.type);
  if (row.type === 'stdio') {
    put('transport.command', row.command ?? '');
    put('transport.args', row.args ?? []);
    for (const [name, value] of Object.entries(row.env ?? {}))
      cells.set(`transport.env.${name}`, { path: `transport.env.${name}`, name, value });
  } else {
    put('transport.url', row.server_url ?? '');
    for (const [name, value] of Object.entries(effectiveHeaders(row))) putHeader(cells, name, { value });
  }
  return { id: row.id, name: row.server_name, transportType: row.type, cells, warnings: [], raw: row };
}
