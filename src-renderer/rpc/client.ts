import { JSONRPCClient, JSONRPCErrorException, type JSONRPCResponse } from 'json-rpc-2.0';
import type {
  MethodInput,
  MethodName,
  MethodResult,
  NotificationName,
  Notifications,
} from '../../src-main/contract/index.js';
import { Listeners } from './listeners.js';
import { lostError, RpcError, rpcErrorFromWire } from './rpc-error.js';
import type { Transport } from './transport.js';

const LOST = 'connection lost';
/** The library's code for calls that could not be sent, or that it was told to give up. */
const NOT_FROM_THE_WIRE = 0;

type Incoming = { method?: string; params?: unknown };

/** Speaks the contract over whatever transport it was given. One for the whole window: `rpc` below. */
export class RpcClient {
  readonly #listeners = new Map<NotificationName, Listeners<never>>();
  #transport: Transport | undefined;
  #holds = 0;
  #held: Incoming[] = [];
  readonly #client = new JSONRPCClient((message) => {
    if (!this.#transport) throw new Error(LOST);
    this.#transport.send(message);
  });

  /** Speaks over `transport` from here on. Answers the function that lets go of it. */
  attach(transport: Transport): () => void {
    this.#transport = transport;
    const stops = [
      transport.onMessage((message) => this.#receive(message as Incoming)),
      transport.onState((state) => {
        if (state.status !== 'open') this.#client.rejectAllPendingRequests(LOST);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      this.#client.rejectAllPendingRequests(LOST);
      this.#transport = undefined;
    };
  }

  /** Calls one method of the host. Rejects with an `RpcError`, and with nothing else. */
  async call<M extends MethodName>(
    ...[method, params]: Record<string, never> extends MethodInput<M>
      ? [method: M, params?: MethodInput<M>]
      : [method: M, params: MethodInput<M>]
  ): Promise<MethodResult<M>> {
    try {
      return (await this.#client.request(method, params ?? {})) as MethodResult<M>;
    } catch (error) {
      throw RpcClient.#readable(error);
    }
  }

  /** Hears one notification of the host. Answers the function that ends it. */
  on<N extends NotificationName>(name: N, callback: (params: Notifications[N]) => void): () => void {
    let listeners = this.#listeners.get(name) as Listeners<Notifications[N]> | undefined;
    if (!listeners) {
      listeners = new Listeners();
      this.#listeners.set(name, listeners as unknown as Listeners<never>);
    }
    return listeners.add(callback);
  }

  /**
   * Keeps notifications back until the function that is answered is called: what is read of the host meanwhile would
   * otherwise be laid over what the host told later.
   */
  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      if (this.#holds > 0) return;
      const held = this.#held;
      this.#held = [];
      for (const message of held) this.#notify(message);
    };
  }

  #receive(message: Incoming): void {
    if (typeof message.method !== 'string') return this.#client.receive(message as JSONRPCResponse);
    if (this.#holds > 0) this.#held.push(message);
    else this.#notify(message);
  }

  #notify(message: Incoming): void {
    this.#listeners.get(message.method as NotificationName)?.tell(message.params as never);
  }

  static #readable(error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    if (error instanceof JSONRPCErrorException && error.code !== NOT_FROM_THE_WIRE) {
      return rpcErrorFromWire(error.code, error.message, error.data as never);
    }
    return lostError();
  }
}

export const rpc = new RpcClient();
