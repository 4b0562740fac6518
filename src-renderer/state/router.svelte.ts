import { createSubscriber } from 'svelte/reactivity';

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

export type Route =
  | { name: 'patch-bay' }
  | { name: 'server'; id: string; tab: ServerTab }
  | { name: 'remotes'; id?: string }
  | { name: 'import' }
  | { name: 'activity' }
  | { name: 'settings' }
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
  if (screen === 'import' || screen === 'activity' || screen === 'settings') return { name: screen };
  return { name: 'unknown', hash };
}

type Guard = () => Promise<boolean> | boolean;

class Router {
  readonly #subscribe = createSubscriber((update) => {
    window.addEventListener('hashchange', update);
    return () => window.removeEventListener('hashchange', update);
  });
  #guard: Guard | undefined;

  get route(): Route {
    this.#subscribe();
    return parseRoute(window.location.hash);
  }

  /** Goes to a screen: `router.go(to.server(id, 'logs'))`. Answers false when unsaved edits kept the person here. */
  async go(hash: string): Promise<boolean> {
    if (this.#guard && !(await this.#guard())) return false;
    window.location.hash = hash;
    return true;
  }

  /** Asks `guard` before another screen is shown; false keeps the person here. Answers the function that ends it. */
  guard(guard: Guard): () => void {
    this.#guard = guard;
    return () => {
      if (this.#guard === guard) this.#guard = undefined;
    };
  }
}

export const router = new Router();
