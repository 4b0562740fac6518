import type { BackupPreview } from '../../../src-main/contract/index.js';

/** What going back to a backup would do, in a line: "would bring back 1, change 2". */
export function wordsFor({ differences }: BackupPreview): string {
  const back = differences.filter(({ now }) => now === undefined).length;
  const changed = differences.length - back;
  if (back === 0 && changed === 0) return 'nothing to bring back';
  if (changed === 0) return `would bring back ${back}`;
  return back === 0 ? `would change ${changed}` : `would bring back ${back}, change ${changed}`;
}
