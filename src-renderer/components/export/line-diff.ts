import { structuredPatch } from 'diff';

/** A line of a diff. `skip`: so many lines are the same and are left out. */
export type DiffLine =
  | { kind: 'same' | 'added' | 'removed'; text: string; before?: number; after?: number }
  | { kind: 'skip'; count: number };

const CONTEXT = 3;
/** Two large files that have nothing in common would be compared for minutes. */
const TIMEOUT_MS = 1_000;

/**
 * What changed between two texts, line by line, with a little of what stands around it. Undefined where they differ so
 * much that comparing them takes too long.
 */
export function lineDiff(before: string, after: string): DiffLine[] | undefined {
  if (before === after) return [];
  const patch = structuredPatch('', '', before, after, '', '', { context: CONTEXT, timeout: TIMEOUT_MS });
  if (!patch) return undefined;
  const lines: DiffLine[] = [];
  let reached = 1;
  for (const hunk of patch.hunks) {
    const start = Math.max(1, hunk.oldStart);
    if (start > reached) lines.push({ kind: 'skip', count: start - reached });
    let [old, now] = [start, Math.max(1, hunk.newStart)];
    for (const line of hunk.lines) {
      const text = line.slice(1).replace(/\r$/, '');
      if (line.startsWith('+')) lines.push({ kind: 'added', text, after: now++ });
      else if (line.startsWith('-')) lines.push({ kind: 'removed', text, before: old++ });
      else if (line.startsWith(' ')) lines.push({ kind: 'same', text, before: old++, after: now++ });
    }
    reached = old;
  }
  const total = before === '' ? 0 : before.replace(/\n$/, '').split('\n').length;
  if (total >= reached) lines.push({ kind: 'skip', count: total - reached + 1 });
  return lines;
}
