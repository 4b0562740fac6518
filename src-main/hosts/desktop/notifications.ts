import { Notification } from 'electron';
import type { App } from '../../app.js';
import type { Run } from '../../contract/index.js';
import type { Fleet, FleetServer } from './fleet.js';
import type { MainWindow } from './main-window.js';

/** Failures that come together (a lost network, a broken update) are told together. */
const GATHER_MS = 1_000;
const MOST_NAMES = 3;
/** How many may lie in the system's list and still answer a click. */
const MOST_KEPT = 32;

type Drift = { serverId: string; title: string };
type Failure = { server: FleetServer; message: string };

/** Tells of failures, servers' questions and changes on remotes while nobody is looking at the window. */
export class NativeNotifications {
  #failures: Failure[] = [];
  #drifts: Drift[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** A notification that is collected as garbage forgets its click. */
  #shown = new Set<Notification>();

  constructor(
    app: Pick<App, 'onNotification'>,
    private readonly fleet: Pick<Fleet, 'onRun' | 'servers'>,
    private readonly window: Pick<MainWindow, 'isWatched' | 'deliver'>,
    private readonly restart: (serverId: string) => void,
  ) {
    if (!Notification.isSupported()) return;
    fleet.onRun((server, run, before) => {
      // A stop that was asked for, or a start that somebody is waiting for at the window, is no news.
      if (run.state === 'failed' && before !== 'stopped') this.#failed(server, run);
    });
    app.onNotification((method, params) => {
      if (method === 'question.asked') this.#asked((params as { question: { serverId: string } }).question);
      if (method === 'drift.found') this.#drifted(params as Drift);
    });
  }

  #failed(server: FleetServer, run: Run): void {
    this.#failures = [
      ...this.#failures.filter(({ server: { id } }) => id !== server.id),
      { server, message: run.error?.message ?? 'It ended by itself.' },
    ];
    if (this.#timer) return;
    this.#timer = setTimeout(() => this.#tellFailures(), GATHER_MS);
    this.#timer.unref();
  }

  #tellFailures(): void {
    this.#timer = undefined;
    const failures = this.#failures.splice(0);
    const [first] = failures;
    if (!first || this.window.isWatched) return;
    if (failures.length > 1) return this.#tellSeveral(failures);
    const { id, name } = first.server;
    const notification = new Notification({
      title: `${name} has failed`,
      body: first.message,
      actions: [{ type: 'button', text: 'Restart' }],
    });
    notification.on('action', () => this.restart(id));
    this.#show(notification, () => this.window.deliver({ kind: 'server', serverId: id }));
  }

  #tellSeveral(failures: Failure[]): void {
    const names = failures.slice(0, MOST_NAMES).map(({ server }) => server.name);
    const more = failures.length - names.length;
    const notification = new Notification({
      title: `${failures.length} servers have failed`,
      body: names.join(', ') + (more > 0 ? ` and ${more} more` : ''),
    });
    this.#show(notification, () => this.window.deliver({ kind: 'command', command: 'go.patch-bay' }));
  }

  #asked({ serverId }: { serverId: string }): void {
    if (this.window.isWatched) return;
    const name = this.fleet.servers().find(({ id }) => id === serverId)?.name ?? 'A server';
    const notification = new Notification({
      title: `${name} asks you something`,
      body: 'Open it to answer.',
    });
    this.#show(notification, () => this.window.deliver({ kind: 'server', serverId }));
  }

  /** Changes that one look at a remote finds are told together. */
  #drifted(drift: Drift): void {
    this.#drifts = [...this.#drifts.filter(({ serverId }) => serverId !== drift.serverId), drift];
    if (this.#drifts.length > 1) return;
    setTimeout(() => this.#tellDrifts(), GATHER_MS).unref();
  }

  #tellDrifts(): void {
    const drifts = this.#drifts.splice(0);
    const [first] = drifts;
    if (!first || this.window.isWatched) return;
    const more = drifts.length - 1;
    const body =
      more > 0 ? `So ${more === 1 ? 'was one other' : `were ${more} others`}.` : 'Open it to see both sides.';
    this.#show(new Notification({ title: first.title, body }), () =>
      this.window.deliver(
        more > 0
          ? { kind: 'command', command: 'go.patch-bay' }
          : { kind: 'server', serverId: first.serverId },
      ),
    );
  }

  #show(notification: Notification, onClick: () => void): void {
    const [oldest] = this.#shown;
    if (oldest && this.#shown.size >= MOST_KEPT) this.#shown.delete(oldest);
    this.#shown.add(notification);
    notification.on('click', onClick);
    // One that timed out is still in the system's list, from where it can be clicked.
    notification.on('close', ({ reason }) => {
      if (reason !== 'timedOut') this.#shown.delete(notification);
    });
    notification.show();
  }
}
