import {
  isInitializeRequest,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  ReadBuffer,
  serializeMessage,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type JSONRPCMessage,
} from '@modelcontextprotocol/client';
import type { RemoteTransport, Settings } from '../../contract/index.js';
import { networkReason, statusOf } from '../session/http-faults.js';
import { httpFetch } from '../session/http-fetch.js';

/** How long a goodbye (DELETE of the session) may take before the connection is simply closed. */
const GOODBYE_MS = 1_000;
/** How long after the end of stdin answers are still waited for: clients that stop a server wait some 2 s for it. */
const LAST_ANSWERS_MS = 1_500;
const FAILED = -32_000;

type Web = StreamableHTTPClientTransport | SSEClientTransport;
type Options = {
  transport: RemoteTransport;
  headers: Record<string, string>;
  settings: Pick<Settings, 'proxy' | 'caFile'>;
};

/**
 * A server at a URL as if it were a local one: each message on stdin goes there, each of its messages to stdout, as it
 * is. Resolves with the exit code when stdin has ended or the server has gone.
 * @throws AppError `io` when the CA file cannot be read
 */
export async function bridgeToHttp(options: Options): Promise<number> {
  const { fetch, close } = await httpFetch(new URL(options.transport.url), options.settings);
  const bridge = new Bridge(options, fetch);
  try {
    return await bridge.run();
  } finally {
    await close().catch(() => undefined);
  }
}

class Bridge {
  #web: Promise<Web>;
  #end!: (code: number) => void;
  readonly #ended = new Promise<number>((resolve) => (this.#end = resolve));
  /** Requests that were not answered yet. */
  readonly #open = new Set<string | number>();
  /** Stdin has ended. */
  #isLast = false;

  constructor(
    private readonly options: Options,
    private readonly fetch: Awaited<ReturnType<typeof httpFetch>>['fetch'],
  ) {
    this.#web = this.#connect(options.transport.type);
    this.#web.catch(() => undefined);
  }

  async run(): Promise<number> {
    const input = new ReadBuffer();
    process.stdin.on('data', (chunk: Buffer) => {
      input.append(chunk);
      for (let message = next(input); message !== null; message = next(input)) void this.#send(message);
    });
    const noMore = (): void => {
      this.#isLast = true;
      this.#endWhenAnswered();
      setTimeout(() => this.#end(0), LAST_ANSWERS_MS).unref();
    };
    process.stdin.once('end', noMore);
    process.stdin.once('error', noMore);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => this.#end(0));
    const code = await this.#ended;
    await this.#goodbye();
    return code;
  }

  async #connect(type: RemoteTransport['type']): Promise<Web> {
    const { transport, headers } = this.options;
    const options = { requestInit: { headers }, fetch: this.fetch };
    const url = new URL(transport.url);
    const web =
      type === 'sse' ? new SSEClientTransport(url, options) : new StreamableHTTPClientTransport(url, options);
    web.onmessage = (message) => this.#receive(web, message);
    // Without its event stream an SSE session is over; a streamable one can do without.
    if (type === 'sse') web.onerror = (error) => this.#broken(error);
    await web.start();
    return web;
  }

  #receive(web: Web, message: JSONRPCMessage): void {
    if ('id' in message && message.id !== undefined && !('method' in message)) this.#open.delete(message.id);
    if (isJSONRPCResultResponse(message)) {
      const { protocolVersion } = message.result as { protocolVersion?: unknown };
      if (typeof protocolVersion === 'string') web.setProtocolVersion(protocolVersion);
    }
    process.stdout.write(serializeMessage(message));
    this.#endWhenAnswered();
  }

  #endWhenAnswered(): void {
    if (this.#isLast && this.#open.size === 0) this.#end(0);
  }

  async #send(message: JSONRPCMessage): Promise<void> {
    if (isJSONRPCRequest(message)) this.#open.add(message.id);
    try {
      await this.#deliver(message);
    } catch (error) {
      const reason = `${new URL(this.options.transport.url).origin} did not take this: ${reasonOf(error)}`;
      process.stderr.write(`jackfield run: ${reason}\n`);
      if (isJSONRPCRequest(message)) this.#refuse(message.id, reason);
    }
  }

  async #deliver(message: JSONRPCMessage): Promise<void> {
    const web = await this.#web;
    try {
      await web.send(message);
    } catch (error) {
      // MCP, transports, "Backwards Compatibility": 400, 404 or 405 to the first POST may mean a server of 2024-11-05.
      const isOlder = [400, 404, 405].includes(statusOf(error) ?? 0) && isInitializeRequest(message);
      if (!isOlder || web instanceof SSEClientTransport) throw error;
      const older = await this.#connect('sse').catch(() => {
        throw error;
      });
      this.#web = Promise.resolve(older);
      await older.send(message);
    }
  }

  #broken(error: unknown): void {
    for (const id of this.#open) this.#refuse(id, `The connection broke: ${reasonOf(error)}`);
    this.#end(1);
  }

  #refuse(id: string | number, message: string): void {
    if (!this.#open.delete(id)) return;
    process.stdout.write(serializeMessage({ jsonrpc: '2.0', id, error: { code: FAILED, message } }));
    this.#endWhenAnswered();
  }

  async #goodbye(): Promise<void> {
    const web = await this.#web.catch(() => undefined);
    if (web instanceof StreamableHTTPClientTransport)
      await Promise.race([
        web.terminateSession().catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref()),
      ]);
    await web?.close().catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  const status = statusOf(error);
  if (status === 401 || status === 403) return `it refused the credentials (HTTP ${status})`;
  if (status !== undefined) return `HTTP ${status}`;
  return networkReason(error) ?? (error instanceof Error ? error.message : String(error));
}

/** A line that is no message is passed over, as a server at stdin would. */
function next(input: ReadBuffer): JSONRPCMessage | null {
  for (;;) {
    try {
      return input.readMessage();
    } catch {
      process.stderr.write('jackfield run: a line on stdin is no JSON-RPC message\n');
    }
  }
}
