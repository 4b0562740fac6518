export const SERVER_TABS = [
  'overview',
  'configure',
  'tools',
  'resources',
  'prompts',
  'logs',
  'sync',
  'history',
] as const;
export type ServerTab = (typeof SERVER_TABS)[number];

/** Places on the settings screen that something leads to. */
export type SettingsSection = 'secrets' | 'backups';

export type Route =
  | { name: 'patch-bay' }
  | { name: 'server'; id: string; tab: ServerTab }
  | { name: 'remotes'; id?: string }
  | { name: 'import' }
  | { name: 'activity' }
  | { name: 'settings'; section?: SettingsSection; item?: string }
  | { name: 'unknown'; hash: string };

/** Addresses of the screens, for `href` and `go`. */
export const to = {
  patchBay: () => '#/',
  server: (id: string, tab: ServerTab = 'overview') => `#/servers/${encodeURIComponent(id)}/${tab}`,
  remotes: () => '#/remotes',
  remote: (id: string) => `#/remotes/${encodeURIComponent(id)}`,
  import: () => '#/import',
  activity: () => '#/activity',
  settings: () => '#/settings',
  secrets: () => '#/settings/secrets',
  backup: (name: string) => `#/settings/backups/${encodeURIComponent(name)}`,
};

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Reads `location.hash`. A tab that is not known is the overview, so that an old link still leads to its server. */
export function parseRoute(hash: string): Route {
  const [screen = '', id, tab] = hash.replace(/^#\/?/, '').split('/').map(decode);
  if (screen === '') return { name: 'patch-bay' };
  if (screen === 'servers' && id) {
    return { name: 'server', id, tab: SERVER_TABS.find((known) => known === tab) ?? 'overview' };
  }
  if (screen === 'remotes') return id ? { name: 'remotes', id } : { name: 'remotes' };
  if (screen === 'settings') return settingsRoute(id, tab);
  if (screen === 'import' || screen === 'activity') return { name: screen };
  return { name: 'unknown', hash };
}

function settingsRoute(section: string | undefined, item: string | undefined): Route {
  if (section !== 'secrets' && section !== 'backups') return { name: 'settings' };
  return { name: 'settings', section, ...(item !== undefined && { item }) };
}

/** Answers whether the person may leave; asks where something would be lost. */
type Guard = () => Promise<boolean> | boolean;

/** At the first load the address still holds the host's token, which is taken off it a moment later. */
const screenPart = (hash: string): string => (hash.startsWith('#token=') ? '#/' : hash);

class Router {
  #hash = $state(screenPart(window.location.hash));
  #guard: Guard | undefined;

  constructor() {
    window.addEventListener('hashchange', () => void this.#arrive());
    window.addEventListener('beforeunload', (event) => {
      if (this.#guard && this.#guard() !== true) event.preventDefault();
    });
  }

  get route(): Route {
    return parseRoute(this.#hash);
  }

  /** Goes to a screen: `router.go(to.server(id, 'logs'))`. Answers false when unsaved edits kept the person here. */
  async go(hash: string): Promise<boolean> {
    if (this.#guard && !(await this.#guard())) return false;
    this.#hash = hash;
    window.location.hash = hash;
    return true;
  }

  /**
   * Asks `guard` before another screen is shown, whichever way it is left: link, shortcut, Back or closing the tab.
   * False keeps the person here. Answers the function that ends it.
   */
  guard(guard: Guard): () => void {
    this.#guard = guard;
    return () => {
      if (this.#guard === guard) this.#guard = undefined;
    };
  }

  /** The address has changed by a link or by Back: it is taken back while the guard is asked. */
  async #arrive(): Promise<void> {
    const next = window.location.hash;
    if (next === this.#hash) return;
    const answer = this.#guard?.() ?? true;
    if (answer !== true) {
      window.history.replaceState(null, '', this.#hash || '#/');
      if (!(await answer)) return;
      window.history.pushState(null, '', next);
    }
    this.#hash = next;
  }
}

export const router = new Router();
