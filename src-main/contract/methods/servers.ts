import { z } from 'zod';
import type { Server, ServerInput } from '../server.js';
import { id, patch } from './params.js';
import { method } from './define.js';

export const serverMethods = {
  /** Ids and revisions in `server` are passed over: the host gives them out. */
  'server.create': method<{ server: Server }>()(
    // The entity itself is parsed by `serverInputSchema`, so that its issues carry paths relative to the server.
    z.strictObject({ server: z.custom<ServerInput>((value) => isObject(value), 'must be an object') }),
  ),
  'server.update': method<{ server: Server }>()(
    z.strictObject({ id, patch, revision: z.number().int().optional() }),
  ),
  /** A copy under a free name, with copies of its secrets. */
  'server.duplicate': method<{ server: Server }>()(z.strictObject({ id, name: z.string().optional() })),
  /**
   * Stops it and deletes it with its secrets. Remotes and AI clients' files are left alone: `left` says which entries
   * that Jackfield wrote are still there. `export.remove` takes them out, also afterwards.
   */
  'server.remove': method<{ left?: LeftEntry[] }>()(z.strictObject({ id })),
  'server.history': method<{ revisions: ServerRevision[] }>()(z.strictObject({ id })),
  'server.restore': method<{ server: Server }>()(z.strictObject({ id, revision: z.number().int().min(1) })),
};

/** An entry of a server, written by Jackfield, in the file of an AI client. */
export type LeftEntry = { client: string; title: string; path: string; entry: string };

/** Newest first. `server` holds references to secrets only; one that was replaced since may be gone. */
export type ServerRevision = { revision: number; at: string; server: Server };

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
