import type { Handlers, Remote, RemovedEntity } from '../../contract/index.js';
import { secretIdsOf } from '../../vault/vault.js';
import { mustHave, REMOTES } from '../entities.js';
import type { Parts } from '../parts.js';
import { ofWord, restoreRemoved, restoreRevision, revisionsOf } from '../revisions.js';
import { tellOfLostSecrets, undo } from '../undo/undo.js';

type Names =
  | 'edit.list'
  | 'edit.undo'
  | 'edit.redo'
  | 'removed.list'
  | 'removed.restore'
  | 'remote.history'
  | 'remote.restore'
  | 'link.history';

const MOST_REMOVED = 100;

export function undoMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, activity } = parts;

  const describe = async (kind: 'server' | 'remote', id: string, at: string): Promise<RemovedEntity[]> => {
    const [last] = await revisionsOf(parts, ofWord(kind), id);
    if (!last) return [];
    return [{ kind, id, at, name: last.record.name, secrets: secretIdsOf(last.record).size }];
  };

  return {
    'edit.list': () => parts.undo.list(),
    'edit.undo': ({ id }) => undo(parts, 'undo', id),
    'edit.redo': ({ id }) => undo(parts, 'redo', id),

    'removed.list': async () => {
      const newest = (['server', 'remote'] as const)
        .flatMap((kind) => catalog.removed(kind).map(({ id, at }) => ({ kind, id, at })))
        .sort((a, b) => (a.at < b.at ? 1 : -1))
        .slice(0, MOST_REMOVED);
      const removed: RemovedEntity[] = [];
      for (const { kind, id, at } of newest) removed.push(...(await describe(kind, id, at)));
      return { removed };
    },
    'removed.restore': async ({ kind, id }) => {
      const { name } = await restoreRemoved(parts, ofWord(kind), id);
      const title = `Brought back ${name}`;
      activity.add({
        ...{ kind: 'edit', severity: 'info', title },
        ...(kind === 'server' ? { serverId: id } : { remoteId: id }),
      });
      return { title, lostSecrets: tellOfLostSecrets(parts) };
    },

    'remote.history': async ({ id }) => {
      mustHave(REMOTES, catalog, id);
      const revisions = await revisionsOf(parts, REMOTES, id);
      return {
        revisions: revisions.map(({ revision, at, record }) => ({ revision, at, remote: record as Remote })),
      };
    },
    'remote.restore': async ({ id, revision }) => ({
      remote: await restoreRevision(parts, REMOTES, id, revision),
    }),
    'link.history': async ({ id }) => {
      const revisions = await catalog.history('link', id);
      return {
        revisions: revisions.map(({ revision, at, record }) => ({ revision, at, link: record as object })),
      };
    },
  };
}
