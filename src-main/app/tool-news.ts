import type { ToolChange } from '../contract/index.js';
import type { Parts } from './parts.js';

/** One notice for each server: the newest change takes the place of an older one. */
const noticeId = (serverId: string): string => `tools-${serverId}`;

/** A server that describes its tools otherwise than before: in Activity, at the top of every window, at its tools. */
export function tellOfTools(
  { catalog, activity, notices, notify }: Parts,
  serverId: string,
  changes: ToolChange[],
): void {
  const name = catalog.server(serverId)?.name ?? 'a removed server';
  const title = `${name} describes its tools otherwise than before`;
  const detail = `${changes.map((change) => `${change.name} (${change.kind})`).join(', ')}. Look at what changed under Tools before a model uses them.`;
  activity.add({ kind: 'notice', severity: 'warning', title, detail, serverId });
  notices.post({
    id: noticeId(serverId),
    at: new Date().toISOString(),
    severity: 'warning',
    title,
    detail,
    offer: { kind: 'tools', serverId },
  });
  notify('tools.flagged', { serverId, changes });
}

/** They were accepted, or their server is gone: there is nothing left to look at. */
export function forgetTools({ notices }: Pick<Parts, 'notices'>, serverId: string): void {
  notices.dismiss(noticeId(serverId));
}
