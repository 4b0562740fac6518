import Cable from '@lucide/svelte/icons/cable';
import Copy from '@lucide/svelte/icons/copy';
import Pencil from '@lucide/svelte/icons/pencil';
import Play from '@lucide/svelte/icons/play';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Square from '@lucide/svelte/icons/square';
import SquareArrowOutUpRight from '@lucide/svelte/icons/square-arrow-out-up-right';
import Trash from '@lucide/svelte/icons/trash-2';
import type { Remote, Server } from '../../../src-main/contract/index.js';
import type { MenuItem } from '../../components/Menu.svelte';
import { catalog } from '../../state/catalog.svelte.js';
import { dialogs } from '../../state/dialogs.svelte.js';
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

/** What can be done to one remote from its column, for the servers that are shown. */
export function columnMenu(remote: Remote, shown: readonly Server[]): MenuItem[] {
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
    { label: 'Remove', icon: Trash, danger: true, run: () => void removeRemote(remote.id) },
  ];
}
