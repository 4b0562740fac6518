import CirclePlay from '@lucide/svelte/icons/circle-play';
import CircleStop from '@lucide/svelte/icons/circle-stop';
import FileCode from '@lucide/svelte/icons/file-code';
import RadioTower from '@lucide/svelte/icons/radio-tower';
import type { Server } from '../../src-main/contract/index.js';
import type { MenuItem } from '../components/menu-item.js';
import { allColumns, isShown, withColumn, type BayColumn } from '../screens/patch-bay/bay-columns.js';
import { bayView } from '../screens/patch-bay/bay-view.svelte.js';
import { columnMenu, rowMenu } from '../screens/patch-bay/menus.js';
import { catalog } from '../state/catalog.svelte.js';
import { clients } from '../state/clients.svelte.js';
import { commands, type Command } from '../state/commands.svelte.js';
import { router, to } from '../state/router.svelte.js';
import { isLive, runs, wordOf } from '../state/runs.svelte.js';
import { startServer, stopServer } from '../state/server-actions.js';

/** All that can be done is offered for so many servers that are named; more of them are not meant yet. */
const MOST_NAMED = 25;

const go = (hash: string) => (): void => void router.go(hash);

/** The servers whose names are in the search. */
function namedServers(): Server[] {
  const { words } = commands;
  if (words.length === 0) return [];
  return catalog.servers
    .filter(({ name }) => {
      const lower = name.toLowerCase();
      return words.some((word) => lower.includes(word));
    })
    .slice(0, MOST_NAMED);
}

/** Every server is a place to go to, and can be started or stopped; those in `named` by their own actions. */
function serverCommands(named: readonly Server[]): Command[] {
  const ids = new Set(named.map(({ id }) => id));
  return catalog.servers.flatMap((server) => {
    const { state } = runs.of(server.id);
    const live = isLive(state);
    return [
      {
        id: `server.go.${server.id}`,
        title: server.name,
        group: 'Servers',
        keywords: [...server.tags, server.transport.type],
        light: state,
        note: wordOf(state),
        run: go(to.server(server.id)),
      },
      ...(ids.has(server.id)
        ? []
        : [
            {
              id: `server.run.${server.id}`,
              title: `${live ? 'Stop' : 'Start'} ${server.name}`,
              group: 'Run',
              icon: live ? CircleStop : CirclePlay,
              run: () => void (live ? stopServer(server.id) : startServer(server.id)),
            },
          ]),
    ];
  });
}

/** The lines of a menu as commands, so that the palette can do whatever the menu can. */
function commandsOf(items: readonly MenuItem[], name: string, key: string): Command[] {
  return items.flatMap((item): Command[] => {
    if (item === 'line' || 'heading' in item || 'checked' in item || item.disabled) return [];
    const { label, icon, run } = item;
    const title = `${name}: ${label.replace(/…$/, '')}`;
    return [{ id: `${key}.${label}`, title, group: 'Actions', run, ...(icon && { icon }) }];
  });
}

/** The first line of a menu opens the thing, which the palette does by its name alone. */
const beyondOpening = (items: readonly MenuItem[]): readonly MenuItem[] => items.slice(1);

function hide(column: BayColumn): void {
  bayView.change(withColumn(bayView.look, column, false));
}

/** Every remote and every client in sight: where it is, and what the menu of its column offers. */
function columnCommands(): Command[] {
  const columns = allColumns(catalog.remotes, clients.columns).filter((column) =>
    isShown(column, bayView.look),
  );
  return columns.flatMap((column) => {
    const items = columnMenu(column, catalog.servers, () => hide(column));
    const actions = commandsOf(
      column.kind === 'remote' ? beyondOpening(items) : items,
      column.title,
      `column.act.${column.key}`,
    ).map((command) => (command.icon ? command : { ...command, icon: FileCode }));
    if (column.kind === 'client') return actions;
    const place: Command = {
      id: `remote.go.${column.remote.id}`,
      title: column.title,
      group: 'Remotes',
      keywords: [column.remote.kind, column.remote.baseUrl],
      icon: RadioTower,
      run: go(to.remote(column.remote.id)),
    };
    return [place, ...(commands.words.length > 0 ? actions : [])];
  });
}

/**
 * What bears the person's own names, made only while the palette can show it. Whatever the menus of rows and columns do
 * is done here, too; of servers, once they are named: tens of thousands of commands would be too many.
 */
export function namedCommands(): Command[] {
  const named = namedServers();
  return [
    ...serverCommands(named),
    ...columnCommands(),
    ...named.flatMap((server) =>
      commandsOf(beyondOpening(rowMenu(server)), server.name, `server.act.${server.id}`),
    ),
  ];
}
