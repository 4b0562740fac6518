import {
  deserializeMessage,
  serializeMessage,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/client';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';

/** Longest message taken from a server. Far above any sane result; it keeps a runaway server from eating the host. */
const MESSAGE_LIMIT_BYTES = 256 * 1_024 * 1_024;

/**
 * MCP over the stdio of a child that somebody else started and ends: process trees are the supervisor's. A line on
 * stdout that is no JSON-RPC message is handed to `onJunk` and otherwise ignored.
 */
export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  #parts: Buffer[] = [];
  #length = 0;
  #skipping = false;
  #closed = false;

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly onJunk: (line: string) => void,
  ) {}

  async start(): Promise<void> {
    const { stdout, stdin } = this.child;
    stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    stdout.on('error', (error) => this.onerror?.(error));
    // EPIPE after the server ended: its exit is what counts, and is reported by the process.
    stdin.on('error', (error) => this.onerror?.(error));
    this.child.once('close', () => this.#finish());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { stdin } = this.child;
    if (this.#closed || !stdin.writable) throw new Error('the server takes no more input');
    if (stdin.write(serializeMessage(message))) return;
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error): void => {
        stdin.off('drain', done).off('close', ended).off('error', done);
        if (error) reject(error);
        else resolve();
      };
      const ended = (): void => done(new Error('the server closed its input'));
      stdin.once('drain', done).once('close', ended).once('error', done);
    });
  }

  /** Lets go of the child without touching it. */
  async close(): Promise<void> {
    this.#finish();
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts = [];
    this.onclose?.();
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return;
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.#append(chunk.subarray(from, at));
      this.#line();
      from = at + 1;
    }
    this.#append(chunk.subarray(from));
  }

  #append(part: Buffer): void {
    if (part.length === 0 || this.#skipping) return;
    if (this.#length + part.length > MESSAGE_LIMIT_BYTES) {
      this.#skipping = true;
      this.#parts = [];
      this.#length = 0;
      this.onerror?.(new Error(`a message longer than ${MESSAGE_LIMIT_BYTES} bytes was thrown away`));
      return;
    }
    this.#parts.push(part);
    this.#length += part.length;
  }

  #line(): void {
    const text =
      this.#parts.length === 1 ? this.#parts[0]!.toString() : Buffer.concat(this.#parts).toString();
    const skipped = this.#skipping;
    this.#parts = [];
    this.#length = 0;
    this.#skipping = false;
    if (skipped || text.trim() === '') return;
    const message = parseMessage(text);
    if (message) this.onmessage?.(message);
    else this.onJunk(text);
  }
}

function parseMessage(text: string): JSONRPCMessage | undefined {
  try {
    return deserializeMessage(text);
  } catch {
    return undefined;
  }
}
