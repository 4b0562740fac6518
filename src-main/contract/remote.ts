import { z } from 'zod';
import type { Problem } from './errors.js';
import { headerMap, httpUrl, name, noNul } from './rules.js';
import { valueInputSchema, valueSchema } from './value.js';

const auth = <V extends z.ZodType>(value: V) =>
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none') }),
    z.strictObject({ type: z.literal('bearer'), token: value }),
    z.strictObject({
      type: z.literal('basic'),
      // RFC 7617: the first colon ends the user name.
      username: noNul.min(1, 'must not be empty').regex(/^[^:]*$/, 'must not contain a colon'),
      password: value,
    }),
  ]);

const remote = <V extends z.ZodType>(value: V) => ({
  kind: z.enum(['letta', 'bifrost']),
  name,
  baseUrl: httpUrl.refine((text) => !/[?#]/.test(text), 'must not hold a query or a fragment'),
  auth: auth(value).default({ type: 'none' } as never),
  headers: headerMap(value).default({}),
  /** The person's yes to sending secrets over http:// to a host that is not this computer. */
  allowInsecure: z.boolean().default(false),
});

export const remoteInputSchema = z.strictObject(remote(valueInputSchema));
export type RemoteInput = z.input<typeof remoteInputSchema>;
export type RemoteDraft = z.output<typeof remoteInputSchema>;

export const remoteSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  revision: z.number().int().min(1).default(1),
  ...remote(valueSchema),
});
export type Remote = z.output<typeof remoteSchema>;
export type RemoteKind = Remote['kind'];

export const LINK_STATES = [
  'in_sync',
  'local_ahead',
  'remote_ahead',
  'conflict',
  'missing',
  'queued',
  'failed',
  'unknown',
] as const;
export type LinkState = (typeof LINK_STATES)[number];

const problemSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/** One server patched into one remote. */
export const linkSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  serverId: z.string(),
  remoteId: z.string(),
  /** Absent until the entry exists on the remote. */
  remoteEntryId: z.string().optional(),
  /** The name there: the server's own where that remote allows it, else a lawful form of it. */
  remoteName: z.string(),
  state: z.enum(LINK_STATES),
  lastSyncedAt: z.string().optional(),
  error: problemSchema.optional(),
  /** What was last seen equal on both sides: field → value, secrets as salted hashes. The base of the three-way. */
  base: z.record(z.string(), z.unknown()).optional(),
  /**
   * Field → a text that the remote resolves by itself (`env.NAME`, `vault.…`, `{{VAR}}`), sent to it instead of the
   * server's own value: `{ "transport.headers.X-Api-Key": "env.SEARCH_KEY" }`.
   */
  references: z
    .record(
      z.string().max(1_000),
      z
        .string()
        .min(1, 'must not be empty')
        .max(8_192)
        .regex(/^[^\r\n\0]*$/, 'must not contain a line break or NUL'),
    )
    .optional(),
  /** Where a person must sign in before the remote makes the entry (state `queued`). */
  signInUrl: z.string().optional(),
  /** A person's wish that has not reached the remote yet; survives a restart. */
  outbox: z
    .strictObject({
      since: z.string(),
      attempts: z.number().int().min(0),
      nextAt: z.string(),
      /** The link's state before there was a wish: that of the link again once the wish is taken back. */
      was: z.enum(LINK_STATES).optional(),
      resolve: z.enum(['local', 'remote']).optional(),
      consent: z.array(z.enum(['replace', 'rename', 'delete'])).optional(),
      /** A create was sent and its answer never came: an entry that is like it is this link's own. */
      creating: z
        .strictObject({
          name: z.string(),
          /** The id it was given, where the remote takes one. */
          id: z.string().optional(),
          /** A salted hash of what was sent, where nothing but its content tells it from another's. */
          sent: z.string().optional(),
        })
        .optional(),
      /** What belonged to an entry that was deleted to be made anew (virtual keys, …): given back to the new one. */
      restore: z.record(z.string(), z.unknown()).optional(),
      /** How to ask whether somebody has signed in (see `signInUrl`); the remote makes the entry after that. */
      signIn: z
        .strictObject({
          statusPath: z.string(),
          completePath: z.string(),
          expiresAt: z.string(),
        })
        .optional(),
    })
    .optional(),
});
/** As stored. `base` and `outbox` are the host's own and are not sent to the window. */
export type StoredLink = z.output<typeof linkSchema>;
export type Link = Omit<StoredLink, 'base' | 'outbox'> & {
  /** Of state `queued`: since when, how often it was tried, and when it is tried next. */
  waiting?: { since: string; attempts: number; nextAt: string };
};

export type Consent = 'replace' | 'rename' | 'delete';

export type Change = { field: string; base?: unknown; local?: unknown; remote?: unknown; secret?: true };

/** What syncing one link would do. Secrets are masked in `changes`. */
export type Step = {
  linkId: string;
  action: 'none' | 'create' | 'update' | 'replace' | 'delete' | 'conflict' | 'blocked';
  changes: Change[];
  losses: { field: string; reason: string }[];
  warnings: string[];
  /** Those of the warnings that are about how the entry does there (no tools, not connected), whatever is synced. */
  health?: string[];
  requiresConsent?: Consent[];
  /** Of a `conflict`: whether this side was changed too, or the remote's alone. */
  changedOn?: 'remote' | 'both';
  /** `blocked` by what the remote cannot hold alone: `resolve: 'local'` patches it without that. */
  overridable?: true;
};

/** `requests` counts every HTTP request made for this link; `verified` is true only after a read-back compared equal. */
export type Outcome = {
  linkId: string;
  status: 'synced' | 'unchanged' | 'queued' | 'failed' | 'conflict' | 'blocked';
  verified: boolean;
  requests: number;
  error?: Problem;
};

export type RemoteEntry = {
  remoteEntryId: string;
  name: string;
  transportType: string;
  linkedServerId?: string;
  /** The remote's own word for the entry's health, where it has one. */
  state?: string;
  toolCount?: number;
};

/** The tools of a link's entry. `live`: what its MCP server says now, where the remote can ask it. */
export type LinkTools = { registered: string[]; live?: string[] };
/** What asking the MCP server again for its tools has changed, where the remote tells. */
export type ToolRefresh = { added: string[]; updated: string[]; deleted: string[]; toolCount?: number };

export type RemoteTest = { ok: boolean; version?: string; profile?: string; problems: Problem[] };
