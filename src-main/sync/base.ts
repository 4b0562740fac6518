import { z } from 'zod';
import type { Server, StoredLink } from '../contract/index.js';
import { looksSensitive } from '../contract/looks-like-secret.js';
import {
  mayBeSecret,
  type Base,
  type BaseCell,
  type Hasher,
  type LocalCells,
  type RemoteCells,
} from './cells.js';
import type { FieldDifference } from './three-way.js';

const baseSchema = z.record(
  z.string(),
  z.looseObject({
    path: z.string(),
    hash: z.string(),
    shown: z.string().optional(),
    value: z.json().optional(),
    secretId: z.string().optional(),
    secret: z.literal(true).optional(),
    kept: z.literal(true).optional(),
    named: z.string().optional(),
  }),
);

const parsed = new WeakMap<object, Base>();

/** A link's base. One that cannot be read (an older version's) counts as none: then nothing is taken for granted. */
export function baseOf({ base }: Pick<StoredLink, 'base'>): Base | undefined {
  if (!base) return undefined;
  let known = parsed.get(base);
  if (!known) {
    const result = baseSchema.safeParse(base);
    if (!result.success) return undefined;
    parsed.set(base, (known = result.data as Base));
  }
  return known;
}

type Sides = {
  local: LocalCells;
  remote: RemoteCells;
  before: Base;
  /** On which fields the two sides are not equal. */
  differing: readonly FieldDifference[];
  server: Server;
};

/**
 * The base after both sides were compared. Where they differ (a remote that dropped something), the remote's side is
 * the base: whatever it shows next is then seen as its own edit, and what is wanted here still counts as not sent.
 */
export function makeBase({ local, remote, before, differing, server }: Sides, hasher: Hasher): Base {
  const base: Base = {};
  const unequal = new Set(differing.map(({ key }) => key));
  for (const [key, theirs] of remote) {
    const mine = local.get(key);
    const shown = hasher.shown(theirs);
    const old = before[key];
    // An unresolved secret is one whose id, and so whose value, is that of the base.
    const hash =
      mine && !unequal.has(key)
        ? mine.value === undefined
          ? (old?.hash ?? '')
          : hasher.value(mine.value)
        : shown;
    const cell: BaseCell = { path: mine?.path ?? theirs.path, hash };
    if (shown !== hash) cell.shown = shown;
    if (mine && !unequal.has(key)) {
      if (mine.secretId !== undefined) cell.secretId = mine.secretId;
      if (mine.kept) cell.kept = true;
    }
    const value = 'value' in theirs ? theirs.value : unequal.has(key) ? undefined : mine?.value;
    if (mayBeSecret(key)) {
      const name = theirs.name ?? '';
      if (mine?.secretId !== undefined || 'mask' in theirs || looksSensitive(name, value)) cell.secret = true;
    } else if (value !== undefined && !mine?.kept) cell.value = value;
    // A name that the remote would not take is none that somebody chose for it there.
    if (key === 'name' && !unequal.has(key)) cell.named = hasher.value(server.name);
    base[key] = cell;
  }
  return base;
}
