import type { BackupPreview } from '../../../src-main/contract/index.js';

/** What a backup would do, in a line: "brings back 1, changes 2". */
export function wordsFor({ differences }: BackupPreview): string {
  const back = differences.filter(({ now }) => now === undefined).length;
  const changed = differences.length - back;
  if (back === 0 && changed === 0) return 'nothing to bring back';
  if (changed === 0) return `brings back ${back}`;
  return back === 0 ? `changes ${changed}` : `brings back ${back}, changes ${changed}`;
}
