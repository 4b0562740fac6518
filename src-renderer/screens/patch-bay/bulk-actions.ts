import type { ClientColumn, Server } from '../../../src-main/contract/index.js';
import { plural } from '../../components/plural.js';
import { rpc } from '../../rpc/client.js';
import { problemOf } from '../../rpc/rpc-error.js';
import { catalog } from '../../state/catalog.svelte.js';
import { ClientEntries } from '../../state/client-entries.js';
import { clients } from '../../state/clients.svelte.js';
import { dialogs } from '../../state/dialogs.svelte.js';
import { edits } from '../../state/edits.svelte.js';
import { isLive, runs } from '../../state/runs.svelte.js';
import { removeServer, startServer, stopServer, undoRemoval } from '../../state/server-actions.js';
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

/** More than this are not started by one key without a question. */
const MANY = 10;

export async function startAll(servers: readonly Server[]): Promise<void> {
  const stopped = canStart(servers);
  const yes =
    stopped.length <= MANY ||
    (await dialogs.confirm({
      title: `Start ${stopped.length} servers?`,
      body: `Each of them is a program that runs on this computer until it is stopped. ${AT_ONCE} are started at a time.`,
      confirm: `Start ${stopped.length} servers`,
    }));
  if (yes) await each(stopped, ({ id }) => startServer(id));
}

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

/** Adds tags to all of the servers and takes others off. Undo puts their tags back. */
export async function tagAll(
  servers: readonly Server[],
  add: readonly string[],
  remove: ReadonlySet<string>,
): Promise<void> {
  const changed: string[] = [];
  try {
    for (const { id, tags } of servers) {
      const next = [...new Set([...tags.filter((tag) => !remove.has(tag)), ...add])];
      if (next.length === tags.length && next.every((tag) => tags.includes(tag))) continue;
      const answer = await rpc.call('server.update', { id, patch: { tags: next } });
      catalog.change({ servers: [answer.server] });
      changed.push(id);
    }
  } catch (error) {
    fail(error);
  }
  if (changed.length > 0)
    toasts.show({
      title: plural(changed.length, ['# server was tagged', '# servers were tagged']),
      action: { label: 'Undo', run: () => void undoEach(changed) },
    });
}

/** More than these are counted: a question is read, not scrolled. */
const NAMED = 5;

function namesOf(servers: readonly Server[]): string[] {
  const names = servers.map(({ name }) => name);
  const rest = names.length - NAMED;
  return rest > 1 ? [...names.slice(0, NAMED), plural(rest, ['# more', '# more'])] : names;
}

/** Deletes them, with Undo. Asks first where some run, or stand in AI clients' files: see `removeServer`. */
export async function removeAll(servers: readonly Server[]): Promise<void> {
  const [only] = servers;
  if (servers.length === 1 && only) return void (await removeServer(only.id));
  const live = servers.filter((server) => isLive(stateOf(server))).length;
  const entries = await ClientEntries.of(servers.map(({ id }) => id));
  if (live > 0 || entries.titles) {
    const { yes, option } = await dialogs.ask({
      title: `Delete ${servers.length} servers?`,
      body:
        live > 0
          ? plural(live, [
              '# of them is running and will be stopped. Undo brings it back, but does not start it.',
              '# of them are running and will be stopped. Undo brings them back, but does not start them.',
            ])
          : 'Undo brings them back.',
      items: namesOf(servers),
      confirm: `Delete ${servers.length} servers`,
      danger: true,
      ...(entries.titles && { option: `Take them out of the files of ${entries.titles}, too` }),
    });
    if (!yes) return;
    if (option) await entries.takeOut();
  }
  const gone: string[] = [];
  try {
    for (const { id } of servers) {
      await rpc.call('server.remove', { id });
      catalog.change({ removed: { servers: [id] } });
      gone.push(id);
    }
  } catch (error) {
    fail(error);
  }
  if (gone.length > 0)
    toasts.show({
      title: plural(gone.length, ['# server was deleted', '# servers were deleted']),
      detail: removalDetail(entries),
      action: { label: 'Undo', run: () => void undoRemoval(gone, entries) },
    });
}

const removalDetail = ({ takenOutOf, failed }: ClientEntries): string =>
  [takenOutOf && `They were taken out of ${takenOutOf}, whose files are backed up.`, ...failed]
    .filter(Boolean)
    .join(' ');

/** Brings what was changed in a client's file over to the servers here. Undo takes each back. */
export async function takeOver({ client, title }: ClientColumn, serverIds: readonly string[]): Promise<void> {
  const changed: string[] = [];
  try {
    for (const serverId of serverIds) {
      const { server } = await rpc.call('client.pull', { client, serverId });
      catalog.change({ servers: [server] });
      changed.push(serverId);
    }
  } catch (error) {
    fail(error);
  }
  await clients.refresh([client]);
  if (changed.length > 0)
    toasts.show({
      title: plural(changed.length, ['# server is now as in the file', '# servers are now as in the file']),
      detail: title,
      action: { label: 'Undo', run: () => void undoEach(changed) },
    });
}

/** The host keeps one edit for each; the last is taken back first. */
async function undoEach(ids: readonly string[]): Promise<void> {
  for (const id of [...ids].reverse()) await edits.undoOf(id);
}
