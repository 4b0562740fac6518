import { AppError, type Remote, type Server, type StoredLink } from '../contract/index.js';
import type { History } from './history.js';
import type { Kind, RecordOf } from './records.js';
import type { State } from './state.js';
import type { CatalogTx } from './transaction.js';

/** One record as it was and as it is; without `before` it was not there, without `after` it is gone. */
export type RecordChange = {
  kind: Kind;
  id: string;
  before?: RecordOf[Kind] | undefined;
  after?: RecordOf[Kind] | undefined;
};

/** What going back to an earlier state did: every record that was brought back or changed. */
export type Restored = RecordChange[];

/**
 * Brings back everything an earlier state held. What was added since stays, so that nothing is lost by going back; a
 * record whose name was given to another in the meantime gets a name of its own.
 */
export function bringBack(tx: CatalogTx, from: State, history: History): Restored {
  const done: Restored = [];
  bringBackEntities('servers', tx.servers(), from.servers.list, { tx, history, done });
  bringBackEntities('remotes', tx.remotes(), from.remotes.list, { tx, history, done });
  for (const link of from.links.list) {
    if (tx.link(link.id) || !tx.server(link.serverId) || !tx.remote(link.remoteId)) continue;
    if (tx.links().some((one) => joinsSame(one, link))) continue;
    // What waited for delivery then is no wish of now, and what the remote holds by now is to be asked.
    const { outbox: _outbox, error: _error, signInUrl: _signInUrl, ...cord } = link;
    const back = { ...cord, state: 'unknown' as const };
    tx.put('links', back);
    done.push({ kind: 'links', id: link.id, after: back });
  }
  return done;
}

/** An edit between a look and the restore would be written over unseen, and its secrets with it. */
export function assertAsKnown(tx: CatalogTx, from: State, known: readonly (Server | Remote)[]): void {
  const records = new Set(known);
  const isKnown = (now: Server | Remote | undefined): boolean => now === undefined || records.has(now);
  const changed =
    from.servers.list.find(({ id }) => !isKnown(tx.server(id))) ??
    from.remotes.list.find(({ id }) => !isKnown(tx.remote(id)));
  if (!changed) return;
  throw new AppError(
    'revision_conflict',
    `${changed.name} was changed in another window a moment ago. Nothing was restored.`,
    'Look at what would be restored once more, and restore it then.',
  );
}

/** A server is patched into a remote once, and an entry there belongs to one link. */
export function joinsSame(a: StoredLink, b: StoredLink): boolean {
  if (a.remoteId !== b.remoteId) return false;
  return a.serverId === b.serverId || (a.remoteEntryId !== undefined && a.remoteEntryId === b.remoteEntryId);
}

type Work = { tx: CatalogTx; history: History; done: Restored };

function bringBackEntities<K extends Exclude<Kind, 'links'>>(
  kind: K,
  current: readonly RecordOf[K][],
  earlier: readonly RecordOf[K][],
  { tx, history, done }: Work,
): void {
  const byId = new Map(current.map((record) => [record.id, record]));
  const names = new Map(current.map((record) => [record.name.toLowerCase(), record.id]));
  for (const record of earlier) {
    const now = byId.get(record.id);
    if (now && sameContent(now, record)) continue;
    const known = history.last(kind === 'servers' ? 'server' : 'remote', record.id)?.revision ?? 0;
    const revision = Math.max(known, now?.revision ?? 0, record.revision - 1) + 1;
    const name = freeName(record, names);
    names.set(name.toLowerCase(), record.id);
    const back = { ...record, name, revision };
    tx.put(kind, back);
    done.push({ kind, id: record.id, before: now, after: back });
  }
}

/** Equal but for the revision. */
export function sameContent(a: Server | Remote, b: Server | Remote): boolean {
  return JSON.stringify({ ...a, revision: 0 }) === JSON.stringify({ ...b, revision: 0 });
}

function freeName({ id, name }: Server | Remote, taken: ReadonlyMap<string, string>): string {
  for (let count = 0; ; count += 1) {
    const suffix = count === 0 ? '' : count === 1 ? ' (restored)' : ` (restored ${count})`;
    const tried = `${name.slice(0, 200 - suffix.length)}${suffix}`;
    const holder = taken.get(tried.toLowerCase());
    if (holder === undefined || holder === id) return tried;
  }
}
