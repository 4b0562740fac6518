import { bridgeTransport } from './bridge.js';
import { takeToken } from './token.js';
import type { Transport } from './transport.js';
import { WebSocketTransport } from './websocket.js';

async function hostAnswers(): Promise<boolean> {
  try {
    return (await fetch(window.location.pathname, { method: 'HEAD', cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

/** The transport of the place this page runs in: the desktop window or a browser tab. */
export function transportForThisPage(): Transport {
  if (window.jackfield) return bridgeTransport(window.jackfield);
  const { location, history, sessionStorage } = window;
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocketTransport({
    url: `${scheme}//${location.host}/rpc`,
    token: () => takeToken(location, history, sessionStorage),
    hostAnswers,
  });
}
