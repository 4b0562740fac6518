import { plural } from '../components/plural.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { catalog } from './catalog.svelte.js';
import { edits } from './edits.svelte.js';
import { toasts } from './toasts.svelte.js';

/** Removes a remote from here, with Undo. What stands on it is left alone. Answers whether it is gone. */
export async function removeRemote(remoteId: string): Promise<boolean> {
  const remote = catalog.remote(remoteId);
  if (!remote) return false;
  const patched = catalog.linksOfRemote(remoteId).length;
  try {
    await rpc.call('remote.remove', { id: remoteId });
    catalog.change({ removed: { remotes: [remoteId] } });
    toasts.show({
      title: `${remote.name} was removed`,
      detail:
        patched > 0
          ? plural(patched, [
              '# patch is forgotten. Nothing is deleted on it.',
              '# patches are forgotten. Nothing is deleted on it.',
            ])
          : 'Nothing is deleted on it.',
      action: { label: 'Undo', run: () => void edits.undoOf(remoteId) },
    });
    return true;
  } catch (error) {
    const { message, hint } = problemOf(error);
    toasts.show({ tone: 'error', title: message, detail: hint });
    return false;
  }
}
