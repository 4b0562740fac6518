import { z } from 'zod';
import type { Remote, StoredLink } from '../remote.js';
import { method } from './define.js';
import { id, none } from './params.js';

/** One thing a person did to servers, remotes or links, that can be taken back or done again. */
export type EditEntry = {
  id: string;
  at: string;
  /** "Removed GitHub" */
  title: string;
  /** Ids of the servers, remotes and links it touched. */
  ids: string[];
};

/** Newest first: `undo` what can be taken back, `redo` what was taken back. Both end with the host. */
export type EditList = { undo: EditEntry[]; redo: EditEntry[] };

/** `lostSecrets`: every secret that is referred to and known to be gone; its owner asks for it again. */
export type Undone = { title: string; lostSecrets: string[] };

/** A server or remote that was removed, from the history. */
export type RemovedEntity = {
  kind: 'server' | 'remote';
  id: string;
  name: string;
  at: string;
  /** How many secrets it referred to. For half an hour after the removal they come back with it. */
  secrets: number;
};

export type RemoteRevision = { revision: number; at: string; remote: Remote };
export type LinkRevision = { revision: number; at: string; link: Partial<StoredLink> };

const which = z.strictObject({ id: z.string().max(100).optional() });
const one = z.strictObject({ id });

export const undoMethods = {
  'edit.list': method<EditList>()(none),
  /**
   * Takes back the last edit, or the one named. `revision_conflict` where something it touched was changed since by
   * other means; nothing is changed then.
   */
  'edit.undo': method<Undone>()(which),
  /** Does again what was taken back last, or what is named. */
  'edit.redo': method<Undone>()(which),

  /** What was removed in the last 90 days, newest first, also before this start. */
  'removed.list': method<{ removed: RemovedEntity[] }>()(none),
  /** Brings a removed server or remote back as it was last. Links and, after a while, secrets do not come with it. */
  'removed.restore': method<Undone>()(z.strictObject({ kind: z.enum(['server', 'remote']), id })),

  'remote.history': method<{ revisions: RemoteRevision[] }>()(one),
  'remote.restore': method<{ remote: Remote }>()(z.strictObject({ id, revision: z.number().int().min(1) })),
  'link.history': method<{ revisions: LinkRevision[] }>()(one),
};
