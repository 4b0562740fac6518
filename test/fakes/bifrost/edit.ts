import {
  clientOf,
  headersOf,
  NS_PER_MINUTE,
  DEFAULT_INTERVAL,
  strings,
  type Body,
  type Client,
} from './clients.js';
import { redact, unwire } from './redaction.js';

/** A redaction that was read and sent back unchanged stands for the value it hides. */
const restored = (sent: string, stored: string | undefined): string =>
  stored !== undefined && /\*/.test(sent) && sent === redact(stored) ? stored : sent;

const restoredHeaders = (sent: unknown, stored: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headersOf(sent)).map(([name, text]) => [name, restored(text, stored[name])]),
  );

/** 1.3 and 1.4: the body is the whole client; what is left out is gone. */
export function replaceWhole(old: Client, body: Body, era: number): Client {
  const next = clientOf(old.client_id, body);
  if (era >= 1.4) {
    if (next.connection_string !== null)
      next.connection_string = restored(next.connection_string, old.connection_string ?? undefined);
    next.headers = restoredHeaders(body['headers'], old.headers);
  } else {
    // No such columns before 1.4.
    next.auth_type = '';
    next.oauth_config_id = null;
    next.tool_pricing = {};
  }
  next.disabled = false;
  return { ...next, vk_configs: old.vk_configs, tools: old.tools, state: old.state };
}

const sameStdio = (a: Client['stdio_config'], b: Client['stdio_config']): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** 1.5: why the edit is refused. The comparison is with the stored value, so a redaction sent back is a difference. */
export function immutableFault(old: Client, body: Body): string | undefined {
  const changed = (field: string, differs: boolean): string | undefined =>
    differs ? `${field} cannot be changed for an existing MCP client` : undefined;
  const { connection_type, auth_type, connection_string, stdio_config } = body;
  return (
    changed('connection_type', !!connection_type && connection_type !== old.connection_type) ??
    changed('auth_type', !!auth_type && auth_type !== old.auth_type) ??
    changed(
      'connection_string',
      connection_string != null && unwire(connection_string) !== old.connection_string,
    ) ??
    changed(
      'stdio_config',
      stdio_config != null && !sameStdio(clientOf('', body).stdio_config, old.stdio_config),
    )
  );
}

/** 1.5: some fields that are left out are kept, others fall back to zero. */
export function replaceSome(old: Client, body: Body): Client {
  const given = clientOf(old.client_id, body);
  const kept = <K extends keyof Client>(key: K): Client[K] => (key in body ? given[key] : old[key]);
  const execute = body['tools_to_execute'] == null ? old.tools_to_execute : given.tools_to_execute;
  const auto =
    body['tools_to_auto_execute'] == null
      ? old.tools_to_auto_execute
      : strings(body['tools_to_auto_execute']);
  return {
    ...old,
    name: given.name,
    is_code_mode_client: given.is_code_mode_client,
    disabled: given.disabled,
    tool_pricing: given.tool_pricing,
    allow_on_all_virtual_keys: given.allow_on_all_virtual_keys,
    tool_sync_interval: given.tool_sync_interval,
    tools_to_execute: execute,
    tools_to_auto_execute: execute.length === 0 ? [] : auto,
    headers: body['headers'] == null ? old.headers : restoredHeaders(body['headers'], old.headers),
    is_ping_available: kept('is_ping_available'),
    allowed_extra_headers: kept('allowed_extra_headers'),
  };
}

/** 1.6 and later: what is left out is kept; keys that are no fields of an edit are passed over without a word. */
export function patch(old: Client, body: Body): Client {
  const has = (key: string): boolean => body[key] !== undefined && body[key] !== null;
  const given = clientOf(old.client_id, body);
  const next = { ...old };
  const plain = [
    'name',
    'is_code_mode_client',
    'disabled',
    'tool_pricing',
    'is_ping_available',
    'allowed_extra_headers',
    'needs_session_stickiness',
    'tool_execution_timeout',
    'tools_to_execute',
  ] as const;
  for (const key of plain) if (has(key)) Object.assign(next, { [key]: given[key] });
  if (has('tools_to_auto_execute')) next.tools_to_auto_execute = strings(body['tools_to_auto_execute']);
  if (next.tools_to_execute.length === 0) next.tools_to_auto_execute = [];
  if (has('headers')) next.headers = restoredHeaders(body['headers'], old.headers);
  if (has('tool_sync_interval'))
    next.tool_sync_interval = Number(body['tool_sync_interval']) * NS_PER_MINUTE || DEFAULT_INTERVAL;
  if (has('allow_by_default') || has('allow_on_all_virtual_keys'))
    next.allow_on_all_virtual_keys = given.allow_on_all_virtual_keys;
  return next;
}
