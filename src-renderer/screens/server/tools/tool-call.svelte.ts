import type { Problem, ToolResult } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { problemOf } from '../../../rpc/rpc-error.js';

export type CallProgress = { progress: number; total?: number; message?: string };

/** One call that has ended: what was asked, what came back. */
export type CallRecord = {
  id: number;
  tool: string;
  at: string;
  arguments: Record<string, unknown>;
  result?: ToolResult;
  durationMs?: number;
  costUsd?: number;
  problem?: Problem;
  cancelled?: boolean;
};

/** A call that is under way. */
export type RunningCall = {
  callId: string;
  tool: string;
  startedAt: number;
  progress: CallProgress | undefined;
  /** The person gave it up; the host has not said so yet. */
  isCancelled: boolean;
};

const KEPT = 30;
const now = (): string => new Date(Date.now()).toISOString();
let nextId = 1;

/** The calls of one server's tools: those under way, one a tool, and the latest that have ended. */
export class ToolCalls {
  running = $state.raw<readonly RunningCall[]>([]);
  /** Newest first. */
  records = $state.raw<readonly CallRecord[]>([]);

  constructor(readonly serverId: string) {}

  of(tool: string): RunningCall | undefined {
    return this.running.find((call) => call.tool === tool);
  }

  recordsOf(tool: string): CallRecord[] {
    return this.records.filter((record) => record.tool === tool);
  }

  /** Calls a tool; answers the record of it, which says how it went. */
  async call(tool: string, input: Record<string, unknown>): Promise<CallRecord | undefined> {
    if (this.of(tool)) return undefined;
    const callId = crypto.randomUUID();
    this.running = [
      ...this.running,
      { callId, tool, startedAt: Date.now(), progress: undefined, isCancelled: false },
    ];
    const stop = rpc.on('call.progress', ({ callId: id, ...progress }) => {
      if (id !== callId) return;
      this.#change(callId, { progress });
    });
    const record: CallRecord = { id: nextId++, tool, at: now(), arguments: input };
    const began = performance.now();
    try {
      const request = { serverId: this.serverId, name: tool, arguments: input, callId };
      Object.assign(record, await rpc.call('tool.call', request));
    } catch (error) {
      record.problem = problemOf(error);
      record.durationMs = performance.now() - began;
      if (this.of(tool)?.isCancelled) record.cancelled = true;
    } finally {
      stop();
      this.running = this.running.filter((call) => call.callId !== callId);
      this.records = [record, ...this.records].slice(0, KEPT);
    }
    return record;
  }

  /** Tells the server to give a call up. The call itself ends when the host says so. */
  async cancel(tool: string): Promise<void> {
    const call = this.of(tool);
    if (!call) return;
    this.#change(call.callId, { isCancelled: true });
    try {
      await rpc.call('tool.cancel', { callId: call.callId });
    } catch {
      // It has ended meanwhile, or the connection is gone: either way the call itself tells.
    }
  }

  #change(callId: string, change: Partial<RunningCall>): void {
    this.running = this.running.map((call) => (call.callId === callId ? { ...call, ...change } : call));
  }
}
