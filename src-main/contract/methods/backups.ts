import { z } from 'zod';
import type { Link, Remote } from '../remote.js';
import type { Server } from '../server.js';
import { method } from './define.js';
import { id, none } from './params.js';
import type { Undone } from './undo.js';

/** An earlier state of the whole catalog. `at`: when it was replaced by a later one. */
export type BackupEntry = { name: string; at: string };

/** One record that a backup would bring back (`now` is not there) or change. Secrets are references. */
export type BackupDifference =
  | { kind: 'server'; id: string; name: string; now?: Server; then: Server }
  | { kind: 'remote'; id: string; name: string; now?: Remote; then: Remote }
  | { kind: 'link'; id: string; name: string; now?: Link; then: Link };

export type BackupPreview = {
  backup: BackupEntry;
  holds: { servers: number; remotes: number; links: number };
  /** What going back to it would do. */
  differences: BackupDifference[];
  /** How many servers and remotes of now it does not hold: they stay. */
  stays: number;
};

const name = z.string().min(1).max(200);

export const backupMethods = {
  /** Newest first. */
  'backup.list': method<{ backups: BackupEntry[] }>()(none),
  'backup.preview': method<BackupPreview>()(z.strictObject({ name })),
  /**
   * Brings back what the backup held, or of that only the servers, remotes and links named; what was added since
   * stays. It is one edit for `edit.undo`.
   */
  'backup.restore': method<Undone & { restored: number }>()(
    z.strictObject({ name, ids: z.array(id).max(100_000).optional() }),
  ),
};
