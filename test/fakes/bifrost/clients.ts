import { unwire, wire } from './redaction.js';

export type VkConfig = { virtual_key_id: string; virtual_key_name?: string; tools_to_execute: string[] };

/** One MCP client as the gateway's store holds it; secrets in clear. */
export type Client = {
  client_id: string;
  name: string;
  is_code_mode_client: boolean;
  disabled: boolean;
  connection_type: string;
  connection_string: string | null;
  stdio_config: { command: string; args: string[]; envs: string[] } | null;
  auth_type: string;
  oauth_config_id: string | null;
  headers: Record<string, string>;
  tools_to_execute: string[];
  tools_to_auto_execute: string[];
  tool_pricing: Record<string, number>;
  is_ping_available: boolean;
  /** Nanoseconds, as Go counts. */
  tool_sync_interval: number;
  /** Seconds. */
  tool_execution_timeout: number;
  allowed_extra_headers: string[];
  allow_on_all_virtual_keys: boolean;
  needs_session_stickiness: boolean;
  vk_configs: VkConfig[];
  /** The MCP server's own names. */
  tools: string[];
  state: string;
  last_failure?: string;
};

export type Body = Record<string, unknown>;
export const NS_PER_MINUTE = 60_000_000_000;
export const DEFAULT_INTERVAL = 10 * NS_PER_MINUTE;

export const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export const headersOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries((value ?? {}) as Body).map(([name, text]) => [name, unwire(text)]));

function stdioOf(value: unknown): Client['stdio_config'] {
  if (typeof value !== 'object' || value === null) return null;
  const { command, args, envs } = value as Body;
  return { command: String(command ?? ''), args: strings(args), envs: strings(envs) };
}

const intervalOf = (minutes: unknown): number => (Number(minutes) || 0) * NS_PER_MINUTE || DEFAULT_INTERVAL;

/** Every column of a client from a whole body; what is left out gets Go's zero value. */
export function clientOf(id: string, body: Body): Client {
  const execute = strings(body['tools_to_execute']);
  return {
    client_id: id,
    name: String(body['name'] ?? ''),
    is_code_mode_client: body['is_code_mode_client'] === true,
    disabled: body['disabled'] === true,
    connection_type: String(body['connection_type'] ?? ''),
    connection_string: body['connection_string'] == null ? null : unwire(body['connection_string']),
    stdio_config: stdioOf(body['stdio_config']),
    auth_type: String(body['auth_type'] ?? ''),
    oauth_config_id: body['oauth_config_id'] == null ? null : String(body['oauth_config_id']),
    headers: headersOf(body['headers']),
    tools_to_execute: execute,
    tools_to_auto_execute: execute.length === 0 ? [] : strings(body['tools_to_auto_execute']),
    tool_pricing: { ...(body['tool_pricing'] as Record<string, number> | undefined) },
    is_ping_available: body['is_ping_available'] !== false,
    tool_sync_interval: intervalOf(body['tool_sync_interval']),
    tool_execution_timeout: Number(body['tool_execution_timeout']) || 0,
    allowed_extra_headers: strings(body['allowed_extra_headers']),
    allow_on_all_virtual_keys: (body['allow_by_default'] ?? body['allow_on_all_virtual_keys']) === true,
    needs_session_stickiness: body['needs_session_stickiness'] === true,
    vk_configs: [],
    tools: [],
    state: 'disconnected',
  };
}

export type ShowOptions = { era: number; environment: Record<string, string> };

/** A client as the list shows it in that version. */
export function show(client: Client, { era, environment }: ShowOptions): Body {
  const value = (text: string): unknown => wire(text, era, environment);
  const config: Body = {
    client_id: client.client_id,
    name: client.name,
    is_code_mode_client: client.is_code_mode_client,
    connection_type: client.connection_type,
    ...(client.connection_string !== null && { connection_string: value(client.connection_string) }),
    ...(client.stdio_config && { stdio_config: client.stdio_config }),
    headers: Object.fromEntries(Object.entries(client.headers).map(([name, text]) => [name, value(text)])),
    ...(client.tools_to_execute.length > 0 && { tools_to_execute: client.tools_to_execute }),
    ...(client.tools_to_auto_execute.length > 0 && { tools_to_auto_execute: client.tools_to_auto_execute }),
  };
  if (era >= 1.4)
    Object.assign(config, {
      auth_type: client.auth_type,
      ...(client.oauth_config_id && { oauth_config_id: client.oauth_config_id }),
      ...(Object.keys(client.tool_pricing).length > 0 && { tool_pricing: client.tool_pricing }),
    });
  if (era >= 1.5)
    Object.assign(config, {
      disabled: client.disabled,
      is_ping_available: client.is_ping_available,
      tool_sync_interval: client.tool_sync_interval,
      allowed_extra_headers: client.allowed_extra_headers,
      [era >= 2 ? 'allow_by_default' : 'allow_on_all_virtual_keys']: client.allow_on_all_virtual_keys,
    });
  if (era >= 1.6) Object.assign(config, { tool_execution_timeout: client.tool_execution_timeout * 1e9 });
  if (era >= 2) Object.assign(config, { needs_session_stickiness: client.needs_session_stickiness });
  const prefix = era >= 1.6 ? `${client.name}-` : '';
  return {
    config,
    tools: client.tools
      .toSorted()
      .map((name) => ({ name: `${prefix}${name}`, description: '', parameters: {} })),
    state: stateWord(client, era),
    ...(era >= 1.5 && { vk_configs: client.vk_configs }),
    ...(era >= 2 && client.last_failure && { last_failure: client.last_failure }),
  };
}

function stateWord(client: Client, era: number): string {
  if (client.disabled && era >= 1.5) return 'disabled';
  if (era < 2) return client.state;
  return { connected: 'healthy', disconnected: 'unstable' }[client.state] ?? client.state;
}
