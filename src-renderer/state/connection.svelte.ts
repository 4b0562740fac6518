import type { AppInfo } from '../../src-main/contract/index.js';
import type { Transport, TransportState } from '../rpc/transport.js';

/** Where the connection to the host stands, and what the host said of itself. */
class Connection {
  /** `starting` until the first state is told. */
  state = $state.raw<TransportState | { status: 'starting' }>({ status: 'starting' });
  info = $state.raw<AppInfo>();
  /** The first snapshot has arrived: the screens have something true to show. */
  loaded = $state(false);
  /** Why the snapshot could not be read, where it could not. */
  loadError = $state.raw<unknown>();

  readonly online = $derived(this.state.status === 'open');
  /** It was there once and is gone now: what is shown may be old, and nothing can be changed. */
  readonly lost = $derived(this.loaded && !this.online);

  #transport: Transport | undefined;

  use(transport: Transport): void {
    this.#transport = transport;
  }

  retry(): void {
    this.#transport?.retry();
  }

  reset(): void {
    this.state = { status: 'starting' };
    this.info = undefined;
    this.loaded = false;
    this.loadError = undefined;
  }
}

export const connection = new Connection();
