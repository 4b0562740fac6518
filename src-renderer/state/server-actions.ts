import type { Server, ServerInput } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { catalog } from './catalog.svelte.js';
import { dialogs } from './dialogs.svelte.js';
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

const holdsSecret = (server: Server): boolean => /"secret":/.test(JSON.stringify(server.transport));

/** What removing a server would lose for good; empty when Undo can bring all of it back. */
export function lossesOf(server: Server): string[] {
  const losses: string[] = [];
  if (isLive(runs.of(server.id).state)) losses.push('It is running and will be stopped.');
  if (holdsSecret(server)) losses.push('Its secrets are deleted and cannot be brought back.');
  const links = catalog.linksOfServer(server.id);
  const names = links.map((link) => catalog.remote(link.remoteId)?.name ?? link.remoteName);
  if (links.length > 0)
    losses.push(`It is unpatched from ${names.join(', ')}. What stands there is left alone.`);
  return losses;
}

function inputOf(server: Server): ServerInput {
  const { id: _id, revision: _revision, ...input } = server;
  return input as ServerInput;
}

/** Removes a server: at once with Undo where nothing is lost by it, else after asking. Answers whether it is gone. */
export async function removeServer(serverId: string): Promise<boolean> {
  const server = catalog.server(serverId);
  if (!server) return false;
  const losses = lossesOf(server);
  if (losses.length > 0) {
    const yes = await dialogs.confirm({
      title: `Delete ${server.name}?`,
      body: 'This cannot be undone.',
      items: losses,
      confirm: 'Delete server',
      danger: true,
    });
    if (!yes) return false;
  }
  try {
    await rpc.call('server.remove', { id: serverId });
  } catch (error) {
    const { message, hint } = problemOf(error);
    toasts.show({ tone: 'error', title: message, detail: hint });
    return false;
  }
  catalog.change({ removed: { servers: [serverId] } });
  if (losses.length === 0) offerUndo(server);
  return true;
}

function offerUndo(server: Server): void {
  const undo = async (): Promise<void> => {
    try {
      const answer = await rpc.call('server.create', { server: inputOf(server) });
      catalog.change({ servers: [answer.server] });
    } catch (error) {
      const { message, hint } = problemOf(error);
      toasts.show({ tone: 'error', title: message, detail: hint });
    }
  };
  toasts.show({ title: `${server.name} was deleted`, action: { label: 'Undo', run: () => void undo() } });
}

/** Starts or stops, whichever there is to do. */
export function toggleServer(serverId: string): Promise<void> {
  return isLive(runs.of(serverId).state) ? stopServer(serverId) : startServer(serverId);
}
