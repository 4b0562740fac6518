import type { Problem, Server, ServerRevision } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { problemOf } from '../../../rpc/rpc-error.js';
import { changesBetween, type FieldChange } from '../changes/server-changes.js';

export type RevisionLine = {
  revision: number;
  at: string;
  server: Server;
  changes: FieldChange[];
  isFirst: boolean;
};

/** Revisions as they come from the host, newest first, each with what it changed. */
export function revisionLines(revisions: readonly ServerRevision[]): RevisionLine[] {
  const sorted = [...revisions].sort((a, b) => b.revision - a.revision);
  return sorted.map((entry, index) => {
    const before = sorted[index + 1];
    return {
      ...entry,
      isFirst: before === undefined,
      changes: before ? changesBetween(before.server, entry.server) : [],
    };
  });
}

/** A line for the list: "Name, transport.env.TOKEN and 2 more". */
export function summaryOf({ changes, isFirst, revision }: RevisionLine): string {
  if (isFirst) return revision === 1 ? 'Added' : 'The oldest that is kept';
  if (changes.length === 0) return 'Nothing that is shown here';
  const names = changes.map((change) => change.field);
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** What one server was before. */
export class ServerHistory {
  lines = $state.raw<readonly RevisionLine[]>();
  problem = $state.raw<Problem>();
  loading = $state(false);

  constructor(readonly serverId: string) {}

  async load(): Promise<void> {
    this.loading = true;
    try {
      const { revisions } = await rpc.call('server.history', { id: this.serverId });
      this.lines = revisionLines(revisions);
      this.problem = undefined;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.loading = false;
    }
  }
}
