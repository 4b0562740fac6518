import { under } from '../cells.js';
import type { Desired } from '../remote-adapter.js';
import type { LettaProfile } from './profile.js';
import type { LettaServer } from './shapes.js';

type Body = Record<string, unknown>;

const text = (desired: Desired, key: string): unknown => desired.cells.get(key)?.value;

/**
 * The fields of a server's type, always all of them: what a PATCH leaves out is wiped (env), kept (headers) or refused
 * (command, args, url), each in its own way (letta.md §1.3).
 */
function fields(desired: Desired): Body {
  if (text(desired, 'transport.type') === 'stdio')
    return {
      command: text(desired, 'transport.command'),
      args: text(desired, 'transport.args'),
      env: under(desired.cells, 'transport.env'),
    };
  return {
    server_url: text(desired, 'transport.url'),
    // Credentials travel here and nowhere else: auth_header loses its name, auth_token is dropped or not stored (§1.5).
    custom_headers: under(desired.cells, 'transport.headers'),
  };
}

export function createBody(desired: Desired, profile: LettaProfile): Body {
  const type = text(desired, 'transport.type');
  if (profile === 'flat') return { server_name: desired.name, type, ...fields(desired) };
  return { server_name: desired.name, config: { mcp_server_type: type, ...fields(desired) } };
}

/** Carries the current name even where it stays: a stdio PATCH without it empties the stored one. */
export function updateBody(desired: Desired, row: LettaServer, profile: LettaProfile): Body {
  // A token somebody entered in Letta's own editor would come back to life with the last header gone.
  const stale = row.type === 'sse' && row.auth_token ? { auth_token: '' } : {};
  const all = { ...fields(desired), ...stale };
  // Before 0.15 an update has no tag: an extra `type` is refused.
  if (profile === 'flat') return { server_name: desired.name, ...all };
  return { server_name: desired.name, config: { mcp_server_type: row.type, ...all } };
}

/** The row as a create would make it again. */
export function restoreBody(row: LettaServer, headers: Record<string, string>, profile: LettaProfile): Body {
  const config =
    row.type === 'stdio'
      ? { command: row.command ?? '', args: row.args ?? [], env: row.env ?? {} }
      : { server_url: row.server_url ?? '', custom_headers: headers };
  if (profile === 'flat') return { server_name: row.server_name, type: row.type, ...config };
  return { server_name: row.server_name, config: { mcp_server_type: row.type, ...config } };
}
