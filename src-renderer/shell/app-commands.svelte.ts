import Activity from '@lucide/svelte/icons/activity';
import Cable from '@lucide/svelte/icons/cable';
import CirclePlay from '@lucide/svelte/icons/circle-play';
import CircleStop from '@lucide/svelte/icons/circle-stop';
import Download from '@lucide/svelte/icons/import';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Moon from '@lucide/svelte/icons/moon';
import Redo from '@lucide/svelte/icons/redo-2';
import Plus from '@lucide/svelte/icons/plus';
import RadioTower from '@lucide/svelte/icons/radio-tower';
import Server from '@lucide/svelte/icons/server';
import Settings from '@lucide/svelte/icons/settings-2';
import Sun from '@lucide/svelte/icons/sun';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Undo from '@lucide/svelte/icons/undo-2';
import { catalog } from '../state/catalog.svelte.js';
import { connection } from '../state/connection.svelte.js';
import { commands, type Command } from '../state/commands.svelte.js';
import { dialogs } from '../state/dialogs.svelte.js';
import { edits } from '../state/edits.svelte.js';
import { router, to } from '../state/router.svelte.js';
import { isLive, runs, wordOf } from '../state/runs.svelte.js';
import { startServer, stopServer } from '../state/server-actions.js';
import { updateSettings } from '../state/settings-actions.js';
import { toasts } from '../state/toasts.svelte.js';
import { problemOf } from '../rpc/rpc-error.js';

const go = (hash: string) => (): void => void router.go(hash);

function setTheme(theme: 'light' | 'dark' | 'system'): void {
  updateSettings({ theme }).catch((error: unknown) => {
    const { message, hint } = problemOf(error);
    toasts.show({ tone: 'error', title: message, detail: hint });
  });
}

/** A browser keeps Ctrl+N for itself; there, a plain N adds a server. */
export const addServerKeys = (): string => (connection.info?.host === 'desktop' ? 'mod+n' : 'n');

const general = (): Command[] => [
  {
    id: 'palette',
    title: 'Command palette',
    group: 'General',
    shortcut: 'mod+k',
    keyOnly: true,
    run: () => (dialogs.palette = !dialogs.palette),
  },
  {
    id: 'server.add',
    title: 'Add server',
    group: 'General',
    shortcut: addServerKeys(),
    keywords: ['new', 'create'],
    icon: Plus,
    run: () => dialogs.addServer(),
  },
  {
    id: 'remote.add',
    title: 'Connect remote',
    group: 'General',
    keywords: ['new', 'letta', 'bifrost', 'gateway'],
    icon: RadioTower,
    run: () => dialogs.addRemote(),
  },
  {
    id: 'edit.undo',
    title: edits.next ? `Undo: ${edits.next.title}` : 'Undo',
    group: 'General',
    shortcut: 'mod+z',
    keywords: ['take back', 'restore', 'deleted'],
    icon: Undo,
    notWhileTyping: true,
    run: () => void edits.undo(),
  },
  {
    id: 'edit.redo',
    title: edits.nextAgain ? `Redo: ${edits.nextAgain.title}` : 'Redo',
    group: 'General',
    shortcut: 'mod+shift+z',
    icon: Redo,
    notWhileTyping: true,
    run: () => void edits.redo(),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'General',
    shortcut: '?',
    icon: Keyboard,
    run: () => (dialogs.shortcuts = true),
  },
  { id: 'theme.light', title: 'Light theme', group: 'Theme', icon: Sun, run: () => setTheme('light') },
  { id: 'theme.dark', title: 'Dark theme', group: 'Theme', icon: Moon, run: () => setTheme('dark') },
  {
    id: 'theme.system',
    title: 'Theme of the system',
    group: 'Theme',
    icon: SunMoon,
    run: () => setTheme('system'),
  },
];

const screens: Command[] = [
  {
    id: 'go.patch-bay',
    title: 'Patch bay',
    group: 'Go to',
    shortcut: 'g p',
    icon: Cable,
    run: go(to.patchBay()),
  },
  {
    id: 'go.remotes',
    title: 'Remotes',
    group: 'Go to',
    shortcut: 'g r',
    icon: RadioTower,
    run: go(to.remotes()),
  },
  { id: 'go.import', title: 'Import', group: 'Go to', shortcut: 'g i', icon: Download, run: go(to.import()) },
  {
    id: 'go.activity',
    title: 'Activity',
    group: 'Go to',
    shortcut: 'g a',
    icon: Activity,
    run: go(to.activity()),
  },
  {
    id: 'go.settings',
    title: 'Settings',
    group: 'Go to',
    shortcut: 'g s',
    icon: Settings,
    run: go(to.settings()),
  },
];

/** Every server is a place to go to, and can be started or stopped by name. */
function serverCommands(): Command[] {
  return catalog.servers.flatMap((server) => {
    const { state } = runs.of(server.id);
    const live = isLive(state);
    return [
      {
        id: `server.go.${server.id}`,
        title: server.name,
        group: 'Servers',
        keywords: [...server.tags, server.transport.type],
        icon: Server,
        note: wordOf(state),
        run: go(to.server(server.id)),
      },
      {
        id: `server.run.${server.id}`,
        title: `${live ? 'Stop' : 'Start'} ${server.name}`,
        group: 'Run',
        icon: live ? CircleStop : CirclePlay,
        run: () => void (live ? stopServer(server.id) : startServer(server.id)),
      },
    ];
  });
}

/** The commands that are always there. Call within a component. */
export function useAppCommands(): void {
  commands.use(general);
  commands.use(() => screens);
  // Thousands of rows are made only while the palette can show them.
  commands.use(() => (dialogs.palette ? serverCommands() : []));
}
