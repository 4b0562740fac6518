import { Command } from 'commander';
import type { ClientCell, Link, Run, Server, Snapshot, Tool } from '../../../contract/index.js';
import { findServer } from '../../../app/launcher/find-server.js';
import type { Door } from '../door.js';
import { line, type Output, type Style } from '../output.js';
import type { Perform } from '../program.js';

const STATE_STYLE: Record<Run['state'], Style> = {
  running: 'green',
  starting: 'yellow',
  stopping: 'yellow',
  backoff: 'yellow',
  failed: 'red',
  stopped: 'dim',
};
const LINK_MARK: Record<Link['state'], string> = {
  in_sync: '✓',
  local_ahead: '↑',
  remote_ahead: '↓',
  conflict: '≠',
  missing: '∅',
  queued: '…',
  failed: '✗',
  unknown: '?',
};

const CELL_MARK: Record<ClientCell['state'], string> = {
  in_sync: '✓',
  local_ahead: '↑',
  client_ahead: '↓',
  conflict: '≠',
  missing: '∅',
  found: '·',
  unknown: '?',
};

type Clients = { titles: ReadonlyMap<string, string>; cells: readonly ClientCell[] };

type Listed = {
  id: string;
  name: string;
  description: string;
  tags: string[];
  type: Server['transport']['type'];
  /** Command line or URL. */
  target: string;
  state: Run['state'];
  pid?: number;
  toolCount?: number;
  readyMs?: number;
  error?: Run['error'];
  links: { id: string; remote: string; remoteName: string; state: Link['state'] }[];
  /** AI clients whose files have it. */
  clients: { client: string; title: string; entry: string; state: ClientCell['state'] }[];
};

export function listCommand(perform: Perform): Command {
  const command = new Command('list')
    .summary('list the servers, or one of them with its tools')
    .description(
      'List the servers with their state and where they are patched in; or show one with its tools.',
    )
    .argument('[server]', 'name or id of a server');
  return command.action((word: string | undefined) =>
    perform(command, async (context) => {
      const door = await context.door();
      const snapshot = await door.call('app.snapshot', {});
      const clients = await clientsFor(door);
      if (word !== undefined) {
        const server = findServer(snapshot.servers, word);
        const listed = listedOf(server, snapshot, clients);
        const tools =
          listed.state === 'running'
            ? (await door.call('tool.list', { serverId: server.id })).tools
            : undefined;
        context.output.result({ server: listed, ...(tools && { tools }) }, () =>
          tellOne(context.output, listed, tools),
        );
        return 0;
      }
      const servers = snapshot.servers.map((server) => listedOf(server, snapshot, clients));
      context.output.result({ running: door.isRunning, servers }, () => {
        tellAll(context.output, servers);
        if (!door.isRunning) context.output.note('No Jackfield is running, so no server is.');
      });
      return 0;
    }),
  );
}

async function clientsFor(door: Door): Promise<Clients> {
  const { columns, cells } = await door.call('client.list', {});
  return { titles: new Map(columns.map(({ client, title }) => [client, title])), cells };
}

function listedOf(server: Server, { runs, links, remotes }: Snapshot, { titles, cells }: Clients): Listed {
  const run = runs.find(({ serverId }) => serverId === server.id);
  const { id, name, description, tags, transport } = server;
  return {
    id,
    name,
    description,
    tags,
    type: transport.type,
    target: targetOf(transport),
    state: run?.state ?? 'stopped',
    ...(run?.pid !== undefined && { pid: run.pid }),
    ...(run?.toolCount !== undefined && { toolCount: run.toolCount }),
    ...(run?.readyMs !== undefined && { readyMs: run.readyMs }),
    ...(run?.error && { error: run.error }),
    links: links
      .filter(({ serverId }) => serverId === id)
      .map((link) => ({
        id: link.id,
        remote: remotes.find((remote) => remote.id === link.remoteId)?.name ?? link.remoteId,
        remoteName: link.remoteName,
        state: link.state,
      })),
    clients: cells
      .filter(({ serverId }) => serverId === id)
      .map(({ client, entry, state }) => ({ client, title: titles.get(client) ?? client, entry, state })),
  };
}

function targetOf(transport: Server['transport']): string {
  if (transport.type === 'inprocess') return '';
  if (transport.type !== 'stdio') return transport.url;
  const words = [transport.command, ...transport.args];
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

function tellAll(output: Output, servers: readonly Listed[]): void {
  if (servers.length === 0) return output.say('There are no servers yet.');
  output.table(
    ['NAME', 'STATE', 'TYPE', 'TOOLS', 'PATCHED INTO'],
    servers.map(({ name, state, type, toolCount, links, clients }) => [
      name,
      { text: state, style: STATE_STYLE[state] },
      type,
      toolCount === undefined ? '' : String(toolCount),
      [
        ...links.map((link) => `${LINK_MARK[link.state]} ${link.remote}`),
        ...clients.map((cell) => `${CELL_MARK[cell.state]} ${cell.title}`),
      ].join(', '),
    ]),
  );
}

function tellOne(output: Output, server: Listed, tools: readonly Tool[] | undefined): void {
  const { name, description, state, pid, readyMs, type, target, links, error, id } = server;
  const facts = [pid !== undefined && `pid ${pid}`, readyMs !== undefined && `ready in ${readyMs} ms`];
  const field = (title: string, text: string): void =>
    output.say(`${output.style('dim', title.padEnd(8))} ${line(text)}`);
  output.say(output.style('bold', line(name)));
  if (description) output.say(line(description));
  field(
    'state',
    [output.style(STATE_STYLE[state], state), ...facts.filter((fact) => fact !== false)].join(', '),
  );
  field(type === 'stdio' ? 'command' : type, target);
  field('id', id);
  for (const link of links)
    field('patched', `${LINK_MARK[link.state]} ${link.remote} as ${link.remoteName} (${link.state})`);
  for (const { title, entry, state: cell } of server.clients)
    field('client', `${CELL_MARK[cell]} ${title} as ${entry} (${cell === 'found' ? 'its own entry' : cell})`);
  if (error) field('error', `${error.message} ${error.hint}`);
  if (!tools) return;
  output.say();
  output.table(
    ['TOOL', 'DOES'],
    tools.map((tool) => [tool.name, (tool.description ?? tool.title ?? '').slice(0, 100)]),
  );
}
