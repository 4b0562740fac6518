import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { catalog } from './catalog.svelte.js';
import { dialogs } from './dialogs.svelte.js';
import { edits } from './edits.svelte.js';
import { router, to } from './router.svelte.js';
import { isLive, runs } from './runs.svelte.js';
import { toasts } from './toasts.svelte.js';

// What can be done to a server from anywhere: the patch bay, the sidebar, the palette, its own page.
// A failed start stays in `run.error`, which the row and the page show; a toast tells it where neither is in sight.

function tell(error: unknown, serverId: string): void {
  const { code, message, hint } = problemOf(error);
  const { route } = router;
  if (code !== 'lost' && route.name === 'server' && route.id === serverId) return;
  toasts.show({
    tone: 'error',
    title: message,
    detail: hint,
    action: {
      label: code === 'consent_required' ? 'Review' : 'Open',
      run: () => void router.go(to.server(serverId)),
    },
  });
}

export async function startServer(serverId: string): Promise<void> {
  try {
    await rpc.call('run.start', { serverId });
  } catch (error) {
    tell(error, serverId);
  }
}

/** A second call while it is stopping forces it. */
export async function stopServer(serverId: string): Promise<void> {
  try {
    await rpc.call('run.stop', { serverId });
  } catch (error) {
    tell(error, serverId);
  }
}

export async function restartServer(serverId: string): Promise<void> {
  try {
    await rpc.call('run.restart', { serverId });
  } catch (error) {
    tell(error, serverId);
  }
}

export async function duplicateServer(serverId: string): Promise<void> {
  try {
    const { server } = await rpc.call('server.duplicate', { id: serverId });
    catalog.change({ servers: [server] });
    await router.go(to.server(server.id, 'configure'));
  } catch (error) {
    const { message, hint } = problemOf(error);
    toasts.show({ tone: 'error', title: message, detail: hint });
  }
}

/** Removes a server, with Undo; where it runs, after asking, since what it holds in memory is lost. Answers whether it is gone. */
export async function removeServer(serverId: string): Promise<boolean> {
  const server = catalog.server(serverId);
  if (!server) return false;
  if (isLive(runs.of(serverId).state)) {
    const yes = await dialogs.confirm({
      title: `Delete ${server.name}?`,
      body: 'It is running and will be stopped. Undo brings it back, but does not start it.',
      confirm: 'Delete server',
      danger: true,
    });
    if (!yes) return false;
  }
  const remotes = catalog.linksOfServer(serverId).map((link) => catalog.remote(link.remoteId)?.name);
  try {
    await rpc.call('server.remove', { id: serverId });
  } catch (error) {
    const { message, hint } = problemOf(error);
    toasts.show({ tone: 'error', title: message, detail: hint });
    return false;
  }
  catalog.change({ removed: { servers: [serverId] } });
  toasts.show({
    title: `${server.name} was deleted`,
    ...(remotes.length > 0 && { detail: `What stands on ${remotes.join(', ')} is left alone.` }),
    action: { label: 'Undo', run: () => void edits.undoOf(serverId) },
  });
  return true;
}

/** Starts or stops, whichever there is to do. */
export function toggleServer(serverId: string): Promise<void> {
  return isLive(runs.of(serverId).state) ? stopServer(serverId) : startServer(serverId);
}
