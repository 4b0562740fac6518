import { z } from 'zod';
import { mapOf } from '../answered-map.js';

/** `EnvVar` up to 1.5, `SecretVar` from 1.6 on, a plain string in 1.3. */
const hidden = z.union([
  z.string(),
  z.looseObject({
    value: z.string().nullish(),
    env_var: z.string().nullish(),
    from_env: z.boolean().nullish(),
    ref: z.string().nullish(),
    type: z.string().nullish(),
  }),
]);
export type Hidden = z.output<typeof hidden>;

const strings = z.array(z.string()).nullish();

const config = z.looseObject({
  client_id: z.string().optional(),
  /** Before 1.3's end the id stood here. */
  id: z.union([z.string(), z.number()]).optional(),
  name: z.string(),
  is_code_mode_client: z.boolean().nullish(),
  disabled: z.boolean().nullish(),
  connection_type: z.string(),
  connection_string: hidden.nullish(),
  stdio_config: z.looseObject({ command: z.string().default(''), args: strings, envs: strings }).nullish(),
  auth_type: z.string().nullish(),
  oauth_config_id: z.string().nullish(),
  headers: mapOf(hidden),
  tools_to_execute: strings,
  tools_to_auto_execute: strings,
  tool_pricing: mapOf(z.number()),
  is_ping_available: z.boolean().nullish(),
  /** Nanoseconds when read, minutes when written. */
  tool_sync_interval: z.number().nullish(),
  /** Nanoseconds when read, seconds when written. */
  tool_execution_timeout: z.number().nullish(),
  needs_session_stickiness: z.boolean().nullish(),
  tls_config: z.unknown().optional(),
  allowed_extra_headers: strings,
  allow_on_all_virtual_keys: z.boolean().nullish(),
  allow_by_default: z.boolean().nullish(),
});

const vkConfig = z.looseObject({ virtual_key_id: z.string(), tools_to_execute: strings });

const item = z
  .looseObject({
    config,
    tools: z.array(z.looseObject({ name: z.string() })).nullish(),
    state: z.string().optional(),
    vk_configs: z.array(vkConfig).nullish(),
    last_failure: z.unknown().optional(),
  })
  .transform((client, context) => {
    const id = client.config.client_id ?? client.config.id;
    if (typeof id === 'string' && id !== '') return { ...client, id };
    context.addIssue({ code: 'custom', path: ['config', 'client_id'], message: 'is missing' });
    return z.NEVER;
  });
export type BifrostClient = z.output<typeof item>;

export const clientListSchema = z.union([
  z.array(item).transform((items) => ({ isArray: true, items, total: items.length, limit: undefined })),
  z
    .looseObject({
      clients: z.array(item).nullable(),
      total_count: z.number().optional(),
      limit: z.number().optional(),
    })
    .transform(({ clients, total_count, limit }) => {
      const items = clients ?? [];
      return { isArray: false, items, total: total_count ?? items.length, limit };
    }),
]);

export const createdSchema = z.looseObject({
  status: z.string().optional(),
  mcp_client_id: z.string().optional(),
  authorize_url: z.string().optional(),
  oauth_config_id: z.string().optional(),
  expires_at: z.string().optional(),
  complete_url: z.string().optional(),
  status_url: z.string().optional(),
});

export const authEnabledSchema = z.looseObject({ is_auth_enabled: z.boolean().optional() });
export const loginSchema = z.looseObject({ token: z.string().min(1) });
export const oauthStatusSchema = z.looseObject({ status: z.string() });

/** `BifrostError`: `error.message`, else `message`, else the text itself. */
export function bifrostErrorText(body: unknown): string {
  if (typeof body === 'string') return body;
  const { error, message } = (body ?? {}) as { error?: unknown; message?: unknown };
  const inner = typeof error === 'string' ? error : (error as { message?: unknown } | undefined)?.message;
  if (typeof inner === 'string') return inner;
  return typeof message === 'string' ? message : '';
}
