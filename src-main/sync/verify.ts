import type { Problem } from '../contract/index.js';
import type { Base, LocalCells, RemoteCells } from './cells.js';
import { remoteUnchanged, sidesEqual, type Comparison, type FieldDifference } from './three-way.js';

/** Fields that the remote does not show as they were written. A 200 proves nothing: both kinds have dropped fields under one. */
export function notStored(
  local: LocalCells,
  base: Base,
  remote: RemoteCells,
  comparison: Comparison,
  ignores: readonly string[],
): FieldDifference[] {
  const found: FieldDifference[] = [];
  for (const key of new Set([...local.keys(), ...remote.keys()])) {
    if (ignores.includes(key)) continue;
    const [mine, theirs] = [local.get(key), remote.get(key)];
    const isThere = mine?.kept
      ? remoteUnchanged(theirs, base[key], comparison.hasher)
      : sidesEqual(mine, theirs, comparison);
    if (!isThere)
      found.push({ key, verdict: 'local', ...(mine && { local: mine }), ...(theirs && { remote: theirs }) });
  }
  return found;
}

export function notStoredProblem(found: readonly FieldDifference[], where: string): Problem {
  const fields = found.map(({ key, local, remote }) => local?.path ?? remote?.path ?? key).join(', ');
  return {
    code: 'remote_rejected',
    message: `${where} took the change and does not show it: ${fields} ${found.length === 1 ? 'is' : 'are'} not what was sent.`,
    hint: 'This version may drop such changes, or somebody changed it at the same moment. Sync again; if it stays so, delete the entry there and patch it in anew.',
  };
}
