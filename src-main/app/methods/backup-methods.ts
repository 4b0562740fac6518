import { sameContent, type RecordChange } from '../../catalog/catalog.js';
import type { BackupDifference, CatalogFile, Handlers } from '../../contract/index.js';
import type { Parts } from '../parts.js';
import { tellOfLostSecrets } from '../undo/undo.js';
import { withSecrets } from '../with-secrets.js';
import { publicLink } from '../public-link.js';

type Names = 'backup.list' | 'backup.preview' | 'backup.restore';

export function backupMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, sync, activity } = parts;

  return {
    'backup.list': async () => ({
      backups: (await catalog.backups()).map(({ name, at }) => ({ name, at })),
    }),

    'backup.preview': async ({ name }) => {
      const file = await catalog.backup(name);
      const at = (await catalog.backups()).find((one) => one.name === name)?.at ?? '';
      const held = new Set([...file.servers, ...file.remotes].map(({ id }) => id));
      return {
        backup: { name, at },
        holds: { servers: file.servers.length, remotes: file.remotes.length, links: file.links.length },
        differences: differencesOf(parts, file),
        stays: [...catalog.servers(), ...catalog.remotes()].filter(({ id }) => !held.has(id)).length,
      };
    },

    'backup.restore': async ({ name, ids }) => {
      const file = chosen(await catalog.backup(name), ids);
      const then = [...file.servers, ...file.remotes];
      const ofThen = new Set(then.map(({ id }) => id));
      const now = [...catalog.servers(), ...catalog.remotes()].filter(({ id }) => ofThen.has(id));
      const changes = await withSecrets(parts, { from: now, to: then }, () => catalog.restore(file, now));
      const at = (await catalog.backups()).find((one) => one.name === name)?.at ?? name;
      const title = `Restored the backup of ${at.slice(0, 16).replace('T', ' ')} UTC`;
      parts.undo.note(title, changes);
      if (changes.length > 0) activity.add({ kind: 'edit', severity: 'info', title });
      askRemotes(changes);
      return { title, restored: changes.length, lostSecrets: tellOfLostSecrets(parts) };
    },
  };

  function askRemotes(changes: readonly RecordChange[]): void {
    const links = changes.flatMap(({ kind, id }) => (kind === 'links' ? [id] : []));
    if (links.length > 0) void sync.plan(links).catch(() => undefined);
  }
}

/** Without `ids`, all of it. */
function chosen(file: CatalogFile, ids: readonly string[] | undefined): CatalogFile {
  if (!ids) return file;
  const wanted = new Set(ids);
  const isWanted = ({ id }: { id: string }): boolean => wanted.has(id);
  return {
    ...file,
    servers: file.servers.filter(isWanted),
    remotes: file.remotes.filter(isWanted),
    links: file.links.filter(isWanted),
  };
}

function differencesOf({ catalog }: Parts, file: CatalogFile): BackupDifference[] {
  const servers = file.servers.flatMap((then): BackupDifference[] => {
    const now = catalog.server(then.id);
    if (now && sameContent(now, then)) return [];
    return [{ kind: 'server', id: then.id, name: then.name, ...(now && { now }), then }];
  });
  const remotes = file.remotes.flatMap((then): BackupDifference[] => {
    const now = catalog.remote(then.id);
    if (now && sameContent(now, then)) return [];
    return [{ kind: 'remote', id: then.id, name: then.name, ...(now && { now }), then }];
  });
  const nameOf = new Map(
    [...catalog.servers(), ...catalog.remotes(), ...file.servers, ...file.remotes].map((one) => [
      one.id,
      one.name,
    ]),
  );
  const links = file.links
    .filter(
      ({ id, serverId, remoteId }) =>
        !catalog.link(id) &&
        !catalog.links().some((one) => one.serverId === serverId && one.remoteId === remoteId),
    )
    .map((link): BackupDifference => {
      const name = `${nameOf.get(link.serverId) ?? link.remoteName} → ${nameOf.get(link.remoteId) ?? ''}`;
      return { kind: 'link', id: link.id, name, then: publicLink(link) };
    });
  return [...servers, ...remotes, ...links];
}
