import { z } from 'zod';
import type { CallDay, Finding, LogEntry, Metric, Run, Tool } from '../run.js';
import { method } from './define.js';
import { id, jsonObject, none } from './params.js';

const server = z.strictObject({ serverId: id });
const ofServer = <S extends z.ZodRawShape>(shape: S) => z.strictObject({ serverId: id, ...shape });

/** An MCP `CallToolResult`, as the server sent it and the SDK parsed it. */
export type ToolResult = { content: unknown[]; structuredContent?: unknown; isError?: boolean };

export const runMethods = {
  /** Answers when the server is ready or has failed; a failure is an error, and stays in `run.error`. */
  'run.start': method<{ run: Run }>()(server),
  /** A second stop while stopping forces it. */
  'run.stop': method<{ run: Run }>()(server),
  'run.restart': method<{ run: Run }>()(server),
  /** The newest `limit` entries before `before`, oldest first. */
  'run.logs': method<{ entries: LogEntry[] }>()(
    ofServer({
      before: z.number().int().min(0).optional(),
      limit: z.number().int().min(1).max(5_000).default(500),
      /** Only entries that hold this text, without regard to case. */
      search: z.string().max(200).optional(),
    }),
  ),
  /** The last hour of the tree's CPU and memory; while somebody keeps asking it is sampled every 2 s. */
  'run.metrics': method<{ metrics: Metric[] }>()(server),

  'tool.list': method<{ tools: Tool[] }>()(server),
  'tool.call': method<{ result: ToolResult; durationMs: number; costUsd?: number }>()(
    ofServer({
      name: z.string().min(1).max(512),
      arguments: jsonObject.default({}),
      timeoutMs: z.number().int().min(1).max(3_600_000).optional(),
      /** Chosen by the caller: names the call in `call.progress` and `tool.cancel`. */
      callId: z.string().min(1).max(100).optional(),
    }),
  ),
  /** How often each tool was called from here, by day, the latest first; a month is kept. */
  'tool.calls': method<{ days: CallDay[] }>()(server),
  'tool.cancel': method<Record<string, never>>()(z.strictObject({ callId: z.string() })),
  'resource.list': method<{ resources: unknown[]; resourceTemplates: unknown[] }>()(server),
  'resource.read': method<{ contents: unknown[] }>()(ofServer({ uri: z.string().min(1) })),
  'prompt.list': method<{ prompts: unknown[] }>()(server),
  'prompt.get': method<{ description?: string; messages: unknown[] }>()(
    ofServer({ name: z.string().min(1), arguments: z.record(z.string(), z.string()).default({}) }),
  ),

  'doctor.check': method<{ findings: Finding[] }>()(server),
  /**
   * Fetches the package that a start by npx or uvx would download. Answers when it is there; what is said meanwhile is in
   * the server's log. Refused where the command may not run.
   */
  'package.fetch': method<Record<string, never>>()(server),
  /** Answers when nothing of a fetch runs any more. */
  'package.cancelFetch': method<Record<string, never>>()(server),
  /** Asks the login shell for its environment again. */
  'environment.refresh': method<{ path: string; shell: string; tookMs: number }>()(none),
  'question.answer': method<Record<string, never>>()(
    z.strictObject({
      id,
      action: z.enum(['accept', 'decline', 'cancel']),
      content: jsonObject.optional(),
    }),
  ),
};
