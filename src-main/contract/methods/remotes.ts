import { z } from 'zod';
import {
  linkSchema,
  type Link,
  type LinkTools,
  type Outcome,
  type Remote,
  type RemoteEntry,
  type RemoteInput,
  type RemoteTest,
  type Step,
  type ToolRefresh,
} from '../remote.js';
import type { Server } from '../server.js';
import { method } from './define.js';
import { consent, id, patch } from './params.js';

const one = z.strictObject({ id });
const linkIds = z.array(id).max(100_000).optional();

export const remoteMethods = {
  'remote.create': method<{ remote: Remote }>()(
    z.strictObject({
      remote: z.custom<RemoteInput>(
        (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
        'must be an object',
      ),
    }),
  ),
  'remote.update': method<{ remote: Remote }>()(
    z.strictObject({ id, patch, revision: z.number().int().optional() }),
  ),
  /** Removes its links and secrets here; what stands on the remote is left alone. */
  'remote.remove': method<Record<string, never>>()(one),
  'remote.test': method<RemoteTest>()(one),
  'remote.entries': method<{ entries: RemoteEntry[] }>()(one),
  /** Makes a local server out of a remote entry and links the two. */
  'remote.adopt': method<{ server: Server; link: Link }>()(
    z.strictObject({ id, remoteEntryId: z.string().min(1).max(1_000) }),
  ),

  'link.create': method<{ link: Link }>()(
    z.strictObject({ serverId: id, remoteId: id, remoteEntryId: z.string().min(1).max(1_000).optional() }),
  ),
  'link.remove': method<Record<string, never>>()(
    z.strictObject({ id, deleteRemote: z.boolean().default(false) }),
  ),
  /** What the remote resolves by itself; replaces what was chosen before. Nothing is sent until the next apply. */
  'link.references': method<{ link: Link }>()(
    z.strictObject({ id, references: linkSchema.shape.references.unwrap() }),
  ),
  /** The tools the remote has of this entry, compared with what its MCP server says now. */
  'link.tools': method<LinkTools>()(one),
  /** Has the remote ask the MCP server for its tools again. On Letta, tools that are gone leave all agents. */
  'link.refreshTools': method<ToolRefresh>()(one),
  /** Begins a new sign-in of the gateway at the server, without losing its entry; see `Link.signInUrl`. */
  'link.signIn': method<{ link: Link }>()(one),

  'sync.plan': method<{ steps: Step[] }>()(z.strictObject({ linkIds })),
  'sync.apply': method<{ outcomes: Outcome[] }>()(
    z.strictObject({
      linkIds,
      resolve: z.record(z.string(), z.enum(['local', 'remote'])).optional(),
      consent: consent.optional(),
    }),
  ),
  /** Tries a queued intent now, as it was wished for, rather than when its turn comes. */
  'sync.retry': method<{ outcome: Outcome }>()(z.strictObject({ linkId: id })),
  /** Takes a queued intent back; the link shows its true state again. */
  'sync.cancel': method<{ link: Link }>()(z.strictObject({ linkId: id })),
};
