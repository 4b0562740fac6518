import { changesBetween, type FieldChange } from './server-changes.js';

/** One state that something was in, and what had changed when it came to be. */
export type Told<R> = R & {
  /** None where it is the oldest that is kept. */
  changes: FieldChange[];
  isFirst: boolean;
  /** The revision it began with: it may have been removed and brought back since. */
  since: number;
};

/**
 * Revisions as they come from the host, newest first. Of those that follow each other and look the same, which a removal
 * that was undone leaves behind, the newest stands for all, with the time at which the first of them came to be.
 */
export function toldRevisions<R extends { revision: number; at: string }>(
  revisions: readonly R[],
  entityOf: (revision: R) => object,
): Told<R>[] {
  const states: (R & { since: number })[] = [];
  for (const entry of [...revisions].sort((a, b) => b.revision - a.revision)) {
    const newer = states.at(-1);
    if (newer && changesBetween(entityOf(entry), entityOf(newer)).length === 0)
      states[states.length - 1] = { ...newer, at: entry.at, since: entry.revision };
    else states.push({ ...entry, since: entry.revision });
  }
  return states.map((state, index) => {
    const before = states[index + 1];
    return {
      ...state,
      isFirst: before === undefined,
      changes: before ? changesBetween(entityOf(before), entityOf(state)) : [],
    };
  });
}
