import { plural } from '../components/plural.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { catalog } from './catalog.svelte.js';
import { dialogs } from './dialogs.svelte.js';
import { toasts } from './toasts.svelte.js';

/** Removes a remote from here, after asking. What stands on it is left alone. Answers whether it is gone. */
export async function removeRemote(remoteId: string): Promise<boolean> {
  const remote = catalog.remote(remoteId);
  if (!remote) return false;
  const patched = catalog.linksOfRemote(remoteId).length;
  const losses = [
    ...(patched > 0
      ? [
          plural(patched, [
            '# patch is forgotten. The entry there stays.',
            '# patches are forgotten. The entries there stay.',
          ]),
        ]
      : []),
    ...(/"secret":/.test(JSON.stringify(remote)) ? ['Its token is deleted and cannot be brought back.'] : []),
  ];
  const yes = await dialogs.confirm({
    title: `Remove ${remote.name}?`,
    body: 'Jackfield forgets this remote. Nothing is deleted on it.',
    items: losses,
    confirm: 'Remove remote',
    danger: true,
  });
  if (!yes) return false;
  try {
    await rpc.call('remote.remove', { id: remoteId });
    catalog.change({ removed: { remotes: [remoteId] } });
    return true;
  } catch (error) {
    const { message, hint } = problemOf(error);
    toasts.show({ tone: 'error', title: message, detail: hint });
    return false;
  }
}
