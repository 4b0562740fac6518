import type { Handlers, Outcome, StoredLink } from '../../contract/index.js';
import {
  createEntity,
  freeName,
  mustHave,
  REMOTES,
  removeEntity,
  SERVERS,
  updateEntity,
} from '../entities.js';
import type { Parts } from '../parts.js';
import { publicLink } from '../public-link.js';

type Names =
  | 'remote.create'
  | 'remote.update'
  | 'remote.remove'
  | 'remote.test'
  | 'remote.entries'
  | 'remote.adopt'
  | 'link.create'
  | 'link.remove'
  | 'link.references'
  | 'link.tools'
  | 'link.refreshTools'
  | 'link.signIn'
  | 'sync.plan'
  | 'sync.apply'
  | 'sync.retry'
  | 'sync.cancel';

export function remoteMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, sync, activity, undo } = parts;

  /** "GitHub → Letta" */
  const cordOf = ({
    serverId,
    remoteId,
    remoteName,
  }: Pick<StoredLink, 'serverId' | 'remoteId' | 'remoteName'>) =>
    `${catalog.server(serverId)?.name ?? remoteName} → ${catalog.remote(remoteId)?.name ?? 'a removed remote'}`;

  const nameOf = (linkId: string): { title: string; serverId?: string; remoteId?: string } => {
    const link = catalog.link(linkId);
    if (!link) return { title: 'a removed link' };
    return { title: cordOf(link), serverId: link.serverId, remoteId: link.remoteId };
  };

  const tell = ({ linkId, status, error }: Outcome): void => {
    if (status === 'unchanged') return;
    const { title, ...ids } = nameOf(linkId);
    activity.add({
      kind: 'sync',
      severity: status === 'synced' ? 'info' : status === 'queued' ? 'warning' : 'error',
      title: `${title}: ${status}`,
      ...(error && { detail: `${error.message} ${error.hint}` }),
      ...ids,
    });
  };

  return {
    'remote.create': async ({ remote }) => ({
      remote: await createEntity(parts, REMOTES, remote as Record<string, unknown>),
    }),
    'remote.update': async (edit) => ({ remote: await updateEntity(parts, REMOTES, edit) }),
    'remote.remove': async ({ id }) => {
      await removeEntity(parts, REMOTES, id);
      return {};
    },
    'remote.test': ({ id }) => sync.test(mustHave(REMOTES, catalog, id).id),
    'remote.entries': async ({ id }) => ({ entries: await sync.entries(mustHave(REMOTES, catalog, id).id) }),
    'remote.adopt': async ({ id, remoteEntryId }) => {
      const remote = mustHave(REMOTES, catalog, id);
      const draft = await sync.draft(id, remoteEntryId);
      const name = freeName(draft.name, catalog.servers());
      const origin = { kind: 'remote' as const, label: remote.name };
      return undo.together(
        () => `Adopted ${name}`,
        async (notes) => {
          const server = await createEntity({ ...parts, undo: notes }, SERVERS, { ...draft, name }, origin);
          const link = await sync.link(server.id, id, remoteEntryId);
          notes.note('', [{ kind: 'links', id: link.id, after: link }]);
          return { server, link: publicLink(link) };
        },
      );
    },

    'link.create': async ({ serverId, remoteId, remoteEntryId }) => {
      mustHave(SERVERS, catalog, serverId);
      mustHave(REMOTES, catalog, remoteId);
      const link = await sync.link(serverId, remoteId, remoteEntryId);
      undo.note(`Patched ${cordOf(link)}`, [{ kind: 'links', id: link.id, after: link }]);
      return { link: publicLink(link) };
    },
    'link.remove': async ({ id, deleteRemote }) => {
      const before = catalog.link(id);
      await sync.unlink(id, deleteRemote);
      if (before) undo.note(`Unpatched ${cordOf(before)}`, [{ kind: 'links', id, before }]);
      return {};
    },
    'link.references': async ({ id, references }) => {
      const before = catalog.link(id);
      const link = await sync.setReferences(id, references);
      if (before) undo.note(`References of ${cordOf(link)}`, [{ kind: 'links', id, before, after: link }]);
      return { link: publicLink(link) };
    },
    'link.tools': ({ id }) => sync.tools(id),
    'link.refreshTools': ({ id }) => sync.refreshTools(id),
    'link.signIn': async ({ id }) => ({ link: publicLink(await sync.signIn(id)) }),

    'sync.plan': async ({ linkIds }) => ({ steps: await sync.plan(linkIds) }),
    'sync.apply': async ({ linkIds, resolve, consent }) => {
      const outcomes = await sync.apply({
        ...(linkIds && { linkIds }),
        ...(resolve && { resolve }),
        ...(consent && { consent }),
      });
      outcomes.forEach(tell);
      return { outcomes };
    },
    'sync.retry': async ({ linkId }) => {
      const outcome = await sync.retry(linkId);
      tell(outcome);
      return { outcome };
    },
    'sync.cancel': async ({ linkId }) => ({ link: publicLink(await sync.cancel(linkId)) }),
  };
}
