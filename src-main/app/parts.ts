import type { AppInfo, Notifications, NotificationName } from '../contract/index.js';
import type { Catalog } from '../catalog/catalog.js';
import type { Bundles } from '../interchange/bundle/bundles.js';
import type { Interchange } from '../interchange/interchange.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Sync } from '../sync/sync.js';
import type { Vault } from '../vault/vault.js';
import type { ActivityLog } from './activity-log.js';
import type { BaseEnvironment } from '../runtime/launch/environment.js';
import type { CallCounts } from './call-counts.js';
import type { Later } from './later.js';
import type { NoticeBoard } from './notice-board.js';
import type { Updates } from './updates.js';
import type { ToolWatch } from './trust/tool-watch.js';
import type { AskPerson, Trust } from './trust/trust.js';
import type { UndoBook } from './undo/undo-book.js';

/** The clipboard of the OS, where a host has one. */
export type Clipboard = { read(): Promise<string>; write(text: string): Promise<void> };

/** Files of the build that run elsewhere than in the host: none of them may lie within the app's archive. */
export type Programs = {
  /** Run by a Node of the person's own. */
  sampleServer: string;
  /** A worker thread. */
  resultJudge: string;
};

export type HostFacts = {
  host: AppInfo['host'];
  version: string;
  dataDir: string;
  programs: Programs;
  /**
   * The words before `run` by which another program starts Jackfield's command: the installed program, or a Node and
   * the command's script. Absolute; without it no client can be pointed at the launcher.
   */
  launcher?: readonly [string, ...string[]] | undefined;
  clipboard?: Clipboard | undefined;
  updates?: Updates | undefined;
  /** The login shell's, where the host has asked for it already. */
  environment?: BaseEnvironment | undefined;
  /** Asks the person outside every page of ours; a host without it can only be answered by a program. */
  askPerson?: AskPerson | undefined;
};

/** Everything a method may work with. The parts know nothing of each other; only methods bring them together. */
export type Parts = {
  facts: HostFacts;
  vault: Vault;
  catalog: Catalog;
  runtime: Runtime;
  trust: Trust;
  toolWatch: ToolWatch;
  sync: Sync;
  interchange: Later<Interchange>;
  bundles: Bundles;
  activity: ActivityLog;
  notices: NoticeBoard;
  /** Edits that can be taken back. */
  undo: UndoBook;
  calls: CallCounts;
  /** Whether a window is open anywhere. */
  attention: { isAttended: boolean };
  notify: <N extends NotificationName>(method: N, params: Notifications[N]) => void;
};
