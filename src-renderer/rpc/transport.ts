/** Where the connection to the host stands. */
export type TransportState =
  | { status: 'connecting' }
  | { status: 'open' }
  /** The connection was lost or could not be made; the next try begins at `retryAt` (epoch milliseconds). */
  | { status: 'waiting'; attempt: number; retryAt: number }
  /** Trying again cannot help: the page has no token, or the host does not take it. */
  | { status: 'refused'; reason: 'no_token' | 'token_refused' };

/** Carries whole JSON-RPC messages, already parsed, to and from the host. */
export interface Transport {
  /** Begins to connect; states and messages are told from here on. */
  start(): void;
  /** Sends one message. Throws when the transport is not open. */
  send(message: unknown): void;
  onMessage(callback: (message: unknown) => void): () => void;
  onState(callback: (state: TransportState) => void): () => void;
  /** Tries at once instead of at the end of the back-off. */
  retry(): void;
  close(): void;
}
