import type {
  JSONRPCMessage,
  MessageExtraInfo,
  Transport,
  TransportSendOptions,
} from '@modelcontextprotocol/client';

/** Characters kept of one message: enough to see what it is about, little enough to keep a log readable. */
const MESSAGE_CHARACTERS = 20_000;

export type ProtocolTap = {
  /** Asked at every message, so that switching it on needs no restart. */
  isOn(): boolean;
  write(line: string): void;
};

/** A transport that also writes every message, in both directions, to the server's log. */
export class TappedTransport implements Transport {
  constructor(
    private readonly inner: Transport,
    private readonly tap: ProtocolTap,
  ) {}

  async start(): Promise<void> {
    this.inner.onclose = () => this.onclose?.();
    this.inner.onerror = (error) => this.onerror?.(error);
    this.inner.onmessage = (message: JSONRPCMessage, extra?: MessageExtraInfo) => {
      this.#write('←', message);
      this.onmessage?.(message, extra);
    };
    await this.inner.start();
  }

  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    this.#write('→', message);
    return this.inner.send(message, options);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];

  get sessionId(): string | undefined {
    return this.inner.sessionId;
  }

  get hasPerRequestStream(): boolean | undefined {
    return this.inner.hasPerRequestStream;
  }

  setProtocolVersion(version: string): void {
    this.inner.setProtocolVersion?.(version);
  }

  setSupportedProtocolVersions(versions: string[]): void {
    this.inner.setSupportedProtocolVersions?.(versions);
  }

  #write(arrow: '→' | '←', message: JSONRPCMessage): void {
    if (!this.tap.isOn()) return;
    const text = JSON.stringify(message);
    const cut = text.length - MESSAGE_CHARACTERS;
    this.tap.write(
      `${arrow} ${cut > 0 ? `${text.slice(0, MESSAGE_CHARACTERS)} … [cut: ${cut} more characters]` : text}`,
    );
  }
}
