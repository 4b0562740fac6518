import type { Held } from '../contract/bifrost-peer.js';

export type Ways = {
  username?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
};
export type Row = Record<string, unknown> & {
  config: Record<string, unknown> & { client_id: string; name: string };
};
export type Listing = { isArray: boolean; rows: Row[] };
type Answered = { status: number; body: unknown };

export type Speaker = {
  call(method: string, path: string, body?: unknown): Promise<Answered>;
  list(): Promise<Listing>;
  /** As the app is to sign in. */
  auth:
    | { type: 'none' }
    | { type: 'bearer'; token: string }
    | { type: 'basic'; username: string; password: string };
};

const PAGE = 100;

/** Plain requests to a gateway, without the app's own code. */
export function bifrostSpeaker(url: string, { username, password, token }: Ways): Speaker {
  const origin = url.replace(/\/+$/, '');
  const isNamed = username !== undefined && password !== undefined;
  const basic = isNamed && `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  let authorization = token !== undefined ? `Bearer ${token}` : basic || undefined;

  const once = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  /** Some gateways take the token of a session alone. */
  const call: Speaker['call'] = async (method, path, body) => {
    const answer = await once(method, path, body);
    if (answer.status !== 401 || !isNamed || authorization !== basic) return answer;
    const session = await once('POST', '/api/session/login', { username, password });
    if (session.status !== 200) return answer;
    authorization = `Bearer ${(session.body as { token: string }).token}`;
    return once(method, path, body);
  };
  const list = async (): Promise<Listing> => {
    const rows: Row[] = [];
    for (;;) {
      const path = `/api/mcp/clients?limit=${PAGE}&offset=${rows.length}`;
      const { status, body } = await call('GET', path);
      if (status !== 200) throw new Error(`The gateway answers ${status} to a list: ${JSON.stringify(body)}`);
      if (Array.isArray(body)) return { isArray: true, rows: body as Row[] };
      const page = body as { clients: Row[] | null; total_count?: number };
      const clients = page.clients ?? [];
      rows.push(...clients);
      if (clients.length === 0 || rows.length >= (page.total_count ?? rows.length))
        return { isArray: false, rows };
    }
  };
  return {
    call,
    list,
    auth:
      token !== undefined
        ? { type: 'bearer', token }
        : isNamed
          ? { type: 'basic', username, password }
          : { type: 'none' },
  };
}

/** The profile by the shape of a row that has a header (1.4 and 1.5 wrap it in one way, later ones in another). */
export function profileOf({ isArray }: Listing, { config, state }: Row): string {
  const header = Object.values((config['headers'] ?? {}) as Record<string, unknown>)[0];
  if ('allow_by_default' in config || state === 'healthy' || state === 'unstable') return '2.x';
  if (typeof header === 'object' && header !== null && 'type' in header) return '1.6';
  if (!isArray) return '1.5';
  return typeof header === 'string' ? '1.3' : '1.4';
}

/** A text that the gateway may have wrapped: the reference it is, else what is shown of it. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { value: text, env_var, ref } = (value ?? {}) as Record<string, string | undefined>;
  return ref || env_var || text || '';
}

const listed = (value: unknown): string[] => (value ?? []) as string[];

/** A row by its fields; what is left out where it is empty stands as empty. */
export function heldIn({ config, vk_configs }: Row): Held {
  const stdio = config['stdio_config'] as Partial<NonNullable<Held['stdio_config']>> | null | undefined;
  const headers = Object.entries((config['headers'] ?? {}) as Record<string, unknown>);
  const place = config['connection_string'];
  return {
    ...Object.fromEntries(OTHERS.map((key) => [key, config[key]])),
    vk_configs,
    client_id: config.client_id,
    name: config.name,
    connection_type: String(config['connection_type']),
    connection_string: place == null ? null : textOf(place),
    stdio_config: stdio
      ? { command: stdio.command ?? '', args: listed(stdio.args), envs: listed(stdio.envs) }
      : null,
    auth_type: String(config['auth_type'] ?? ''),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, textOf(value)])),
    tools_to_execute: listed(config['tools_to_execute']),
    tools_to_auto_execute: listed(config['tools_to_auto_execute']),
    is_code_mode_client: config['is_code_mode_client'] === true,
    tool_pricing: (config['tool_pricing'] ?? {}) as Record<string, number>,
  };
}

/** Fields that are not the app's to change. */
const OTHERS = [
  'disabled',
  'is_ping_available',
  'tool_sync_interval',
  'tool_execution_timeout',
  'allowed_extra_headers',
  'allow_on_all_virtual_keys',
  'allow_by_default',
  'needs_session_stickiness',
] as const;
