import type { LinkState, StoredLink } from '../contract/index.js';
import type { Parts } from './parts.js';

const SAID: Partial<Record<LinkState, (server: string, remote: string) => string>> = {
  remote_ahead: (server, remote) => `${server} was changed on ${remote}`,
  conflict: (server, remote) => `${server} was changed on ${remote}, and here too`,
  missing: (server, remote) => `${server} was deleted on ${remote}`,
};

/** States in which the remote's side is known to be another than it was left. */
const DRIFTED: ReadonlySet<LinkState> = new Set(['remote_ahead', 'conflict', 'missing']);

/** What somebody else does on a remote becomes a line of Activity and, where that is wanted, a notification. */
export function tellOfDrift({ catalog, activity, notify }: Parts): void {
  const last = new Map(catalog.links().map(({ id, state }) => [id, state]));
  const note = ({ id, serverId, remoteId, remoteName, state }: StoredLink): void => {
    const before = last.get(id);
    last.set(id, state);
    const said = SAID[state];
    // Edited here as well, or met for the first time: nothing has happened there just now.
    if (!said || before === undefined || before === 'unknown' || DRIFTED.has(before)) return;
    const title = said(
      catalog.server(serverId)?.name ?? remoteName,
      catalog.remote(remoteId)?.name ?? 'a removed remote',
    );
    activity.add({ kind: 'sync', severity: 'warning', title, serverId, remoteId });
    if (catalog.settings().tellOfDrift) notify('drift.found', { linkId: id, serverId, remoteId, title });
  };
  catalog.onChanged(({ links = [], removed }) => {
    links.forEach(note);
    removed?.links?.forEach((id) => last.delete(id));
  });
}
