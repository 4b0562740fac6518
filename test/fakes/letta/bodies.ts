import { z } from 'zod';

const strings = z.record(z.string(), z.string());
const maybe = <S extends z.ZodType>(schema: S) => schema.nullable().optional();

const httpFields = {
  auth_header: maybe(z.string()),
  auth_token: maybe(z.string()),
  custom_headers: maybe(strings),
};

const createOf = (tag: string) => ({
  stdio: z.strictObject({
    [tag]: z.literal('stdio'),
    command: z.string(),
    args: z.array(z.string()),
    env: maybe(strings),
  }),
  sse: z.strictObject({ [tag]: z.literal('sse'), server_url: z.string(), ...httpFields }),
  streamable_http: z.strictObject({
    [tag]: z.literal('streamable_http'),
    server_url: z.string(),
    ...httpFields,
  }),
});

const nestedUpdate = {
  stdio: z.strictObject({
    mcp_server_type: z.literal('stdio'),
    command: z.string().nullable(),
    args: z.array(z.string()).nullable(),
    env: maybe(strings),
  }),
  sse: z.strictObject({
    mcp_server_type: z.literal('sse'),
    server_url: z.string().nullable(),
    ...httpFields,
  }),
  streamable_http: z.strictObject({
    mcp_server_type: z.literal('streamable_http'),
    server_url: z.string().nullable(),
    ...httpFields,
  }),
};

/** Unknown keys are passed over before 0.15. */
const FLAT_CREATE = Object.fromEntries(
  Object.entries(createOf('type')).map(([type, schema]) => [type, schema.strip()]),
);

/** 0.13 and 0.14: no tag in an update; a body is what its keys make it, and the first kind that fits is taken. */
const flatUpdate = {
  stdio: z.strictObject({
    server_name: maybe(z.string()),
    command: maybe(z.string()),
    args: maybe(z.array(z.string())),
    env: maybe(strings),
  }),
  http: z.strictObject({
    server_name: maybe(z.string()),
    server_url: maybe(z.string()),
    token: maybe(z.string()),
    ...httpFields,
  }),
};

export type Config = {
  mcp_server_type: 'stdio' | 'sse' | 'streamable_http';
  command?: string | null;
  args?: string[] | null;
  env?: Record<string, string> | null;
  server_url?: string | null;
  auth_header?: string | null;
  auth_token?: string | null;
  custom_headers?: Record<string, string> | null;
};
export type Parsed = { server_name?: string | null | undefined; config: Config };

/** What FastAPI would refuse with 422; the message is a Python repr that holds what was sent, secrets and all. */
export class Unprocessable extends Error {
  constructor(kind: string, loc: (string | number)[], message: string, input: unknown) {
    super(
      `[{'type': '${kind}', 'loc': (${['body', ...loc].map((part) => `'${part}'`).join(', ')}), ` +
        `'msg': '${message}', 'input': ${JSON.stringify(input)?.replaceAll('"', "'") ?? 'None'}}]`,
    );
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function check<T>(schema: z.ZodType, input: unknown, at: string[]): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data as T;
  const issue = result.error.issues[0];
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const missing = issue?.code === 'invalid_type' && /undefined/.test(issue.message);
  throw new Unprocessable(
    keys.length > 0 ? 'extra_forbidden' : missing ? 'missing' : `${issue?.code ?? 'invalid'}`,
    [...at, ...(issue?.path ?? []).map(String), ...keys],
    keys.length > 0 ? 'Extra inputs are not permitted' : missing ? 'Field required' : (issue?.message ?? ''),
    input,
  );
}

function pick<T>(kinds: Record<string, z.ZodType>, tag: string, input: unknown, at: string[]): T {
  if (!isObject(input)) throw new Unprocessable('missing', at, 'Field required', input);
  const type = input[tag];
  if (type === undefined)
    throw new Unprocessable(
      'union_tag_not_found',
      at,
      `Unable to extract tag using discriminator '${tag}'`,
      input,
    );
  const schema = kinds[String(type)];
  if (!schema) throw new Unprocessable('union_tag_invalid', at, `Input tag '${String(type)}' found`, input);
  return check<T>(schema, input, [...at, String(type)]);
}

function envelope(body: unknown, isCreate: boolean): Record<string, unknown> {
  if (!isObject(body))
    throw new Unprocessable('model_attributes_type', [], 'Input should be a valid dictionary', body);
  const name = isCreate ? z.string() : maybe(z.string());
  return check(z.strictObject({ server_name: name, config: z.unknown() }), body, []);
}

export function parseNested(body: unknown, isCreate: boolean): Parsed {
  const { server_name, config } = envelope(body, isCreate);
  if (config === undefined) throw new Unprocessable('missing', ['config'], 'Field required', body);
  const kinds = isCreate ? createOf('mcp_server_type') : nestedUpdate;
  return {
    server_name: server_name as string | null | undefined,
    config: pick<Config>(kinds, 'mcp_server_type', config, ['config']),
  };
}

export function parseFlatCreate(body: unknown): Parsed {
  if (!isObject(body))
    throw new Unprocessable('model_attributes_type', [], 'Input should be a valid dictionary', body);
  const { server_name, ...rest } = body;
  const name = check<string>(z.string(), server_name, ['server_name']);
  const { type, ...config } = pick<Record<string, unknown>>(FLAT_CREATE, 'type', rest, []);
  return { server_name: name, config: { mcp_server_type: type, ...config } as Config };
}

/** @param rowType a flat update names no type; the token and header columns are shared by both HTTP types */
export function parseFlatUpdate(body: unknown, rowType: Config['mcp_server_type']): Parsed {
  const isStdio = flatUpdate.stdio.safeParse(body).success;
  const { server_name, ...fields } = check<Record<string, unknown>>(
    isStdio ? flatUpdate.stdio : flatUpdate.http,
    body,
    [],
  );
  const type = isStdio ? 'stdio' : rowType === 'stdio' ? 'sse' : rowType;
  return {
    server_name: server_name as string | null | undefined,
    config: { mcp_server_type: type, ...fields } as Config,
  };
}
