import type { Client, ClientCapabilities } from '@modelcontextprotocol/client';

/** What a session needs from the one that opened it, and what it tells it. */
export type SessionHost = {
  appVersion: string;
  capabilities: ClientCapabilities;
  /** Newer protocol eras are asked for: only where that starts nothing twice. */
  negotiates?: boolean;
  /** Sets the handlers for what servers may ask of a client. */
  install(client: Client): void;
  /** How often it is pinged; 30 s without. */
  pingEveryMs?: number;
  /** The tool list changed and was fetched again. */
  onTools(): void;
  /** A log message of the server (`notifications/message`), as one line. */
  onLogMessage(text: string): void;
  /** Something out of band went wrong; the session goes on. */
  onFault(error: unknown): void;
  onPing(answered: boolean): void;
};
