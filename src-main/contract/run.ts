import type { Problem } from './errors.js';
import type { FixAction } from './fix.js';

export const RUN_STATES = ['stopped', 'starting', 'running', 'stopping', 'backoff', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What is known of one server's process or session. Times are ISO 8601 UTC, durations milliseconds. */
export type Run = {
  serverId: string;
  state: RunState;
  /** Absent for HTTP servers: they are sessions without a process. */
  pid?: number;
  startedAt?: string;
  /** From spawn to the answered tool list. */
  readyMs?: number;
  /** Automatic restarts since the person last started it. */
  restarts: number;
  exitCode?: number | null;
  signal?: string | null;
  serverInfo?: { name: string; version: string };
  protocolVersion?: string;
  toolCount?: number;
  /**
   * How this start was made quicker: without npx, since its cache has the package, or by uvx without asking its index.
   * `otherwiseMs` is what the last start without the shortcut took to be ready, where there was one.
   */
  shortcut?: { of: 'npx' | 'uvx'; otherwiseMs?: number };
  cpuPercent?: number;
  rssBytes?: number;
  error?: Problem;
  /** In `backoff`: when the next try begins. */
  retryAt?: string;
};

export type LogStream = 'stderr' | 'stdout' | 'protocol' | 'supervisor';
/** `seq` counts up by one per server across restarts of the app; `text` is one line, redacted. */
export type LogEntry = { seq: number; at: string; stream: LogStream; text: string };

/** CPU and memory of a server's whole process tree at one moment. */
export type Metric = { at: string; cpuPercent: number; rssBytes: number };

/** An MCP tool as its server describes it; parsed, never trusted: shown as text only. */
export type Tool = {
  name: string;
  title?: string;
  description?: string;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown>;
  annotations?: Record<string, unknown>;
};

export type Finding = {
  severity: 'ok' | 'info' | 'warning' | 'error';
  code: string;
  title: string;
  detail: string;
  /** What a person can do about it. */
  fix?: string;
  /** The same at one click, where it is safe. */
  action?: FixAction;
};

/** Calls of one day: tool → how many. The day is the person's own: `2026-11-24`. */
export type CallDay = { day: string; calls: Record<string, number> };
