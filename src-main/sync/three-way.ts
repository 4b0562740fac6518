import {
  isSameJson,
  type Base,
  type BaseCell,
  type Hasher,
  type Json,
  type LocalCell,
  type LocalCells,
  type RemoteCell,
  type RemoteCells,
} from './cells.js';

/**
 * What happened to one field since both sides were last seen equal.
 * `local`/`remote`: changed there alone. `both`: changed on both sides, differently, or nothing was ever seen equal.
 */
export type Verdict = 'same' | 'local' | 'remote' | 'both';

export type FieldDifference = {
  key: string;
  verdict: Exclude<Verdict, 'same'>;
  local?: LocalCell;
  remote?: RemoteCell;
  base?: BaseCell;
};

/** How a remote hides values; a local value is compared with a redaction by redacting it the same way. */
export type Redaction = (text: string) => string;

export type Comparison = { hasher: Hasher; redact: Redaction };

/** A plain value that the base holds is compared as it is: hashing a thousand links' fields costs more than fetching them. */
const isBaseValue = (value: Json, { value: before }: BaseCell): boolean | undefined =>
  before === undefined ? undefined : isSameJson(value, before);

/** Whether the local field is what it was when the base was made. */
export function localUnchanged(
  local: LocalCell | undefined,
  base: BaseCell | undefined,
  hasher: Hasher,
): boolean {
  if (!local || !base) return !local && !base;
  if (local.secretId !== undefined && local.secretId === base.secretId) return true;
  if (local.value === undefined) return false;
  return isBaseValue(local.value, base) ?? hasher.value(local.value) === base.hash;
}

export function remoteUnchanged(
  remote: RemoteCell | undefined,
  base: BaseCell | undefined,
  hasher: Hasher,
): boolean {
  if (!remote || !base) return !remote && !base;
  const asValue = 'value' in remote && base.shown === undefined ? isBaseValue(remote.value, base) : undefined;
  return asValue ?? hasher.shown(remote) === (base.shown ?? base.hash);
}

/** Whether the remote shows the local value where it always did: if that one is unchanged, so is this one. */
const showsTheSame = (
  local: LocalCell | undefined,
  base: BaseCell | undefined,
  remote: RemoteCell | undefined,
): boolean =>
  local?.value !== undefined &&
  base?.shown === undefined &&
  remote !== undefined &&
  'value' in remote &&
  isSameJson(local.value, remote.value);

/** Whether not one field of either side is another than when the base was made: then there is nothing to compare. */
export function isAsBefore(local: LocalCells, base: Base, remote: RemoteCells, hasher: Hasher): boolean {
  const keys = Object.keys(base);
  return (
    keys.length === remote.size &&
    keys.length === local.size &&
    keys.every((key) => {
      const [mine, before, theirs] = [local.get(key), base[key], remote.get(key)];
      return (
        localUnchanged(mine, before, hasher) &&
        (showsTheSame(mine, before, theirs) || remoteUnchanged(theirs, before, hasher))
      );
    })
  );
}

/** Whether both sides hold the same. A redaction is equal to every value it could stand for. */
export function sidesEqual(
  local: LocalCell | undefined,
  remote: RemoteCell | undefined,
  { redact }: Pick<Comparison, 'redact'>,
): boolean {
  if (!local || !remote) return !local && !remote;
  if (local.value === undefined) return false;
  if ('value' in remote) return isSameJson(local.value, remote.value);
  return typeof local.value === 'string' && redact(local.value) === remote.mask;
}

/** A row of stars tells the length and nothing else: that is no reason to call two values equal. */
const tellsNothing = (remote: RemoteCell | undefined): boolean =>
  remote !== undefined && 'mask' in remote && /^\*+$/.test(remote.mask);

function verdictOf(
  local: LocalCell | undefined,
  base: BaseCell | undefined,
  remote: RemoteCell | undefined,
  comparison: Comparison,
): Verdict {
  const mineKept = localUnchanged(local, base, comparison.hasher);
  const theirsKept = remoteUnchanged(remote, base, comparison.hasher);
  if (mineKept && theirsKept) return 'same';
  // Where a redaction is all there is, an edit of this side alone is an edit, even if it is shown as before.
  if (theirsKept && remote && 'mask' in remote) return 'local';
  if (sidesEqual(local, remote, comparison) && (base || !tellsNothing(remote))) return 'same';
  if (mineKept) return 'remote';
  if (theirsKept) return 'local';
  return 'both';
}

/** Every field on which the two sides are not known to be equal, in the order of the local cells. */
export function differences(
  local: LocalCells,
  base: Base,
  remote: RemoteCells,
  comparison: Comparison,
  ignores: readonly string[] = [],
): FieldDifference[] {
  const keys = new Set([...local.keys(), ...Object.keys(base), ...remote.keys()]);
  const found: FieldDifference[] = [];
  for (const key of keys) {
    if (ignores.includes(key)) continue;
    const [mine, before, theirs] = [local.get(key), base[key], remote.get(key)];
    const verdict = verdictOf(mine, before, theirs, comparison);
    if (verdict === 'same') continue;
    found.push({
      key,
      verdict,
      ...(mine && { local: mine }),
      ...(theirs && { remote: theirs }),
      ...(before && { base: before }),
    });
  }
  return found;
}

export type Relation = 'in_sync' | 'local_ahead' | 'remote_ahead' | 'conflict';

export function relationOf(found: readonly FieldDifference[]): Relation {
  if (found.length === 0) return 'in_sync';
  if (found.every(({ verdict }) => verdict === 'local')) return 'local_ahead';
  if (found.every(({ verdict }) => verdict === 'remote')) return 'remote_ahead';
  return 'conflict';
}
