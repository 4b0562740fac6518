import { Listeners } from './listeners.js';
import type { Transport, TransportState } from './transport.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

export type WebSocketTransportOptions = {
  /** `ws://127.0.0.1:4555/rpc` */
  url: string;
  /** Read anew at each try: a new tab address may have brought another token. */
  token: () => string | undefined;
  /** Tells whether the host answers HTTP: it is up, so a refused socket means a refused token. */
  hostAnswers: () => Promise<boolean>;
};

/** The browser host's transport. Connects again by itself, with back-off, until it is closed. */
export class WebSocketTransport implements Transport {
  readonly #options: WebSocketTransportOptions;
  readonly #messages = new Listeners<unknown>();
  readonly #states = new Listeners<TransportState>();
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #closed = false;

  constructor(options: WebSocketTransportOptions) {
    this.#options = options;
  }

  start(): void {
    this.#connect();
  }

  send(message: unknown): void {
    if (this.#socket?.readyState !== WebSocket.OPEN)
      throw new Error('The connection to the host is not open');
    this.#socket.send(JSON.stringify(message));
  }

  onMessage(callback: (message: unknown) => void): () => void {
    return this.#messages.add(callback);
  }

  onState(callback: (state: TransportState) => void): () => void {
    return this.#states.add(callback);
  }

  retry(): void {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect(): void {
    const token = this.#options.token();
    if (!token) return this.#states.tell({ status: 'refused', reason: 'no_token' });
    this.#states.tell({ status: 'connecting' });
    const socket = new WebSocket(this.#options.url, ['jackfield.v1', `bearer.${token}`]);
    let opened = false;
    this.#socket = socket;
    socket.onopen = () => {
      opened = true;
      this.#attempt = 0;
      this.#states.tell({ status: 'open' });
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => {
      this.#socket = undefined;
      if (!this.#closed) void this.#lost(opened);
    };
  }

  #receive(data: unknown): void {
    if (typeof data === 'string') this.#messages.tell(JSON.parse(data));
  }

  async #lost(wasOpen: boolean): Promise<void> {
    if (!wasOpen && (await this.#options.hostAnswers())) {
      return this.#states.tell({ status: 'refused', reason: 'token_refused' });
    }
    this.#attempt += 1;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.#attempt - 1)) * (0.8 + Math.random() * 0.4);
    this.#states.tell({ status: 'waiting', attempt: this.#attempt, retryAt: Date.now() + wait });
    this.#timer = setTimeout(() => this.#connect(), wait);
  }
}
