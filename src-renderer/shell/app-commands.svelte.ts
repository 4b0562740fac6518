import Activity from '@lucide/svelte/icons/activity';
import Cable from '@lucide/svelte/icons/cable';
import CirclePlay from '@lucide/svelte/icons/circle-play';
import CircleStop from '@lucide/svelte/icons/circle-stop';
import Download from '@lucide/svelte/icons/import';
import Keyboard from '@lucide/svelte/icons/keyboard';
import KeyRound from '@lucide/svelte/icons/key-round';
import Languages from '@lucide/svelte/icons/languages';
import Moon from '@lucide/svelte/icons/moon';
import Redo from '@lucide/svelte/icons/redo-2';
import Plus from '@lucide/svelte/icons/plus';
import RadioTower from '@lucide/svelte/icons/radio-tower';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import Settings from '@lucide/svelte/icons/settings-2';
import Sun from '@lucide/svelte/icons/sun';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Undo from '@lucide/svelte/icons/undo-2';
import type { Settings as AppSettings } from '../../src-main/contract/index.js';
import { LANGUAGES } from '../locales/language.js';
import { startAll, stopAll } from '../screens/patch-bay/bulk-actions.js';
import { catalog } from '../state/catalog.svelte.js';
import { clients } from '../state/clients.svelte.js';
import { connection } from '../state/connection.svelte.js';
import { commands, type Command } from '../state/commands.svelte.js';
import { dialogs } from '../state/dialogs.svelte.js';
import { edits } from '../state/edits.svelte.js';
import { router, to } from '../state/router.svelte.js';
import { updateSettings } from '../state/settings-actions.js';
import { syncPanel } from '../state/sync-panel.svelte.js';
import { toasts } from '../state/toasts.svelte.js';
import { problemOf } from '../rpc/rpc-error.js';
import { namedCommands } from './named-commands.svelte.js';

const go = (hash: string) => (): void => void router.go(hash);

function set(patch: Partial<AppSettings>): void {
  updateSettings(patch).catch((error: unknown) => {
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
  ...(catalog.links.length > 0
    ? [
        {
          id: 'sync.all',
          title: 'Sync everything',
          group: 'General',
          keywords: ['patches', 'remotes', 'compare'],
          icon: RefreshCw,
          run: () =>
            syncPanel.show(
              catalog.links.map((link) => link.id),
              'Sync everything',
            ),
        },
      ]
    : []),
  {
    id: 'run.start-all',
    title: 'Start every server',
    group: 'General',
    keywords: ['run', 'all'],
    icon: CirclePlay,
    run: () => void startAll(catalog.servers),
  },
  {
    id: 'run.stop-all',
    title: 'Stop every server',
    group: 'General',
    keywords: ['end', 'all', 'quit'],
    icon: CircleStop,
    run: () => void stopAll(catalog.servers),
  },
  {
    id: 'clients.look',
    title: 'Look at the AI clients’ files again',
    group: 'General',
    keywords: ['refresh', 'scan'],
    icon: ScanSearch,
    run: () => void clients.refresh(),
  },
  {
    id: 'edit.undo',
    title: edits.next ? `Undo: ${edits.next.title}` : 'Undo',
    group: 'General',
    shortcut: 'mod+z',
    keywords: ['take back', 'restore', 'deleted'],
    icon: Undo,
    notWhileTyping: true,
    keyOnly: edits.next === undefined,
    run: () => void edits.undo(),
  },
  {
    id: 'edit.redo',
    title: edits.nextAgain ? `Redo: ${edits.nextAgain.title}` : 'Redo',
    group: 'General',
    shortcut: 'mod+shift+z',
    icon: Redo,
    notWhileTyping: true,
    keyOnly: edits.nextAgain === undefined,
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
  { id: 'theme.light', title: 'Light theme', group: 'Theme', icon: Sun, run: () => set({ theme: 'light' }) },
  { id: 'theme.dark', title: 'Dark theme', group: 'Theme', icon: Moon, run: () => set({ theme: 'dark' }) },
  {
    id: 'theme.system',
    title: 'Theme of the system',
    group: 'Theme',
    icon: SunMoon,
    run: () => set({ theme: 'system' }),
  },
  ...Object.entries(LANGUAGES).map(([language, title]) => ({
    id: `language.${language}`,
    title,
    group: 'Language',
    keywords: ['language', 'sprache'],
    icon: Languages,
    run: () => set({ language: language as AppSettings['language'] }),
  })),
  catalog.settings.secretStorage === 'session'
    ? {
        id: 'secrets.keychain',
        title: 'Keep new secrets in the keychain',
        group: 'Secrets',
        icon: KeyRound,
        run: () => set({ secretStorage: 'keychain' }),
      }
    : {
        id: 'secrets.session',
        title: 'Keep new secrets in memory',
        group: 'Secrets',
        icon: KeyRound,
        run: () => set({ secretStorage: 'session' }),
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

/** The commands that are always there. Call within a component. */
export function useAppCommands(): void {
  commands.use(general);
  commands.use(() => screens);
  // Thousands of rows are made only while the palette can show them.
  commands.use(() => (dialogs.palette ? namedCommands() : []));
}
