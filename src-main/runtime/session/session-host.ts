import type { ClientSidePorts } from './client-side.js';

/** What a session needs from the one that opened it, and what it tells it. */
export type SessionHost = {
  appVersion: string;
  /** Newer protocol eras are asked for: only where that starts nothing twice. */
  negotiates?: boolean;
  /** What it answers to what a server asks of its client. */
  clientSide: ClientSidePorts;
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
