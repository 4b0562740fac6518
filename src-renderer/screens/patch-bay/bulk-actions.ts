import type { Server, ServerInput } from '../../../src-main/contract/index.js';
import { rpc } from '../../rpc/client.js';
import { problemOf } from '../../rpc/rpc-error.js';
import { catalog } from '../../state/catalog.svelte.js';
import { dialogs } from '../../state/dialogs.svelte.js';
import { isLive, runs } from '../../state/runs.svelte.js';
import { lossesOf, removeServer, startServer, stopServer } from '../../state/server-actions.js';
import { toasts } from '../../state/toasts.svelte.js';

/** So many servers are started or stopped at a time: a hundred at once would only wait for one another. */
const AT_ONCE = 4;

async function each(servers: readonly Server[], work: (server: Server) => Promise<void>): Promise<void> {
  const queue = [...servers];
  const worker = async (): Promise<void> => {
    for (let server = queue.shift(); server; server = queue.shift()) await work(server);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const launchable = (server: Server): boolean => server.transport.type !== 'inprocess';
const stateOf = (server: Server) => runs.of(server.id).state;

export const canStart = (servers: readonly Server[]): Server[] =>
  servers.filter((server) => launchable(server) && !isLive(stateOf(server)));

export const canStop = (servers: readonly Server[]): Server[] =>
  servers.filter((server) => launchable(server) && isLive(stateOf(server)));

export const startAll = (servers: readonly Server[]): Promise<void> =>
  each(canStart(servers), ({ id }) => startServer(id));

export const stopAll = (servers: readonly Server[]): Promise<void> =>
  each(canStop(servers), ({ id }) => stopServer(id));

function fail(error: unknown): void {
  const { message, hint } = problemOf(error);
  toasts.show({ tone: 'error', title: message, detail: hint });
}

/** Tags that stand on some of the servers, with on how many; the most common first. */
export function tagCounts(servers: readonly Server[]): [tag: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { tags } of servers) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Adds tags to all of the servers and takes others off. Answers how many were changed; Undo puts their tags back. */
export async function tagAll(
  servers: readonly Server[],
  add: readonly string[],
  remove: ReadonlySet<string>,
): Promise<void> {
  const before: { id: string; tags: string[] }[] = [];
  try {
    for (const { id, tags } of servers) {
      const next = [...new Set([...tags.filter((tag) => !remove.has(tag)), ...add])];
      if (next.length === tags.length && next.every((tag) => tags.includes(tag))) continue;
      const answer = await rpc.call('server.update', { id, patch: { tags: next } });
      catalog.change({ servers: [answer.server] });
      before.push({ id, tags });
    }
  } catch (error) {
    fail(error);
  }
  if (before.length === 0) return;
  const undo = async (): Promise<void> => {
    try {
      for (const { id, tags } of before) {
        const answer = await rpc.call('server.update', { id, patch: { tags } });
        catalog.change({ servers: [answer.server] });
      }
    } catch (error) {
      fail(error);
    }
  };
  toasts.show({
    title: `${before.length} ${before.length === 1 ? 'server' : 'servers'} tagged`,
    action: { label: 'Undo', run: () => void undo() },
  });
}

/** What deleting several servers would lose for good, each in one line; empty when Undo can bring all of it back. */
function lossesOfAll(servers: readonly Server[]): string[] {
  const live = servers.filter((server) => isLive(stateOf(server))).length;
  const secret = servers.filter((server) => /"secret":/.test(JSON.stringify(server.transport))).length;
  const patched = servers.filter((server) => catalog.linksOfServer(server.id).length > 0).length;
  return [
    ...(live > 0
      ? [`${live} of them ${live === 1 ? 'is running and is' : 'are running and are'} stopped.`]
      : []),
    ...(secret > 0 ? [`Secrets of ${secret} of them are deleted and cannot be brought back.`] : []),
    ...(patched > 0
      ? [
          `${patched} of them ${patched === 1 ? 'is' : 'are'} unpatched. What stands on remotes is left alone.`,
        ]
      : []),
  ];
}

/** Deletes them: at once with Undo where nothing is lost by it, else after asking. */
export async function removeAll(servers: readonly Server[]): Promise<void> {
  const [only] = servers;
  if (servers.length === 1 && only) return void (await removeServer(only.id));
  const isLossless = servers.every((server) => lossesOf(server).length === 0);
  const yes =
    isLossless ||
    (await dialogs.confirm({
      title: `Delete ${servers.length} servers?`,
      body: 'This cannot be undone.',
      items: lossesOfAll(servers),
      confirm: `Delete ${servers.length} servers`,
      danger: true,
    }));
  if (!yes) return;
  const gone: Server[] = [];
  try {
    for (const server of servers) {
      await rpc.call('server.remove', { id: server.id });
      catalog.change({ removed: { servers: [server.id] } });
      gone.push(server);
    }
  } catch (error) {
    fail(error);
  }
  if (isLossless && gone.length > 0) offerUndo(gone);
}

function offerUndo(gone: readonly Server[]): void {
  const undo = async (): Promise<void> => {
    try {
      for (const { id: _id, revision: _revision, ...input } of gone) {
        const answer = await rpc.call('server.create', { server: input as ServerInput });
        catalog.change({ servers: [answer.server] });
      }
    } catch (error) {
      fail(error);
    }
  };
  toasts.show({
    title: `${gone.length} servers were deleted`,
    action: { label: 'Undo', run: () => void undo() },
  });
}
