import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import Cable from '@lucide/svelte/icons/cable';
import Copy from '@lucide/svelte/icons/copy';
import EyeOff from '@lucide/svelte/icons/eye-off';
import FilePlus from '@lucide/svelte/icons/file-plus';
import Download from '@lucide/svelte/icons/import';
import Pencil from '@lucide/svelte/icons/pencil';
import Play from '@lucide/svelte/icons/play';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Square from '@lucide/svelte/icons/square';
import SquareArrowOutUpRight from '@lucide/svelte/icons/square-arrow-out-up-right';
import Trash from '@lucide/svelte/icons/trash-2';
import Undo from '@lucide/svelte/icons/undo-2';
import type { ClientColumn, Remote, Server } from '../../../src-main/contract/index.js';
import type { MenuItem } from '../../components/menu-item.js';
import { catalog } from '../../state/catalog.svelte.js';
import { clients } from '../../state/clients.svelte.js';
import { dialogs } from '../../state/dialogs.svelte.js';
import { exportPanel } from '../../state/export-panel.svelte.js';
import { removeRemote } from '../../state/remote-actions.js';
import { router, to } from '../../state/router.svelte.js';
import { isLive, runs } from '../../state/runs.svelte.js';
import {
  duplicateServer,
  removeServer,
  restartServer,
  startServer,
  stopServer,
} from '../../state/server-actions.js';
import { syncPanel } from '../../state/sync-panel.svelte.js';
import { toasts } from '../../state/toasts.svelte.js';
import type { BayColumn } from './bay-columns.js';
import { takeOver } from './bulk-actions.js';

/** What can be done to one server from its row. */
export function rowMenu(server: Server): MenuItem[] {
  const { state } = runs.of(server.id);
  const live = isLive(state);
  const links = catalog.linksOfServer(server.id);
  const open = catalog.remotes.filter((remote) => !catalog.linkAt(server.id, remote.id));
  const launchable = server.transport.type !== 'inprocess';
  return [
    { label: 'Open', icon: SquareArrowOutUpRight, run: () => void router.go(to.server(server.id)) },
    { label: 'Configure', icon: Pencil, run: () => void router.go(to.server(server.id, 'configure')) },
    { label: 'Logs', icon: ScrollText, run: () => void router.go(to.server(server.id, 'logs')) },
    'line',
    ...(launchable
      ? [
          live
            ? { label: 'Stop', icon: Square, run: () => void stopServer(server.id) }
            : { label: 'Start', icon: Play, run: () => void startServer(server.id) },
          { label: 'Restart', icon: RotateCw, disabled: !live, run: () => void restartServer(server.id) },
          'line' as const,
        ]
      : []),
    {
      label: 'Patch into every remote',
      icon: Cable,
      disabled: open.length === 0,
      run: () =>
        void syncPanel.patchAll(
          open.map((remote) => [server.id, remote.id]),
          `${server.name} → every remote`,
        ),
    },
    {
      label: 'Sync its patches',
      icon: RefreshCw,
      disabled: links.length === 0,
      run: () =>
        syncPanel.show(
          links.map((link) => link.id),
          `${server.name} → every remote`,
        ),
    },
    'line',
    { label: 'Duplicate', icon: Copy, run: () => void duplicateServer(server.id) },
    { label: 'Delete', icon: Trash, danger: true, run: () => void removeServer(server.id) },
  ];
}

/** What can be done to a column, for the servers that are shown. */
export function columnMenu(column: BayColumn, shown: readonly Server[], hide: () => void): MenuItem[] {
  return column.kind === 'remote'
    ? remoteMenu(column.remote, shown, hide)
    : clientMenu(column.client, shown, hide);
}

function remoteMenu(remote: Remote, shown: readonly Server[], hide: () => void): MenuItem[] {
  const links = catalog.linksOfRemote(remote.id);
  const open = shown.filter((server) => !catalog.linkAt(server.id, remote.id));
  return [
    { label: 'Open', icon: SquareArrowOutUpRight, run: () => void router.go(to.remote(remote.id)) },
    { label: 'Edit', icon: Pencil, run: () => (dialogs.remote = remote.id) },
    'line',
    {
      label: open.length === 1 ? 'Patch the one that is not' : `Patch the ${open.length} that are not`,
      icon: Cable,
      disabled: open.length === 0,
      run: () =>
        void syncPanel.patchAll(
          open.map((server) => [server.id, remote.id]),
          `${open.length} servers → ${remote.name}`,
        ),
    },
    {
      label: 'Sync its patches',
      icon: RefreshCw,
      disabled: links.length === 0,
      run: () =>
        syncPanel.show(
          links.map((link) => link.id),
          `Everything → ${remote.name}`,
        ),
    },
    'line',
    { label: 'Hide column', icon: EyeOff, run: hide },
    { label: 'Remove', icon: Trash, danger: true, run: () => void removeRemote(remote.id) },
  ];
}

function clientMenu(column: ClientColumn, shown: readonly Server[], hide: () => void): MenuItem[] {
  const { client, title, path, otherCount } = column;
  const open = shown.filter((server) => !clients.cellAt(server.id, client));
  const written = clients.cellsOf(client).filter(({ state }) => state !== 'found');
  const edited = clients.cellsOf(client).filter(({ state }) => state === 'client_ahead');
  return [
    {
      label: open.length === 1 ? 'Write the one that is not there' : `Write the ${open.length} not there`,
      icon: FilePlus,
      disabled: open.length === 0 || column.problem !== undefined,
      run: () =>
        exportPanel.show(
          client,
          open.map((server) => server.id),
        ),
    },
    {
      label: 'Write its entries again',
      icon: RefreshCw,
      disabled: written.length === 0,
      run: () =>
        exportPanel.show(
          client,
          written.map(({ serverId }) => serverId),
        ),
    },
    {
      label:
        edited.length === 1
          ? 'Take over what was changed there'
          : `Take over the ${edited.length} changed there`,
      icon: ArrowDownToLine,
      disabled: edited.length === 0,
      run: () =>
        void takeOver(
          column,
          edited.map(({ serverId }) => serverId),
        ),
    },
    { label: 'Undo the last change', icon: Undo, run: () => exportPanel.show(client, [], 'undo') },
    'line',
    {
      label: otherCount === 0 ? 'Nothing to import' : `Import the ${otherCount} more it has`,
      icon: Download,
      disabled: otherCount === 0,
      run: () => void router.go(to.import()),
    },
    { label: 'Look at the file again', icon: ScanSearch, run: () => void clients.refresh([client]) },
    { label: 'Copy the path', icon: Copy, run: () => void copyPath(title, path) },
    'line',
    { label: 'Hide column', icon: EyeOff, run: hide },
  ];
}

async function copyPath(title: string, path: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(path);
    toasts.show({ title: `The path of ${title}’s file was copied`, detail: path });
  } catch {
    toasts.show({ tone: 'warning', title: 'The clipboard is not open to this page', detail: path });
  }
}
