import type { TransportType } from '../../contract/index.js';
import { putHeader, type Json, type RemoteCell, type RemoteCells } from '../cells.js';
import { NAME_ONLY, sorted } from '../canonical.js';
import type { Entry } from '../remote-adapter.js';
import { isRedacted } from './redaction.js';
import type { BifrostClient, Hidden } from './shapes.js';
import type { BifrostFacts } from './profile.js';
import { TRAITS } from './profile.js';

/** A reference is shown as it was written; a value only as far as the gateway shows it. */
function shown(hidden: Hidden): { value: string } | { mask: string } {
  if (typeof hidden === 'string') return isRedacted(hidden) ? { mask: hidden } : { value: hidden };
  const reference = hidden.ref || (hidden.from_env ? hidden.env_var : undefined);
  if (reference) return { value: reference };
  const value = hidden.value ?? '';
  return value === '' ? { value } : { mask: value };
}

const TYPES = new Map<string, TransportType>([
  ['http', 'streamable_http'],
  ['sse', 'sse'],
  ['stdio', 'stdio'],
  ['inprocess', 'inprocess'],
]);

/** A client of the gateway in the server's own words. */
export function observe(client: BifrostClient, facts: BifrostFacts): Entry {
  const { config } = client;
  const cells: RemoteCells = new Map();
  const put = (path: string, value: Json): void => void cells.set(path, { path, value });
  const type = TYPES.get(config.connection_type);
  put('name', config.name);
  put('transport.type', type ?? config.connection_type);
  if (type === 'stdio') stdio(cells, client, facts);
  else if (type !== 'inprocess') http(cells, client, facts);
  put('tools.execute', sorted(config.tools_to_execute ?? []));
  put('tools.autoExecute', sorted(config.tools_to_auto_execute ?? []));
  if (TRAITS[facts.profile].pricing) put('tools.pricing', config.tool_pricing ?? {});
  put('codeMode', config.is_code_mode_client ?? false);
  return {
    id: client.id,
    name: config.name,
    transportType: type ?? config.connection_type,
    cells,
    ...(client.state !== undefined && { state: client.state }),
    ...(client.tools && { toolCount: client.tools.length }),
    warnings: healthWarnings(client),
    raw: client,
  };
}

function stdio(cells: RemoteCells, { config }: BifrostClient, facts: BifrostFacts): void {
  const { command = '', args, envs } = config.stdio_config ?? {};
  cells.set('transport.command', { path: 'transport.command', value: command });
  cells.set('transport.args', { path: 'transport.args', value: args ?? [] });
  for (const entry of envs ?? []) {
    const cut = entry.indexOf('=');
    const name = cut < 0 ? entry : entry.slice(0, cut);
    const path = `transport.env.${name}`;
    const text = entry.slice(cut + 1);
    const value: RemoteCell =
      cut < 0 || !facts.envValues
        ? { path, name, value: NAME_ONLY }
        : { path, name, ...(isRedacted(text) ? { mask: text } : { value: text }) };
    cells.set(path, value);
  }
}

function http(cells: RemoteCells, { config }: BifrostClient, facts: BifrostFacts): void {
  if (config.connection_string != null)
    cells.set('transport.url', { path: 'transport.url', ...shown(config.connection_string) });
  const headers = Object.entries(config.headers ?? {});
  for (const [name, hidden] of headers) putHeader(cells, name, shown(hidden));
  if (!TRAITS[facts.profile].authType) return;
  // A missing kind behaves like `headers`, and `headers` without any like `none`; `none` with headers sends none.
  const kind = config.auth_type || 'headers';
  const auth = kind === 'headers' && headers.length === 0 ? 'none' : kind;
  cells.set('transport.auth', { path: 'transport.auth', value: auth });
  if (auth === 'oauth' && config.oauth_config_id)
    cells.set('transport.auth.oauthConfigId', {
      path: 'transport.auth.oauthConfigId',
      value: config.oauth_config_id,
    });
}

function healthWarnings({ state, tools, last_failure }: BifrostClient): string[] {
  const warnings: string[] = [];
  if ((state === 'connected' || state === 'healthy') && tools?.length === 0)
    warnings.push('The gateway is connected to it and sees no tools: reconnect it there.');
  if (state === 'error' || state === 'unstable' || state === 'disconnected')
    warnings.push(`The gateway is not connected to it (${state}).`);
  if (state === 'needs_reauth') warnings.push('The gateway wants somebody to sign in again.');
  if (state === 'pending_tools') warnings.push('The gateway is still asking it for its tools.');
  const reason =
    typeof last_failure === 'string' ? last_failure : (last_failure as { message?: unknown } | null)?.message;
  if (typeof reason === 'string' && reason !== '') warnings.push(`Its last failure: ${reason.slice(0, 200)}`);
  return warnings;
}
