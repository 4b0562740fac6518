import { AppError } from '../../contract/index.js';
import { under } from '../cells.js';
import type { Desired } from '../remote-adapter.js';
import { TRAITS, type BifrostFacts } from './profile.js';
import type { BifrostClient } from './shapes.js';

type Body = Record<string, unknown>;

const NS_PER_SECOND = 1_000_000_000;
const NS_PER_MINUTE = 60 * NS_PER_SECOND;
const CONNECTION: Record<string, string> = {
  streamable_http: 'http',
  sse: 'sse',
  stdio: 'stdio',
  inprocess: 'inprocess',
};

const value = (desired: Desired, key: string): unknown => desired.cells.get(key)?.value;

function connection(desired: Desired, facts: BifrostFacts): Body {
  const type = String(value(desired, 'transport.type'));
  const common = { connection_type: CONNECTION[type] ?? type };
  if (type === 'stdio')
    return {
      ...common,
      stdio_config: {
        command: value(desired, 'transport.command'),
        args: value(desired, 'transport.args'),
        envs: Object.entries(under(desired.cells, 'transport.env')).map(([name, text]) =>
          facts.envValues ? `${name}=${text}` : name,
        ),
      },
    };
  if (type === 'inprocess') return common;
  return { ...common, connection_string: value(desired, 'transport.url') };
}

/** A missing kind of auth behaves like `headers`, so it is always said. */
function auth(desired: Desired, facts: BifrostFacts, client?: BifrostClient): Body {
  if (!TRAITS[facts.profile].authType) return {};
  // The gateway gave this id out; a server that names none leaves it as it is.
  const config =
    value(desired, 'transport.auth.oauthConfigId') ?? client?.config.oauth_config_id ?? undefined;
  return {
    auth_type: value(desired, 'transport.auth') ?? 'none',
    ...(config !== undefined && { oauth_config_id: config }),
  };
}

/** What every edit carries, whatever the profile keeps or resets by itself (bifrost.md §2.1). */
function mutable(desired: Desired, facts: BifrostFacts): Body {
  return {
    name: desired.name,
    is_code_mode_client: value(desired, 'codeMode') ?? false,
    tools_to_execute: value(desired, 'tools.execute'),
    tools_to_auto_execute: value(desired, 'tools.autoExecute'),
    ...(TRAITS[facts.profile].pricing && { tool_pricing: value(desired, 'tools.pricing') ?? {} }),
  };
}

/** The first request of two: prices are documented as not available here, and no version takes virtual keys. */
export function createBody(desired: Desired, id: string, facts: BifrostFacts): Body {
  const { tool_pricing: _afterwards, ...rest } = mutable(desired, facts);
  return {
    client_id: id,
    ...connection(desired, facts),
    ...auth(desired, facts),
    headers: under(desired.cells, 'transport.headers'),
    ...rest,
    ...(desired.oauth && { oauth_config: desired.oauth }),
  };
}

const AS_THEY_ARE = [
  'disabled',
  'is_ping_available',
  'allow_on_all_virtual_keys',
  'allow_by_default',
  'allowed_extra_headers',
  'needs_session_stickiness',
  'tls_config',
] as const;

/** Fields that are not the app's and would fall back to zero if they were left out, in the units they are written in. */
export function othersOwn({ config }: BifrostClient): Body {
  const kept: Body = {};
  for (const key of AS_THEY_ARE) if (config[key] != null) kept[key] = config[key];
  // Read in nanoseconds, written in minutes or seconds: an echo would make it a thousand million times longer.
  if (config.tool_sync_interval != null)
    kept['tool_sync_interval'] = Math.round(config.tool_sync_interval / NS_PER_MINUTE);
  if (config.tool_execution_timeout != null)
    kept['tool_execution_timeout'] = Math.round(config.tool_execution_timeout / NS_PER_SECOND);
  return kept;
}

/**
 * 1.3 and 1.4 take the whole client; later versions must not be sent what cannot change there: 1.5 compares it with the
 * stored value and refuses, 1.6 passes over it under a 200.
 */
export function updateBody(desired: Desired, client: BifrostClient, facts: BifrostFacts): Body {
  const traits = TRAITS[facts.profile];
  const keepsHeaders = [...desired.cells].some(
    ([key, cell]) => key.startsWith('transport.headers.') && cell.kept,
  );
  const headers = keepsHeaders ? {} : { headers: under(desired.cells, 'transport.headers') };
  if (!traits.replacesWhole)
    return { ...mutable(desired, facts), ...headers, ...(traits.resetsOmitted && othersOwn(client)) };
  return {
    client_id: client.id,
    ...connection(desired, facts),
    ...auth(desired, facts, client),
    ...headers,
    ...mutable(desired, facts),
    ...othersOwn(client),
  };
}

/** @throws AppError where a new entry would need a value that only the old one has */
export function notHidden(desired: Desired): void {
  const hidden = [...desired.cells.values()].find((cell) => cell.kept);
  if (!hidden) return;
  throw new AppError(
    'invalid',
    `The value of ${hidden.path} is known to the gateway alone, and it hides it.`,
    `Put the value into ${hidden.path} of the server, then sync again.`,
  );
}
