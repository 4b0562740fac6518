import {
  settingsSchema,
  type NotificationName,
  type Notifications,
  type Run,
  type Settings,
  type Snapshot,
} from '../../../src-main/contract/index.js';
import { Fleet } from '../../../src-main/hosts/desktop/fleet.js';

type Listener = <N extends NotificationName>(method: N, params: Notifications[N]) => void;

/** The app as the native parts see it: a snapshot, notifications, and the calls made on it. */
export class FakeApp {
  calls: { method: string; params: unknown }[] = [];
  #listeners = new Set<Listener>();
  #settings: Settings = settingsSchema.parse({});

  constructor(private readonly names: string[]) {}

  readonly client = {
    call: async (method: string, params: unknown) => {
      this.calls.push({ method, params });
      return method === 'app.snapshot' ? this.snapshot() : {};
    },
  } as never;

  snapshot(): Snapshot {
    const servers = this.names.map((name) => ({ id: `id-${name}`, name }));
    const rest = { remotes: [], links: [], runs: [], notices: [], questions: [], lostSecrets: [] };
    return { ...rest, servers, settings: this.#settings } as unknown as Snapshot;
  }

  isAttended = false;
  setAttended = (isAttended: boolean): void => void (this.isAttended = isAttended);
  onNotification = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  notify: Listener = (method, params) => this.#listeners.forEach((listener) => listener(method, params));

  ran(name: string, state: Run['state'], more: Partial<Run> = {}): void {
    this.notify('run.changed', { run: { serverId: `id-${name}`, state, restarts: 0, ...more } });
  }

  change(settings: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.notify('catalog.changed', { settings: this.#settings });
  }

  fleet(): Promise<Fleet> {
    return Fleet.follow(this, this.client);
  }
}
