import { z } from 'zod';
import { mapOf } from '../answered-map.js';

const map = mapOf(z.string());

// Unknown keys pass: a newer server may answer more than is known here.
const server = z.looseObject({
  id: z.string().min(1),
  server_name: z.string(),
  /** `type` in 0.13 and 0.14, `mcp_server_type` since. */
  mcp_server_type: z.enum(['stdio', 'sse', 'streamable_http']).optional(),
  type: z.enum(['stdio', 'sse', 'streamable_http']).optional(),
  command: z.string().nullish(),
  args: z.array(z.string()).nullish(),
  env: map,
  server_url: z.string().nullish(),
  auth_header: z.string().nullish(),
  auth_token: z.string().nullish(),
  custom_headers: map,
});

export const lettaServerSchema = server.transform((row, context) => {
  const type = row.mcp_server_type ?? row.type;
  if (!type) {
    context.addIssue({ code: 'custom', path: ['mcp_server_type'], message: 'is missing' });
    return z.NEVER;
  }
  return { ...row, type };
});
export type LettaServer = z.output<typeof lettaServerSchema>;

export const lettaListSchema = z.array(lettaServerSchema);
export const healthSchema = z.looseObject({ version: z.string(), status: z.string() });
export const refreshSchema = z.looseObject({
  deleted: z.array(z.string()).default([]),
  updated: z.array(z.string()).default([]),
  added: z.array(z.string()).default([]),
});
export const toolListSchema = z.array(z.looseObject({ id: z.string().optional(), name: z.string() }));

/** The sentence of an error body: `detail` is a text, an object with a message, or FastAPI's list. */
export function lettaErrorText(body: unknown): string {
  if (typeof body === 'string') return body;
  const { detail, error } = (body ?? {}) as { detail?: unknown; error?: { message?: unknown } };
  if (typeof detail === 'string') return withoutParameters(detail);
  const message = (detail as { message?: unknown } | undefined)?.message ?? error?.message;
  return typeof message === 'string' ? message : '';
}

/** A 409 carries the SQL with its parameters, a 422 the input: both hold what was sent, secrets and all. */
function withoutParameters(detail: string): string {
  const input = detail.search(/,?\s*['"]input['"]\s*:/);
  const messages = [...detail.matchAll(/['"]msg['"]\s*:\s*(?:'([^']*)'|"([^"]*)")/g)].map(
    (m) => m[1] ?? m[2] ?? '',
  );
  const places = [...detail.matchAll(/['"]loc['"]\s*:\s*\(([^)]*)\)/g)].map((m) =>
    (m[1] ?? '').replaceAll(/['"\s]/g, '').replaceAll(',', '.'),
  );
  if (input >= 0 && messages.length > 0)
    return messages.map((text, index) => `${places[index] ?? ''}: ${text}`).join('; ');
  return detail.split(/\n|\[SQL|\[parameters|, ?'input'/i)[0] ?? '';
}
