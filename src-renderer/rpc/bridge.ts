import { Listeners } from './listeners.js';
import type { Transport, TransportState } from './transport.js';

/** The desktop host's transport: Electron's IPC through the preload script. It is there as long as the window is. */
export function bridgeTransport(bridge: JackfieldBridge): Transport {
  const messages = new Listeners<unknown>();
  const states = new Listeners<TransportState>();
  let stop: (() => void) | undefined;
  return {
    start() {
      stop ??= bridge.onMessage((message) => messages.tell(message));
      states.tell({ status: 'open' });
    },
    send: (message) => bridge.send(message),
    onMessage: (callback) => messages.add(callback),
    onState: (callback) => states.add(callback),
    retry: () => states.tell({ status: 'open' }),
    close() {
      stop?.();
      stop = undefined;
    },
  };
}
