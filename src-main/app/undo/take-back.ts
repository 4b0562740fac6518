import { isDeepStrictEqual } from 'node:util';
import {
  joinsSame,
  sameCord,
  type CatalogTx,
  type Kind,
  type RecordChange,
  type RecordOf,
} from '../../catalog/catalog.js';
import { AppError, type Remote, type Server, type StoredLink } from '../../contract/index.js';
import { assertNameFree, REMOTES, SERVERS } from '../entities.js';
import type { Parts } from '../parts.js';
import { withSecrets } from '../with-secrets.js';

type Any = RecordOf[Kind];
const WORD = { servers: 'server', remotes: 'remote', links: 'link' } as const;

/**
 * Puts every record of some changes back to what it was before them.
 * @returns the changes this made: taking those back does the first ones again
 * @throws AppError `revision_conflict` where a record is not any more as the changes left it, `name_taken`;
 * `keychain_unavailable`, `io`. Nothing is changed then
 */
export async function takeBack(
  parts: Parts,
  title: string,
  changes: readonly RecordChange[],
): Promise<RecordChange[]> {
  const { catalog, runtime, sync } = parts;
  assertAsLeft(catalog, title, changes);
  const goes = changes.filter(({ kind, before, after }) => kind === 'servers' && after && !before);
  // Stopped first, as when a server is removed: afterwards nobody could tell what the process was.
  for (const { id } of goes) await runtime.stop(id);
  const records = changes.filter(({ kind }) => kind !== 'links');
  const done = await withSecrets(
    parts,
    { from: records.map(({ after }) => after), to: records.map(({ before }) => before) },
    () =>
      catalog.edit((tx) => {
        assertAsLeft(tx, title, changes);
        return putBack(parts, tx, changes);
      }),
  );
  for (const { id } of goes) await runtime.forget(id);
  const links = done.flatMap(({ kind, id, after }) => (kind === 'links' && after ? [id] : []));
  // What the remote holds by now is asked in the background; until then the links say that it is not known.
  if (links.length > 0) void sync.plan(links).catch(() => undefined);
  return done;
}

type Reader = Pick<CatalogTx, 'server' | 'remote' | 'link'>;

function recordIn(reader: Reader, kind: Kind, id: string): Any | undefined {
  if (kind === 'servers') return reader.server(id);
  return kind === 'remotes' ? reader.remote(id) : reader.link(id);
}

function assertAsLeft(reader: Reader, title: string, changes: readonly RecordChange[]): void {
  for (const { kind, id, before, after } of changes) {
    const now = recordIn(reader, kind, id);
    if (isAsLeft(kind, now, after)) continue;
    const name = nameOf((now ?? after ?? before) as Any);
    throw new AppError(
      'revision_conflict',
      `"${title}" cannot be taken back: the ${WORD[kind]} ${name} ${now ? 'was changed' : 'is gone'} since.`,
      'Take back the later edits first, or change it by hand: the History tab has every earlier state.',
    );
  }
}

function isAsLeft(kind: Kind, now: Any | undefined, left: Any | undefined): boolean {
  if (!now || !left) return now === left;
  return kind === 'links' ? sameCord(now, left) : isDeepStrictEqual(contentOf(now), contentOf(left));
}

/** As it is on disk, and without the revision. */
function contentOf(record: Any): unknown {
  return JSON.parse(JSON.stringify({ ...record, revision: 0 }));
}

const nameOf = (record: Any): string => ('name' in record ? record.name : record.remoteName);

/** Entities come before the links between them, and go after those. */
function putBack({ catalog }: Parts, tx: CatalogTx, changes: readonly RecordChange[]): RecordChange[] {
  const done: RecordChange[] = [];
  const remove = (kind: Kind, id: string): void => {
    const before = recordIn(tx, kind, id);
    tx.remove(kind, id);
    done.push({ kind, id, before });
  };
  for (const { kind, id, before } of changes) {
    if (before) continue;
    // Links that were made since go with what they join, as when it is removed.
    for (const link of kind === 'links' ? [] : tx.links())
      if (link.serverId === id || link.remoteId === id) remove('links', link.id);
    if (recordIn(tx, kind, id)) remove(kind, id);
  }
  const put = <K extends Kind>(kind: K, record: RecordOf[K]): void => {
    const before = recordIn(tx, kind, record.id);
    tx.put(kind, record);
    done.push({ kind, id: record.id, before, after: record });
  };
  for (const { kind, id, before } of changes) {
    if (!before || kind === 'links') continue;
    const word = WORD[kind];
    const now = recordIn(tx, kind, id) as Server | Remote | undefined;
    const revision = Math.max(catalog.lastRevision(word, id), now?.revision ?? 0) + 1;
    if (kind === 'servers') assertNameFree(SERVERS, tx, nameOf(before), id);
    else assertNameFree(REMOTES, tx, nameOf(before), id);
    put(kind, { ...(before as Server), revision });
  }
  for (const { kind, before } of changes) {
    const link = before as StoredLink | undefined;
    if (kind === 'links' && link && canStand(tx, link)) put('links', afresh(link));
  }
  return done;
}

function canStand(tx: CatalogTx, link: StoredLink): boolean {
  const others = tx.links().filter(({ id }) => id !== link.id);
  return (
    tx.server(link.serverId) !== undefined &&
    tx.remote(link.remoteId) !== undefined &&
    !others.some((one) => joinsSame(one, link))
  );
}

/** What waited for delivery then is no wish of now, and what the remote holds by now is to be asked. */
function afresh({ outbox: _outbox, error: _error, signInUrl: _signInUrl, ...link }: StoredLink): StoredLink {
  return { ...link, state: 'unknown' };
}
