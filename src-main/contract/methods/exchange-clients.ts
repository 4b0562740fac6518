import { z } from 'zod';
import type { Server } from '../server.js';
import { method } from './define.js';
import type { FoundClient } from './exchange.js';
import { clientWord, type ExportForm } from './exchange-words.js';
import { id } from './params.js';

/**
 * What a jack of a client's column shows. Three sides are compared: what was last written, the server here, and the
 * entry in the client's file.
 * - `in_sync`: writing the server again would change nothing.
 * - `local_ahead`: the server was edited here since; `export.apply` brings the edit over.
 * - `client_ahead`: the entry was edited there since, by hand or by the client: `client.pull`, or export it again.
 * - `conflict`: both.
 * - `missing`: it was written, and the entry (or the whole file) is gone.
 * - `found`: the client has the server by itself; Jackfield has never written the entry.
 * - `unknown`: the file cannot be read now (see the column's `problem`).
 */
export const CLIENT_CELL_STATES = [
  'in_sync',
  'local_ahead',
  'client_ahead',
  'conflict',
  'missing',
  'found',
  'unknown',
] as const;
export type ClientCellState = (typeof CLIENT_CELL_STATES)[number];

/** One client's file as a column of the patch bay. */
export type ClientColumn = FoundClient & {
  /** Jackfield keeps at least one server there. */
  isPatched: boolean;
  /** The file belongs to a project's folder, and other people may get it with the project. */
  isProject: boolean;
  /** Entries there that are no server of Jackfield's: what an import would offer. */
  otherCount: number;
};

/** One server in one client's file. A pair without a cell is not patched. */
export type ClientCell = {
  client: string;
  serverId: string;
  /** The entry's name in the file: the server's own where the client allows it. */
  entry: string;
  state: ClientCellState;
  form: ExportForm;
  /** Secrets stand there in plain text, because somebody said yes to that. Say so again to write it again. */
  plainSecrets?: true;
  /** When Jackfield wrote it last; not with `found`. */
  writtenAt?: string;
};

/** One field that differs. Values are texts to show, secrets masked; a missing one is not there on that side. */
export type ClientChange = {
  /** `transport.command`, `transport.env.LOG_LEVEL`, `tools.execute`. */
  field: string;
  local?: string;
  client?: string;
  /** Who changed it since it was last written. `unknown`: it was never written by Jackfield. */
  changedBy: 'local' | 'client' | 'both' | 'unknown';
  /** The value is a secret on one side or looks like one; what is shown of it is masked. */
  secret?: true;
};

export const exchangeClientMethods = {
  /**
   * The columns and jacks of the AI clients on this computer. Reads every client's file; writes nothing. Call it again
   * for the clients that the notification `clients.changed` names.
   */
  'client.list': method<{ columns: ClientColumn[]; cells: ClientCell[] }>()(
    z.strictObject({
      /** Only these; without it all of them. Words that are no longer there are passed over. */
      clients: z.array(clientWord).max(1_000).optional(),
    }),
  ),
  /** What differs between a server here and its entry there, field by field. `not_found` without such an entry. */
  'client.diff': method<{ cell: ClientCell; changes: ClientChange[] }>()(
    z.strictObject({ client: clientWord, serverId: id }),
  ),
  /**
   * Takes what was changed in the client's file over into the server here. Plain values that look like secrets go to
   * the keychain. The file is not written.
   */
  'client.pull': method<{ server: Server }>()(
    z.strictObject({
      client: clientWord,
      serverId: id,
      /** Which of the fields that `client.diff` answers; without it, all that the client has changed. */
      fields: z.array(z.string().min(1).max(1_000)).max(10_000).optional(),
    }),
  ),
  /** Stops following an entry and leaves it in the client's file as it is. */
  'client.forget': method<Record<string, never>>()(z.strictObject({ client: clientWord, serverId: id })),
};
