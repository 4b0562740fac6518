import { remoteSchema, serverSchema, type Remote, type Server } from '../contract/index.js';
import {
  assertNameFree,
  assertRevision,
  mustHave,
  notFound,
  REMOTES,
  SERVERS,
  type EntityKind,
} from './entities.js';
import type { Parts } from './parts.js';
import { tellOfLostSecrets } from './undo/undo.js';
import { withSecrets } from './with-secrets.js';

type Entity = Server | Remote;
export type EntityRevision<E> = { revision: number; at: string; record: E };

const SCHEMA = { server: serverSchema, remote: remoteSchema };

/** Newest first. Records of other schema versions or with a torn line are passed over rather than shown broken. */
export async function revisionsOf<E extends Entity>(
  { catalog }: Pick<Parts, 'catalog'>,
  kind: EntityKind<E>,
  id: string,
): Promise<EntityRevision<E>[]> {
  const lines = await catalog.history(kind.word, id);
  return lines.flatMap(({ revision, at, record }) => {
    const parsed = SCHEMA[kind.word].safeParse(record);
    return parsed.success ? [{ revision, at, record: parsed.data as E }] : [];
  });
}

/**
 * Puts an earlier revision in the place of the present one. Secrets it refers to come back where they were removed a
 * short while ago; others stay references and are asked for again.
 * @throws AppError `not_found`; `revision_conflict` where it is edited at the same time; `keychain_unavailable`, `io`
 */
export async function restoreRevision<E extends Entity>(
  parts: Parts,
  kind: EntityKind<E>,
  id: string,
  revision: number,
): Promise<E> {
  const before = mustHave(kind, parts.catalog, id);
  const wanted = (await revisionsOf(parts, kind, id)).find((entry) => entry.revision === revision);
  if (!wanted) throw notFound('revision', String(revision));
  const { current, restored } = await withSecrets(parts, { from: [before], to: [wanted.record] }, () =>
    parts.catalog.edit((tx) => {
      const current = mustHave(kind, tx, id);
      // Its secrets are not those that were looked at here.
      assertRevision(kind, current, before.revision);
      const restored: E = { ...wanted.record, id, revision: current.revision + 1 };
      assertNameFree(kind, tx, restored.name, id);
      tx.put(kind.list, restored);
      return { current, restored };
    }),
  );
  parts.undo.note(`Restored revision ${revision} of ${restored.name}`, [
    { kind: kind.list, id, before: current, after: restored },
  ]);
  tellOfLostSecrets(parts);
  return restored;
}

/**
 * Brings a removed server or remote back under its id, as it was last.
 * @throws AppError `not_found` where nothing of it is kept, or it was not removed; `name_taken`
 */
export async function restoreRemoved<E extends Entity>(
  parts: Parts,
  kind: EntityKind<E>,
  id: string,
): Promise<E> {
  const { catalog } = parts;
  const last = catalog.removed(kind.word).some((one) => one.id === id)
    ? (await revisionsOf(parts, kind, id))[0]
    : undefined;
  if (!last) throw notFound(`removed ${kind.word}`, id);
  const restored: E = { ...last.record, id, revision: catalog.lastRevision(kind.word, id) + 1 };
  await withSecrets(parts, { from: [], to: [restored] }, () =>
    catalog.edit((tx) => {
      if (kind.get(tx, id)) throw notFound(`removed ${kind.word}`, id);
      assertNameFree(kind, tx, restored.name);
      tx.put(kind.list, restored);
    }),
  );
  parts.undo.note(`Brought back ${restored.name}`, [{ kind: kind.list, id, after: restored }]);
  return restored;
}

export const ofWord = (word: 'server' | 'remote'): EntityKind<Entity> =>
  (word === 'server' ? SERVERS : REMOTES) as EntityKind<Entity>;
