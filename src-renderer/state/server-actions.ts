import { enumerated } from '../components/enumerated.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { catalog } from './catalog.svelte.js';
import { ClientEntries } from './client-entries.js';
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
    tellProblem(error);
  }
}

/**
 * Removes a server, with Undo. Asks first where it runs, since what it holds in memory is lost, and where it stands in
 * AI clients' files, since it would stay there. Answers whether it is gone.
 */
export async function removeServer(serverId: string): Promise<boolean> {
  const server = catalog.server(serverId);
  if (!server) return false;
  const entries = await ClientEntries.of([serverId]);
  const live = isLive(runs.of(serverId).state);
  if (live || entries.titles) {
    const { yes, option } = await dialogs.ask({
      title: `Delete “${server.name}”?`,
      body: live
        ? 'It is running and will be stopped. Undo brings it back, but does not start it.'
        : 'Undo brings it back.',
      confirm: 'Delete server',
      danger: true,
      ...(entries.titles && { option: `Take it out of the files of ${entries.titles}, too` }),
    });
    if (!yes) return false;
    if (option) await entries.takeOut();
  }
  const remotes = catalog
    .linksOfServer(serverId)
    .flatMap((link) => catalog.remote(link.remoteId)?.name ?? []);
  try {
    await rpc.call('server.remove', { id: serverId });
  } catch (error) {
    tellProblem(error);
    return false;
  }
  catalog.change({ removed: { servers: [serverId] } });
  toasts.show({
    title: `“${server.name}” was deleted`,
    detail: detailOf(entries, enumerated(remotes)),
    action: { label: 'Undo', run: () => void undoRemoval([serverId], entries) },
  });
  return true;
}

/** What became of the places a deleted server stands in. */
function detailOf(entries: ClientEntries, remotes: string): string {
  return [
    entries.takenOutOf && `It was taken out of ${entries.takenOutOf}, whose files are backed up.`,
    ...entries.failed,
    remotes && `What stands on ${remotes} is left alone.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** The host keeps one edit for each; the last is taken back first. */
export async function undoRemoval(serverIds: readonly string[], entries: ClientEntries): Promise<void> {
  for (const id of [...serverIds].reverse()) await edits.undoOf(id);
  try {
    await entries.putBack();
  } catch (error) {
    tellProblem(error);
  }
}

function tellProblem(error: unknown): void {
  const { message, hint } = problemOf(error);
  toasts.show({ tone: 'error', title: message, detail: hint });
}

/** Starts or stops, whichever there is to do. */
export function toggleServer(serverId: string): Promise<void> {
  return isLive(runs.of(serverId).state) ? stopServer(serverId) : startServer(serverId);
}
