import type { App } from '../../app.js';
import type {
  NotificationName,
  Notifications,
  Run,
  RunState,
  Settings,
  Snapshot,
} from '../../contract/index.js';
import type { LocalClient } from './local-client.js';

export type FleetServer = { id: string; name: string; state: RunState };
type RunListener = (server: FleetServer, run: Run, before: RunState) => void;
type Heard = { [N in NotificationName]: [method: N, params: Notifications[N]] }[NotificationName];

/** Servers, their states and the settings, as the native parts of the app need them: a mirror of what the app tells. */
export class Fleet {
  #names = new Map<string, string>();
  #runs = new Map<string, Run>();
  #settings: Settings;
  #changed = new Set<() => void>();
  #settingsChanged = new Set<(settings: Settings) => void>();
  #runChanged = new Set<RunListener>();

  private constructor({ servers, runs, settings }: Snapshot) {
    this.#settings = settings;
    for (const { id, name } of servers) this.#names.set(id, name);
    for (const run of runs) this.#runs.set(run.serverId, run);
  }

  static async follow(app: Pick<App, 'onNotification'>, client: Pick<LocalClient, 'call'>): Promise<Fleet> {
    // Listening begins before the snapshot is asked for, so that nothing falls between the two.
    const early: Heard[] = [];
    let hear = (heard: Heard): void => void early.push(heard);
    app.onNotification((method, params) => hear([method, params] as unknown as Heard));
    const fleet = new Fleet(await client.call('app.snapshot', {}));
    hear = (heard) => fleet.#hear(heard);
    early.forEach(hear);
    return fleet;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** By name, as the window lists them. */
  servers(): FleetServer[] {
    return [...this.#names]
      .map(([id, name]) => ({ id, name, state: this.#stateOf(id) }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  count(...states: RunState[]): number {
    return [...this.#names.keys()].filter((id) => states.includes(this.#stateOf(id))).length;
  }

  /** A process or session of it may be there: it has to be stopped before the app ends. */
  live(): FleetServer[] {
    return this.servers().filter(({ state }) => state !== 'stopped' && state !== 'failed');
  }

  onChanged(listener: () => void): void {
    this.#changed.add(listener);
  }

  /** Told of every change, and at once of what they are now. */
  onSettings(listener: (settings: Settings) => void): void {
    this.#settingsChanged.add(listener);
    listener(this.#settings);
  }

  onRun(listener: RunListener): void {
    this.#runChanged.add(listener);
  }

  #stateOf(id: string): RunState {
    return this.#runs.get(id)?.state ?? 'stopped';
  }

  #hear([method, params]: Heard): void {
    if (method === 'run.changed') this.#hearRun(params.run);
    if (method === 'catalog.changed') this.#hearCatalog(params);
  }

  #hearRun(run: Run): void {
    const before = this.#stateOf(run.serverId);
    this.#runs.set(run.serverId, run);
    const name = this.#names.get(run.serverId);
    if (name === undefined || before === run.state) return;
    const server = { id: run.serverId, name, state: run.state };
    for (const listener of this.#runChanged) listener(server, run, before);
    this.#tell();
  }

  #hearCatalog({ servers, removed, settings }: Notifications['catalog.changed']): void {
    for (const { id, name } of servers ?? []) this.#names.set(id, name);
    for (const id of removed?.servers ?? []) {
      this.#names.delete(id);
      this.#runs.delete(id);
    }
    if (settings) {
      this.#settings = settings;
      for (const listener of this.#settingsChanged) listener(settings);
    }
    if (servers || removed?.servers) this.#tell();
  }

  #tell(): void {
    for (const listener of this.#changed) listener();
  }
}
