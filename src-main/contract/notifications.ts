import type { Intent } from './intent.js';
import type { EditList } from './methods/undo.js';
import type { Link, Remote } from './remote.js';
import type { UpdateState } from './methods/updates.js';
import type { LogEntry, Metric, Run } from './run.js';
import type { ToolChange } from './methods/tool-changes.js';
import type { Server } from './server.js';
import type { Settings } from './settings.js';

/** Something the person should know that is no answer to a request (a set-aside catalog, a swept process). */
export type Notice = {
  id: string;
  at: string;
  severity: 'info' | 'warning' | 'error';
  title: string;
  detail: string;
  /**
   * What can be done about it: look at a backup and go back to it, move plain values to the keychain, look at what a
   * server says of its tools now.
   */
  offer?: { kind: 'backup'; name: string } | { kind: 'plain_secrets' } | { kind: 'tools'; serverId: string };
};

export const ACTIVITY_KINDS = ['run', 'sync', 'edit', 'call', 'notice'] as const;
/** One line of the Activity screen. */
export type Activity = {
  id: number;
  at: string;
  kind: (typeof ACTIVITY_KINDS)[number];
  severity: 'info' | 'warning' | 'error';
  title: string;
  detail?: string;
  serverId?: string;
  remoteId?: string;
};

/** A server's question to the person (MCP sampling and elicitation). Refused when nobody answers in time. */
export type Question = {
  id: string;
  serverId: string;
  kind: 'elicitation' | 'sampling';
  message: string;
  /** Elicitation: the JSON schema of the answer. */
  schema?: Record<string, unknown>;
  /** Sampling: what the server wants a model to be asked, as text. */
  preview?: string;
  expiresAt: string;
};

/** Everything the host says without being asked: JSON-RPC notifications, method → params. */
export type Notifications = {
  'catalog.changed': {
    servers?: Server[];
    remotes?: Remote[];
    links?: Link[];
    settings?: Settings;
    removed?: { servers?: string[]; remotes?: string[]; links?: string[] };
  };
  /** What `edit.list` would answer now. */
  'edit.changed': EditList;
  /** All secrets that are known to be gone, after an undo or a restore. */
  'secrets.lost': { ids: string[] };
  'run.changed': { run: Run };
  'log.appended': { serverId: string; entries: LogEntry[]; dropped?: number };
  /** Somebody else changed, or deleted, an entry that is patched from here; sent where the person wants to be told. */
  'drift.found': { linkId: string; serverId: string; remoteId: string; title: string };
  'sync.progress': { done: number; total: number; linkId?: string };
  'tools.changed': { serverId: string };
  'metrics.sampled': { serverId: string; metric: Metric };
  'call.progress': { callId: string; progress: number; total?: number; message?: string };
  'question.asked': { question: Question };
  'question.closed': { id: string };
  /** Files of these AI clients, or what their jacks show, have changed: ask `client.list` for them again. */
  'clients.changed': { clients: string[] };
  'activity.added': { entries: Activity[] };
  'notice.added': { notice: Notice };
  'update.changed': { update: UpdateState };
  /** What `tool.changes` would answer now. */
  'tools.flagged': { serverId: string; changes: ToolChange[] };
  /** The person's answer to `trust.ask`, given where no page of ours can give it. */
  'trust.answered': { serverId: string; allowed: boolean };
  /** Desktop host only: to the window the person is looking at, never to another. */
  'intent.received': { intent: Intent };
};
export type NotificationName = keyof Notifications;
