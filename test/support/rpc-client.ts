import { WebSocket } from 'ws';
import type {
  MethodInput,
  MethodName,
  MethodResult,
  NotificationName,
  Notifications,
} from '../../src-main/contract/index.js';

export type WireError = Error & {
  code: number;
  data?: { code: string; hint: string; issues?: { path: string; message: string }[] };
};

type Waiting = { resolve(result: unknown): void; reject(error: Error): void };
type Heard = { method: string; params: unknown };

/** A plain JSON-RPC client over the real WebSocket: what any other program would write. */
export class RpcClient {
  #nextId = 1;
  #waiting = new Map<number, Waiting>();
  #hungUp: Error | undefined;
  /** Lets `sendText` look again, after a frame and after the end. */
  #wake = (): void => undefined;
  #listeners = new Set<(heard: Heard) => void>();
  /** Every frame received, for tests that look for what must not be there. */
  readonly frames: string[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.#receive(data.toString('utf8')));
    socket.on('close', (code, reason) => {
      this.#hungUp = new Error(`The host hung up: ${code} ${reason.toString('utf8')}`);
      for (const { reject } of this.#waiting.values()) reject(this.#hungUp);
      this.#waiting.clear();
      this.#wake();
    });
  }

  static connect(rpc: string, token: string, headers: Record<string, string> = {}): Promise<RpcClient> {
    const socket = new WebSocket(rpc, ['jackfield.v1', `bearer.${token}`], { headers });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new RpcClient(socket)));
      socket.once('error', reject);
    });
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    return this.raw(method, params) as Promise<MethodResult<M>>;
  }

  /** For params that the types forbid. */
  raw(method: string, params: unknown): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      // A call into a closed socket would never be answered.
      if (this.#hungUp) return reject(this.#hungUp);
      this.#waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  /** Sends text as it is and answers the next frame that is no notification. */
  async sendText(text: string): Promise<unknown> {
    let next = this.frames.length;
    this.socket.send(text);
    for (;;) {
      for (; next < this.frames.length; next += 1) {
        const message = JSON.parse(this.frames[next] ?? '') as { method?: string };
        if (message.method === undefined) return message;
      }
      if (this.#hungUp) throw this.#hungUp;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  on<N extends NotificationName>(method: N, listener: (params: Notifications[N]) => void): () => void {
    const hear = (heard: Heard): void => {
      if (heard.method === method) listener(heard.params as Notifications[N]);
    };
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** The next notification that fits; rejects after `limitMs`. */
  next<N extends NotificationName>(
    method: N,
    fits: (params: Notifications[N]) => boolean = () => true,
    limitMs = 30_000,
  ): Promise<Notifications[N]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`No ${method} came within ${limitMs} ms.`));
      }, limitMs);
      const stop = this.on(method, (params) => {
        if (!fits(params)) return;
        clearTimeout(timer);
        stop();
        resolve(params);
      });
    });
  }

  close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      this.socket.close();
    });
  }

  #receive(text: string): void {
    this.frames.push(text);
    this.#wake();
    const message = JSON.parse(text) as {
      id?: number;
      result?: unknown;
      error?: WireError;
      method?: string;
      params?: unknown;
    };
    if (message.method) return this.#listeners.forEach((hear) => hear(message as Heard));
    const waiting = this.#waiting.get(message.id ?? -1);
    if (!waiting) return;
    this.#waiting.delete(message.id ?? -1);
    if (message.error) waiting.reject(Object.assign(new Error(message.error.message), message.error));
    else waiting.resolve(message.result);
  }
}
