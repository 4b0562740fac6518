import { AppError } from '../contract/index.js';
import { Desk } from './desk.js';
import { Connections } from './http/dispatcher.js';
import type { SyncPorts } from './ports.js';

/** One desk a remote, for as long as the remote is the same. */
export class Desks {
  readonly #desks = new Map<string, Desk>();
  readonly #connections: Connections;

  constructor(private readonly ports: SyncPorts) {
    this.#connections = new Connections(ports.settings);
  }

  /** @throws AppError not_found */
  at(remoteId: string): Desk {
    const remote = this.ports.catalog.remote(remoteId);
    if (!remote)
      throw new AppError(
        'not_found',
        `There is no remote with the id "${remoteId}".`,
        'It may have been removed in another window.',
      );
    const known = this.#desks.get(remoteId);
    if (known?.remote === remote) return known;
    const desk = new Desk(remote, this.ports, this.#connections, known?.line);
    this.#desks.set(remoteId, desk);
    return desk;
  }

  /**
   * Runs one at a time with all else that writes to this remote. Whoever waited gets the remote as it is by then.
   * @throws AppError not_found where it is gone by then
   */
  inTurn<T>(remoteId: string, work: (desk: Desk) => Promise<T>): Promise<T> {
    return this.at(remoteId).inTurn(() => work(this.at(remoteId)));
  }

  drop(remoteId: string): void {
    this.#desks.delete(remoteId);
  }

  /** Cuts every request off and waits until what they were part of is noted. */
  async close(): Promise<void> {
    await this.#connections.close();
    await Promise.all([...this.#desks.values()].map((desk) => desk.idle()));
  }
}
