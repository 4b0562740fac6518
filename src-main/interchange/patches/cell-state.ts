import type { ClientCellState, Server } from '../../contract/index.js';
import type { Place } from '../clients/client-spec.js';
import type { Target } from '../clients/targets.js';
import { CannotHold, writeEntry } from '../dialect/write-entry.js';
import { throughLauncher, type Launcher } from '../export/launcher.js';
import { samePlain, type PlainMap } from '../plain.js';
import type { FieldMap } from './fields.js';
import type { Digests, Patch } from './patch-book.js';
import { clientSide, localSide } from './sides.js';

export type Comparing = {
  place: Place;
  launcher: Launcher | undefined;
  digest: (fields: FieldMap) => Digests;
};

/** Compares three sides: what was written last, the server as it is here, and the entry as it is there. */
export async function cellState(
  patch: Patch,
  server: Server,
  entry: PlainMap | undefined,
  target: Target,
  { place, launcher, digest }: Comparing,
): Promise<ClientCellState> {
  if (!entry) return 'missing';
  if (await saysItAlready(patch, server, entry, target, place, launcher)) return 'in_sync';
  const { dialect } = target.spec;
  const local = changedFields(patch.local, digest(localSide(server, patch.form, dialect, launcher)));
  const client = changedFields(patch.theirs, digest(clientSide(entry, server, dialect)));
  if (local.size > 0) return client.size > 0 ? 'conflict' : 'local_ahead';
  return client.size > 0 ? 'client_ahead' : 'in_sync';
}

/** Fields whose hashes differ, or that are on one side alone. */
export function changedFields(before: Digests, after: Digests): Set<string> {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return new Set([...fields].filter((field) => before[field] !== after[field]));
}

/** True where writing the server again would leave the entry as it is, whoever made it so. */
async function saysItAlready(
  { form, entry: name }: Patch,
  server: Server,
  entry: PlainMap,
  { spec, title }: Target,
  { platform, home }: Place,
  launcher: Launcher | undefined,
): Promise<boolean> {
  const standIn = form === 'launcher' && launcher ? throughLauncher(launcher, server) : server;
  try {
    const written = await writeEntry(standIn, spec.dialect, {
      client: title,
      platform,
      home,
      existing: entry,
    });
    const next = spec.layout === 'list' ? { ...written.entry, name } : written.entry;
    return samePlain(next, entry);
  } catch (error) {
    if (error instanceof CannotHold) return false;
    throw error;
  }
}
