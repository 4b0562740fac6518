import { setTimeout as wait } from 'node:timers/promises';
import {
  Client,
  ProtocolError,
  type ServerCapabilities,
  type Tool as McpTool,
  type Transport,
} from '@modelcontextprotocol/client';
import type { Tool } from '../../contract/index.js';
import { CLIENT_CAPABILITIES, installClientSide } from './client-side.js';
import { DefaultJsonSchemaValidator } from './sdk-shims.js';
import type { SessionHost } from './session-host.js';

/** How often a server is asked whether it still answers, and how long it may take. */
const PING_EVERY_MS = 30_000;
const PING_LIMIT_MS = 10_000;
/** Pages fetched of one list before a server whose cursor never ends is given up. */
const MAX_PAGES = 1_000;
/** As many pings as a remote session may leave without an answer. */
const CHECKS = 2;
const CHECK_AGAIN_MS = 5_000;
/** How long a server may go on telling that its tools have changed before they are asked for. */
const SETTLE_MS = 50;

/** One MCP session as a client, over whatever transport: the handshake, the tool list kept current, health. */
export class Session {
  readonly client: Client;
  tools: Tool[] = [];
  #pinging: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  #refreshAgain = false;

  constructor(private readonly host: SessionHost) {
    this.client = new Client(
      { name: 'Jackfield', version: host.appVersion },
      {
        capabilities: CLIENT_CAPABILITIES,
        // Results are judged elsewhere: see there.
        jsonSchemaValidator: new DefaultJsonSchemaValidator(),
        // Over stdio a newer protocol era would be probed with a second process, over HTTP with one more request.
        versionNegotiation: { mode: host.negotiates ? 'auto' : 'legacy' },
        listMaxPages: MAX_PAGES,
        // A newer era tells of changes only where it was asked to.
        listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => this.#toolsChanged() } },
      },
    );
    installClientSide(this.client, host.clientSide);
    this.client.onerror = (error) => host.onFault(error);
    this.client.setNotificationHandler('notifications/tools/list_changed', () => this.#toolsChanged());
    this.client.setNotificationHandler('notifications/message', ({ params }) => {
      const data = typeof params.data === 'string' ? params.data : JSON.stringify(params.data);
      host.onLogMessage(`[${params.level}] ${params.logger ? `${params.logger}: ` : ''}${data}`);
    });
  }

  /** Ready means: `initialize` and, where there are tools, `tools/list` were answered within `limitMs` together. */
  async open(transport: Transport, limitMs: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + limitMs;
    const left = (): number => Math.max(1, deadline - performance.now());
    await this.client.connect(transport, { timeout: limitMs, signal });
    await this.#fetchTools({ timeout: left(), maxTotalTimeout: left(), signal });
    this.#pinging = setInterval(() => void this.#ping(), this.#pingEveryMs);
    this.#pinging.unref();
  }

  get serverInfo(): { name: string; version: string } | undefined {
    const info = this.client.getServerVersion();
    return info && { name: info.name, version: info.version };
  }

  get protocolVersion(): string | undefined {
    return this.client.getNegotiatedProtocolVersion();
  }

  get capabilities(): ServerCapabilities {
    return this.client.getServerCapabilities() ?? {};
  }

  /** All pages of resources and of resource templates. */
  async resources(): Promise<{ resources: unknown[]; resourceTemplates: unknown[] }> {
    const [{ resources }, { resourceTemplates }] = await Promise.all([
      this.client.listResources(),
      // Servers that offer resources need not know of templates.
      this.client.listResourceTemplates().catch(() => ({ resourceTemplates: [] })),
    ]);
    return { resources, resourceTemplates };
  }

  /** Ends the session politely where the transport knows how; never throws. */
  async close(): Promise<void> {
    clearInterval(this.#pinging);
    this.#pinging = undefined;
    clearTimeout(this.#settling);
    await this.client.close().catch(() => {});
  }

  async #fetchTools(options: {
    timeout?: number;
    maxTotalTimeout?: number;
    signal?: AbortSignal;
  }): Promise<void> {
    if (!this.capabilities.tools) return;
    const { tools } = await this.client.listTools(undefined, options);
    this.tools = tools.map(toTool);
  }

  /**
   * Servers may send a burst of these, most of all right at their start, where asking again for each would delay
   * everybody's first answer: the list is asked for once they are through.
   */
  #toolsChanged(): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      this.#refetchTools();
    }, SETTLE_MS).unref();
  }

  /** One at a time, and one more if it changed meanwhile. */
  #refetchTools(): void {
    if (this.#refreshing) {
      this.#refreshAgain = true;
      return;
    }
    this.#refreshing = this.#fetchTools({})
      .then(
        () => this.host.onTools(),
        (error: unknown) => this.host.onFault(error),
      )
      .finally(() => {
        this.#refreshing = undefined;
        if (!this.#refreshAgain) return;
        this.#refreshAgain = false;
        this.#refetchTools();
      });
  }

  get #pingEveryMs(): number {
    return this.host.pingEveryMs ?? PING_EVERY_MS;
  }

  /**
   * After the computer slept: pings at once, and again a few times while there is no answer, since the network comes
   * back some seconds later than the computer does.
   */
  async check(): Promise<void> {
    for (let count = 0; count < CHECKS && this.#pinging; count += 1) {
      if (await this.#ping()) return;
      await wait(Math.min(CHECK_AGAIN_MS, this.#pingEveryMs), undefined, { ref: false });
    }
  }

  async #ping(): Promise<boolean> {
    try {
      await this.client.ping({ timeout: Math.min(PING_LIMIT_MS, this.#pingEveryMs) });
      this.host.onPing(true);
      return true;
    } catch (error) {
      // "No such method" is an answer too.
      const answered = error instanceof ProtocolError;
      this.host.onPing(answered);
      return answered;
    }
  }
}

function toTool(tool: McpTool): Tool {
  return {
    name: tool.name,
    ...(tool.title !== undefined && { title: tool.title }),
    ...(tool.description !== undefined && { description: tool.description }),
    inputSchema: tool.inputSchema as Record<string, unknown>,
    ...(tool.outputSchema && { outputSchema: tool.outputSchema as Record<string, unknown> }),
    ...(tool.annotations && { annotations: tool.annotations as Record<string, unknown> }),
  };
}
