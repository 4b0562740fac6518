import { randomUUID } from 'node:crypto';
import {
  AppError,
  type LogEntry,
  type Run,
  type Server,
  type Settings,
  type Tool,
  type ToolResult,
  type Value,
} from '../contract/index.js';
import { BaseEnvironment } from './environment.js';
import { Events, type RuntimeEvents } from './events.js';
import { planLaunch } from './launch-plan.js';
import { LogBook } from './log-book.js';
import type { Session } from './session.js';
import { StdioAttempt } from './stdio-attempt.js';
import { Supervisor } from './supervisor.js';

export type { RuntimeEvents };

export type RuntimePorts = {
  dataDir: string;
  cacheDir: string;
  server(id: string): Server | undefined;
  settings(): Settings;
  resolve(value: Value): Promise<string>;
  redact(text: string): string;
  appVersion: string;
};

const HANDSHAKE_MS = 30_000;

type Unit = { supervisor: Supervisor; log: LogBook };

/** What runs: local servers as process trees, remote ones as sessions. */
export class Runtime {
  readonly #events = new Events();
  readonly #units = new Map<string, Unit>();
  readonly #environment = new BaseEnvironment();
  readonly #instance = randomUUID();

  constructor(private readonly ports: RuntimePorts) {
    void this.#environment.ask();
  }

  on<K extends keyof RuntimeEvents>(event: K, listener: (payload: RuntimeEvents[K]) => void): () => void {
    return this.#events.on(event, listener);
  }

  start(serverId: string): Promise<Run> {
    return this.#unit(serverId).supervisor.start();
  }

  stop(serverId: string): Promise<Run> {
    return this.#unit(serverId).supervisor.stop();
  }

  restart(serverId: string): Promise<Run> {
    return this.#unit(serverId).supervisor.restart();
  }

  run(serverId: string): Run {
    return this.#units.get(serverId)?.supervisor.run ?? { serverId, state: 'stopped', restarts: 0 };
  }

  runs(): Run[] {
    return [...this.#units.values()].map((unit) => unit.supervisor.run);
  }

  async logs(serverId: string, o: { before?: number; limit: number; search?: string }): Promise<LogEntry[]> {
    return this.#unit(serverId).log.read(o);
  }

  async tools(serverId: string): Promise<Tool[]> {
    return this.#session(serverId).tools;
  }

  async callTool(
    serverId: string,
    o: { name: string; arguments: Record<string, unknown>; timeoutMs?: number; callId?: string },
  ): Promise<{ result: ToolResult; durationMs: number }> {
    const session = this.#session(serverId);
    const started = performance.now();
    const result = await session.client.callTool({ name: o.name, arguments: o.arguments }, { timeout: o.timeoutMs });
    return { result: result as ToolResult, durationMs: performance.now() - started };
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#units.values()].map((unit) => unit.supervisor.stop()));
    this.#events.clear();
  }

  #session(serverId: string): Session {
    const session = this.#units.get(serverId)?.supervisor.session;
    if (session) return session;
    const name = this.ports.server(serverId)?.name ?? serverId;
    throw new AppError('not_running', `"${name}" is not running.`, 'Start it first.');
  }

  #unit(serverId: string): Unit {
    const known = this.#units.get(serverId);
    if (known) return known;
    const log = new LogBook(
      {
        redact: this.ports.redact,
        appended: (entries, dropped) =>
          this.#events.emit('log.appended', { serverId, entries, ...(dropped > 0 && { dropped }) }),
        keep: () => {},
      },
      1,
    );
    const supervisor: Supervisor = new Supervisor({
      serverId,
      policy: () => this.ports.server(serverId)?.lifecycle.restart ?? 'never',
      launch: (free) => this.#launch(serverId, log, supervisor, free),
      say: (text) => log.add('supervisor', [text]),
      changed: (run) => this.#events.emit('run.changed', { run }),
    });
    const unit = { supervisor, log };
    this.#units.set(serverId, unit);
    return unit;
  }

  #launch(serverId: string, log: LogBook, supervisor: Supervisor, free: Promise<void>): StdioAttempt {
    const transport = this.ports.server(serverId)?.transport;
    const from = log.seq;
    return new StdioAttempt({
      mark: `${this.#instance}:${randomUUID()}`,
      handshakeMs: HANDSHAKE_MS,
      host: {
        appVersion: this.ports.appVersion,
        capabilities: {},
        install: () => {},
        onTools: () => this.#events.emit('tools.changed', { serverId }),
        onLogMessage: (text) => log.add('protocol', [text]),
        onFault: () => {},
        onPing: () => {},
      },
      plan: async () => {
        if (transport?.type !== 'stdio')
          throw new AppError('unsupported', 'Only stdio servers can be started.', 'Choose another transport.');
        const [plan] = await Promise.all([
          planLaunch(transport, { environment: () => this.#environment.get(), resolve: this.ports.resolve }),
          free,
        ]);
        return plan;
      },
      onSpawn: (tree, plan) => {
        supervisor.note({ startedAt: new Date().toISOString() });
        log.add('supervisor', [`started process ${tree.pid}: ${plan.file}`]);
        void tree.remember();
      },
      onOutput: (stream, lines) => log.add(stream, lines),
      lastWords: () => log.tail('stderr', 5, from),
      say: (text) => log.add('supervisor', [text]),
      wrap: (inner) => inner,
    });
  }
}
