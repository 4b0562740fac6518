import {
  BROUGHT_FIELD,
  CORD,
  isArgument,
  PINNED,
  SETTINGS,
  type Deed,
  type Entity,
  type Kind,
  type Model,
} from './plan.js';
import type { Random } from './random.js';

// What is edited next, and what it should be afterwards.

export type Chosen = { name: string; next: Entity | null; how: Deed };

type Around = {
  model: Model;
  /** Names that an edit under way belongs to. */
  busy: ReadonlySet<string>;
  /** What each name was before each edit of this run that can be taken back, the last one last. */
  past: ReadonlyMap<string, (Entity | null)[]>;
};

const MOST_ENTITIES = 14;

/** @param stamp never the same twice */
export function chooseEdit(random: Random, around: Around, stamp: string): Chosen {
  return (
    chooseSpecial(random, around, stamp) ??
    chooseUndo(random, around) ??
    chooseOrdinary(random, around, stamp)
  );
}

function chooseOrdinary(random: Random, { model, busy }: Around, stamp: string): Chosen {
  const free = Object.keys(model).filter((name) => !busy.has(name) && name !== CORD && name !== SETTINGS);
  if (free.length === 0 || (hasRoom(model) && random.chance(0.35)))
    return { name: `n${stamp}`, next: newEntity(random, stamp), how: 'edit' };
  const name = random.pick(free);
  const now = model[name] as Entity;
  if (now.plain !== undefined && random.chance(0.4))
    return isArgument(now)
      ? { name, next: { ...moved(now), stamp }, how: 'edit' }
      : { name, next: moved(now), how: 'move' };
  const hasNone = now.plain === undefined && !('P' in now.secrets) && !(BROUGHT_FIELD in now.secrets);
  if (now.kind === 'server' && hasNone && random.chance(0.2))
    return { name, next: { ...now, stamp, plain: plainToken(random, stamp) }, how: 'edit' };
  if (random.chance(0.25) && !isPinned(name)) return { name, next: null, how: 'edit' };
  return { name, next: changed(random, now, stamp), how: 'edit' };
}

function chooseUndo(random: Random, { busy, past }: Around): Chosen | undefined {
  const undoable = [...past].filter(
    ([name, states]) => states.length > 0 && !busy.has(name) && !isPinned(name) && name !== SETTINGS,
  );
  if (undoable.length === 0 || !random.chance(0.2)) return undefined;
  const [name, states] = random.pick(undoable);
  return { name, next: states.at(-1) ?? null, how: 'undo' };
}

/** What is no edit of an ordinary server or remote. */
function chooseSpecial(random: Random, { model, busy }: Around, stamp: string): Chosen | undefined {
  for (const kind of ['server', 'remote'] as const) {
    const name = PINNED[kind];
    if (!model[name] && !busy.has(name)) return { name, next: bare(kind, stamp), how: 'edit' };
  }
  if (random.chance(0.08) && !busy.has(SETTINGS))
    return { name: SETTINGS, next: bare('settings', String(1 + random.below(99))), how: 'settings' };
  if (random.chance(0.12) && !busy.has(CORD) && model[PINNED.server] && model[PINNED.remote]) {
    const now = model[CORD];
    const references = now ? { [`transport.headers.${stamp}`]: 'env.NAME' } : {};
    const next = now && random.chance(0.3) ? null : bare('link', JSON.stringify(references));
    return { name: CORD, next, how: 'cord' };
  }
  if (!hasRoom(model) || !random.chance(0.08)) return undefined;
  const how = random.pick(['import', 'bundle'] as const);
  // What is pasted has no description, and that is the stamp.
  const next = bare('server', how === 'import' ? '' : stamp);
  return {
    name: `n${stamp}`,
    next: { ...next, secrets: { [BROUGHT_FIELD]: `MARK-${stamp}-brought` } },
    how,
  };
}

const isPinned = (name: string): boolean => name === PINNED.server || name === PINNED.remote;
const hasRoom = (model: Model): boolean => Object.keys(model).length < MOST_ENTITIES;
const bare = (kind: Kind, stamp: string): Entity => ({ kind, stamp, secrets: {} });

/** A state from before a move, as an undo brings it back after it. */
export function moved({ plain, ...rest }: Entity): Entity {
  return plain === undefined ? rest : { ...rest, secrets: { ...rest.secrets, P: plain } };
}

const plainToken = (random: Random, stamp: string): string => `PLAIN-${stamp}-${random.pick(['P', 'ARG'])}`;

function newEntity(random: Random, stamp: string): Entity {
  const kind = random.chance(0.7) ? 'server' : 'remote';
  const fields = kind === 'server' ? ['A', 'B'].slice(0, random.below(3)) : ['token'];
  return {
    kind,
    stamp,
    secrets: Object.fromEntries(fields.map((field) => [field, `MARK-${stamp}-${field}`])),
    ...(kind === 'server' && random.chance(0.4) && { plain: plainToken(random, stamp) }),
  };
}

/** The same with a new stamp, and one secret replaced, added or taken away, or all as they are. */
export function changed(random: Random, now: Entity, stamp: string): Entity {
  return { ...now, stamp, secrets: changedSecrets(random, now, stamp) };
}

function changedSecrets(random: Random, { kind, secrets }: Entity, stamp: string): Record<string, string> {
  const field = kind === 'server' ? random.pick(['A', 'B']) : 'token';
  const value = `MARK-${stamp}-${field}`;
  if (random.chance(0.6)) return { ...secrets, [field]: value };
  if (kind === 'remote' || random.chance(0.5)) return secrets;
  const { [field]: _gone, ...rest } = secrets;
  return rest;
}
