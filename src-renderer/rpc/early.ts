import { Listeners } from './listeners.js';
import type { Transport, TransportState } from './transport.js';

type Answer = { id?: unknown; method?: unknown };
type Request = { id?: unknown; method?: string };

/** Ids of our own requests: the client's are numbers. */
const idOf = (method: string): string => `early.${method}`;

/**
 * Starts a transport before there is anybody to listen, and asks the host for `methods` as soon as it is open, so that
 * the answers are on their way while the page's own script still is. What comes meanwhile is kept, in its order, for
 * whoever starts the transport that is answered here. The first call of one of `methods` gets the answer that was asked
 * for early, if the connection is still the same.
 */
export function startEarly(transport: Transport, methods: readonly string[]): Transport {
  const messages = new Listeners<unknown>();
  const states = new Listeners<TransportState>();
  /** Until somebody listens. */
  let kept: (() => void)[] | undefined = [];
  const asked = new Set<string>();
  /** An early request's id → the id under which its answer is waited for. */
  const wanted = new Map<string, unknown>();
  const answers = new Map<string, Answer>();

  const tell = (what: () => void): void => (kept ? void kept.push(what) : what());

  transport.onState((state) => {
    for (const each of [asked, wanted, answers]) each.clear();
    if (state.status === 'open' && kept) {
      for (const method of methods) {
        transport.send({ jsonrpc: '2.0', id: idOf(method), method, params: {} });
        asked.add(idOf(method));
      }
    }
    tell(() => states.tell(state));
  });
  transport.onMessage((message) => {
    const { id } = message as Answer;
    if (typeof id !== 'string' || !asked.has(id)) return tell(() => messages.tell(message));
    answers.set(id, message as Answer);
    if (wanted.has(id)) hand(id);
  });

  function hand(early: string): void {
    const answer = answers.get(early);
    if (!answer) return;
    const id = wanted.get(early);
    asked.delete(early);
    answers.delete(early);
    messages.tell({ ...answer, id });
  }

  transport.start();
  return {
    start() {
      const before = kept ?? [];
      kept = undefined;
      for (const what of before) what();
    },
    send(message) {
      const { id, method = '' } = message as Request;
      const early = idOf(method);
      if (!asked.has(early) || wanted.has(early)) return transport.send(message);
      wanted.set(early, id);
      // An answer never comes within the call itself.
      queueMicrotask(() => hand(early));
    },
    onMessage: (callback) => messages.add(callback),
    onState: (callback) => states.add(callback),
    retry: () => transport.retry(),
    close: () => transport.close(),
  };
}
