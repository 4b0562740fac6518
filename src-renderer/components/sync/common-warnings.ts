import type { Step } from '../../../src-main/contract/index.js';

/** What more than one step warns of. The first of a blocked step is its reason, which stands with it. */
export function commonWarnings(steps: readonly Step[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { action, warnings } of steps)
    for (const warning of action === 'blocked' ? warnings.slice(1) : warnings)
      counts.set(warning, (counts.get(warning) ?? 0) + 1);
  return new Set([...counts].flatMap(([warning, count]) => (count > 1 ? [warning] : [])));
}
