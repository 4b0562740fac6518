import type { Remote, Server } from '../contract/index.js';
import type { History } from './history.js';
import type { Kind, RecordOf } from './records.js';
import type { State } from './state.js';
import type { CatalogTx } from './transaction.js';

/** What going back to an earlier state did. */
export type Restored = {
  /** How many records were brought back or changed. */
  count: number;
  /** The records as they were before they were changed: secrets that only these refer to can be deleted. */
  replaced: (Server | Remote)[];
};

/**
 * Brings back everything an earlier state held. What was added since stays, so that nothing is lost by going back; a
 * record whose name was given to another in the meantime gets a name of its own.
 */
export function bringBack(tx: CatalogTx, from: State, history: History): Restored {
  const done: Restored = { count: 0, replaced: [] };
  bringBackEntities('servers', tx.servers(), from.servers.list, { tx, history, done });
  bringBackEntities('remotes', tx.remotes(), from.remotes.list, { tx, history, done });
  for (const link of from.links.list) {
    if (tx.link(link.id) || !tx.server(link.serverId) || !tx.remote(link.remoteId)) continue;
    tx.put('links', link);
    done.count += 1;
  }
  return done;
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
    tx.put(kind, { ...record, name, revision });
    done.count += 1;
    if (now) done.replaced.push(now);
  }
}

function sameContent(a: Server | Remote, b: Server | Remote): boolean {
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
