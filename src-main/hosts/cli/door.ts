import { JSONRPCClient, JSONRPCErrorException, type JSONRPCResponse } from 'json-rpc-2.0';
import type {
  MethodInput,
  MethodName,
  MethodResult,
  NotificationName,
  Notifications,
} from '../../contract/index.js';
import { fromWire } from './command-error.js';

type Hear = (method: NotificationName, params: never) => void;

/** The app as a command sees it: the running one, or one that was opened for this command alone. */
export class Door {
  readonly #client: JSONRPCClient;
  readonly #listeners = new Set<Hear>();
  readonly #close: () => Promise<void>;
  /** Resolves when the app is gone. */
  readonly ended: Promise<void>;
  #end!: () => void;

  constructor(
    /** Whether there is a running app, which goes on after this command. */
    readonly isRunning: boolean,
    { send, close }: { send(message: unknown): Promise<void>; close(): Promise<void> },
  ) {
    this.#client = new JSONRPCClient((message) => send(message));
    this.#close = close;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** @throws CommandError as the app answered it */
  async call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    try {
      return (await this.#client.request(method, params as Record<string, unknown>)) as MethodResult<M>;
    } catch (error) {
      // What the client throws for an error that was answered, or made by `fail`.
      if (error instanceof JSONRPCErrorException)
        throw fromWire(error as unknown as Parameters<typeof fromWire>[0]);
      throw error;
    }
  }

  on<N extends NotificationName>(name: N, listener: (params: Notifications[N]) => void): () => void {
    const hear: Hear = (method, params) => {
      if (method === name) listener(params);
    };
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** One decoded message from the app. */
  receive(message: unknown): void {
    const { method, params } = message as { method?: NotificationName; params?: never };
    if (method === undefined) return this.#client.receive(message as JSONRPCResponse);
    for (const listener of this.#listeners) listener(method, params as never);
  }

  /** Nothing will be answered any more. */
  fail(message: string): void {
    this.#client.rejectAllPendingRequests(message);
    this.#end();
  }

  close(): Promise<void> {
    return this.#close();
  }
}
