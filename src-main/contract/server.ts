import { z } from 'zod';
import { httpUrl, headerMap, headerName, name, noNul, tag } from './rules.js';
import { valueInputSchema, valueSchema, type Value, type ValueInput } from './value.js';

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const envName = z
  .string()
  .regex(ENV_NAME, 'is not an environment variable name (letters, digits and _, not starting with a digit)');

const stdio = <V extends z.ZodType>(value: V) =>
  z.strictObject({
    type: z.literal('stdio'),
    command: noNul.min(1, 'must not be empty').max(4_096),
    args: z.array(noNul.max(131_072)).max(1_000).default([]),
    env: z.record(envName, value).default({}),
    cwd: noNul.min(1, 'must not be empty').max(4_096).optional(),
    /** A `.env` file read at each start; `env` wins over it. */
    envFile: noNul.min(1, 'must not be empty').max(4_096).optional(),
  });

const auth = <V extends z.ZodType>(value: V) =>
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none') }),
    z.strictObject({ type: z.literal('header'), header: headerName, token: value }),
    z.strictObject({
      type: z.literal('oauth'),
      issuer: httpUrl.optional(),
      clientId: noNul.max(1_000).optional(),
      clientSecret: value.optional(),
      scopes: z.array(noNul.max(200)).max(100).default([]),
      /** Access token, where one was given or fetched. */
      token: value.optional(),
      /** Bifrost only: the row of the gateway's `oauth_configs`. */
      oauthConfigId: noNul.max(255).optional(),
    }),
  ]);

const http = <V extends z.ZodType, T extends 'sse' | 'streamable_http'>(type: T, value: V) =>
  z.strictObject({
    type: z.literal(type),
    url: httpUrl,
    headers: headerMap(value).default({}),
    auth: auth(value).default({ type: 'none' } as never),
  });

const transport = <V extends z.ZodType>(value: V) =>
  z.discriminatedUnion('type', [
    stdio(value),
    http('sse', value),
    http('streamable_http', value),
    z.strictObject({ type: z.literal('inprocess') }),
  ]);

const toolName = z.string().min(1).max(512);

/**
 * The tool lists' rules: `["*"]` means all and stands alone, `[]` means none, no duplicates, and what runs without
 * approval must be allowed to run at all (Bifrost answers 400 for each of these).
 */
const tools = z
  .strictObject({
    execute: z.array(toolName).max(10_000).default(['*']),
    autoExecute: z.array(toolName).max(10_000).default([]),
    /** USD per call. */
    pricing: z
      .record(toolName, z.number('must be a number').min(0, 'must not be negative').max(1_000_000))
      .default({}),
  })
  .superRefine((lists, context) => {
    for (const key of ['execute', 'autoExecute'] as const) {
      const list = lists[key];
      if (list.includes('*') && list.length > 1)
        context.addIssue({ code: 'custom', path: [key], message: '"*" must stand alone' });
      if (new Set(list).size !== list.length)
        context.addIssue({ code: 'custom', path: [key], message: 'must not name a tool twice' });
    }
    if (lists.execute.includes('*')) return;
    lists.autoExecute.forEach((tool, index) => {
      if (!lists.execute.includes(tool))
        context.addIssue({
          code: 'custom',
          path: ['autoExecute', index],
          message: `"${tool}" runs without approval but is not in execute`,
        });
    });
  });

const lifecycle = z.strictObject({
  autostart: z.boolean().default(false),
  restart: z.enum(['never', 'on_failure', 'always']).default('on_failure'),
  /** Started by the first call of one of its tools, stopped when idle for `idleMinutes`. */
  onDemand: z.boolean().default(false),
  idleMinutes: z.number().min(1).max(1_440).default(10),
});

/**
 * Where a server came from, where it was not typed in here: written by an import, and kept for as long as it lives.
 * What it launches was then chosen by somebody else.
 */
const provenance = z.strictObject({
  kind: z.enum(['client', 'folder', 'text']),
  /** In words: `Cursor (/home/me/.cursor/mcp.json)`, `pasted text`. */
  source: z.string().max(5_000),
  /** The client's word, where it is one that `client.list` answers. */
  client: z.string().max(100).optional(),
  /** Its name there. */
  entry: z.string().max(1_000).optional(),
  at: z.string().max(40),
});
export type Provenance = z.output<typeof provenance>;

const server = <V extends z.ZodType>(value: V) => ({
  name,
  description: z.string().max(10_000).default(''),
  tags: z
    .array(tag)
    .max(100)
    .refine((tags) => new Set(tags).size === tags.length, 'must not repeat a tag')
    .default([]),
  transport: transport(value),
  tools: tools.prefault({}),
  codeMode: z.boolean().default(false),
  lifecycle: lifecycle.prefault({}),
  /** Log every JSON-RPC message in both directions, redacted. */
  protocolLog: z.boolean().default(false),
  provenance: provenance.optional(),
});

/** What a person edits of a server; `newSecret` may stand where a value stands. */
export const serverInputSchema = z.strictObject(server(valueInputSchema));
export type ServerInput = z.input<typeof serverInputSchema>;
/** The same with every default filled in. */
export type ServerDraft = z.output<typeof serverInputSchema>;

/**
 * Where a server came from whose command line nobody typed here: a config file, pasted text or an install link
 * (`import`), or a remote's entry (`remote`). `label` names it for a person.
 */
export const originSchema = z.strictObject({
  kind: z.enum(['import', 'remote']),
  label: z.string().max(300),
});
export type Origin = z.output<typeof originSchema>;

/** A server as stored and answered: id, revision and origin are given out by the host alone. */
export const serverSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  revision: z.number().int().min(1),
  /** Absent: typed by the person, or by a program of theirs. Set: its command line waits for `trust.*`. */
  origin: originSchema.optional(),
  ...server(valueSchema),
});

type HttpTransport<T> = { type: T; url: string; headers: Record<string, Value>; auth: Auth };
export type Auth =
  | { type: 'none' }
  | { type: 'header'; header: string; token: Value }
  | {
      type: 'oauth';
      issuer?: string | undefined;
      clientId?: string | undefined;
      clientSecret?: Value | undefined;
      scopes: string[];
      token?: Value | undefined;
      oauthConfigId?: string | undefined;
    };
export type StdioTransport = {
  type: 'stdio';
  command: string;
  args: string[];
  env: Record<string, Value>;
  cwd?: string | undefined;
  envFile?: string | undefined;
};
export type RemoteTransport = HttpTransport<'sse'> | HttpTransport<'streamable_http'>;
export type Transport = StdioTransport | RemoteTransport | { type: 'inprocess' };
export type TransportType = Transport['type'];

export type Server = z.output<typeof serverSchema>;
export type ToolPolicy = Server['tools'];
export type Lifecycle = Server['lifecycle'];

// The hand-written transport types are what people read; this keeps them true to the schema.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const transportTypesAreTrue: Same<Server['transport'], Transport> = true;
export type { Value, ValueInput };
