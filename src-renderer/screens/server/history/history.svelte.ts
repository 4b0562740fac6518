import type { Problem, ServerRevision } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { problemOf } from '../../../rpc/rpc-error.js';
import { toldRevisions, type Told } from '../changes/revisions.js';

export type RevisionLine = Told<ServerRevision>;

/** Each with what it changed, newest first. */
export function revisionLines(revisions: readonly ServerRevision[]): RevisionLine[] {
  return toldRevisions(revisions, ({ server }) => server);
}

/** A line for the list: "Name, transport.env.TOKEN and 2 more". */
export function summaryOf({ changes, isFirst, since }: RevisionLine): string {
  if (isFirst) return since === 1 ? 'Added' : 'The oldest that is kept';
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
