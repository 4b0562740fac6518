import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import {
  AppError,
  originSchema,
  parse,
  remoteInputSchema,
  serverInputSchema,
  type Origin,
  type Remote,
  type SecretId,
  type Server,
} from '../contract/index.js';
import { isExposedIn, type CatalogTx, type Exposed, type RecordChange } from '../catalog/catalog.js';
import { secretIdsOf, secretsIn, type Staged } from '../vault/vault.js';
import { hideKnownSecrets } from './known-secrets.js';
import { mergePatch } from './merge-patch.js';
import { commandOf } from './trust/command-line.js';
import type { Parts } from './parts.js';
import type { EditNotes } from './undo/undo-book.js';
import { refuse } from './rpc-error.js';
import { referredSecrets } from './with-secrets.js';

type Json = Record<string, unknown>;
type Entity = Server | Remote;
/** What an edit works with. */
export type EditParts = Pick<Parts, 'catalog' | 'vault'> & { undo: EditNotes };

/** What servers and remotes have in common as things a person creates and edits. */
export type EntityKind<E extends Entity> = {
  word: 'server' | 'remote';
  list: 'servers' | 'remotes';
  schema: z.ZodType;
  get(tx: Pick<CatalogTx, 'server' | 'remote'>, id: string): E | undefined;
  all(tx: Pick<CatalogTx, 'servers' | 'remotes'>): readonly E[];
};

export const SERVERS: EntityKind<Server> = {
  word: 'server',
  list: 'servers',
  schema: serverInputSchema,
  get: (tx, id) => tx.server(id),
  all: (tx) => tx.servers(),
};

export const REMOTES: EntityKind<Remote> = {
  word: 'remote',
  list: 'remotes',
  schema: remoteInputSchema,
  get: (tx, id) => tx.remote(id),
  all: (tx) => tx.remotes(),
};

const NOTHING: ReadonlySet<SecretId> = new Set();

function parseDraft<E extends Entity>(kind: EntityKind<E>, input: unknown): Omit<E, 'id' | 'revision'> {
  const parsed = parse(kind.schema, input);
  if (!parsed.ok) return refuse(`This ${kind.word} cannot be saved`, parsed.fault);
  return parsed.value as Omit<E, 'id' | 'revision'>;
}

/** Ids, revisions and origins are the host's to give, so a whole server sent back is as good as its editable part. */
function editable(input: Json): Json {
  const { id: _id, revision: _revision, origin: _origin, ...rest } = input;
  return rest;
}

/** Where an entity's command line came from, if not from the person. */
type Came = { origin?: Origin | undefined };

const cameFrom = (entity: Came): Came => (entity.origin ? { origin: entity.origin } : {});

const brought = ({ vault }: Pick<Parts, 'vault'>, input: Json): Json =>
  hideKnownSecrets(input, (text) => vault.redactor.redact(text));

/** An origin that a caller names is believed: it can only make the host more careful. */
function claimed(input: Json): Came {
  const parsed = originSchema.safeParse(input['origin']);
  return parsed.success ? { origin: parsed.data } : {};
}

export function notFound(word: string, id: string): AppError {
  return new AppError(
    'not_found',
    `There is no ${word} with the id "${id}".`,
    'It may have been removed in another window. Reload the list and choose again.',
  );
}

export function mustHave<E extends Entity>(
  kind: EntityKind<E>,
  from: Pick<CatalogTx, 'server' | 'remote'>,
  id: string,
): E {
  const entity = kind.get(from, id);
  if (!entity) throw notFound(kind.word, id);
  return entity;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** @throws AppError `name_taken` */
export function assertNameFree<E extends Entity>(
  kind: EntityKind<E>,
  tx: Pick<CatalogTx, 'servers' | 'remotes'>,
  name: string,
  exceptId?: string,
): void {
  const holder = kind.all(tx).find((entity) => entity.id !== exceptId && sameName(entity.name, name));
  if (!holder) return;
  throw new AppError(
    'name_taken',
    `A ${kind.word} named "${holder.name}" is there already.`,
    'Choose another name; upper and lower case count as the same.',
    [{ path: 'name', message: 'is taken' }],
  );
}

/** `base`, or `base 2`, `base 3`, … : the first that nobody has. */
export function freeName(base: string, taken: readonly { name: string }[]): string {
  const isTaken = (name: string): boolean => taken.some((entity) => sameName(entity.name, name));
  if (!isTaken(base)) return base;
  for (let count = 2; ; count += 1) {
    const suffix = ` ${count}`;
    const name = `${base.slice(0, 200 - suffix.length)}${suffix}`;
    if (!isTaken(name)) return name;
  }
}

/** Keychain first, file second, stale secrets last; where the file fails, the new secrets are taken back. */
async function save<T, E>(
  { catalog }: Pick<Parts, 'catalog'>,
  staged: Staged<T>,
  write: (value: T) => Promise<{ entity: E; stale: Iterable<SecretId> }>,
): Promise<E> {
  let saved: { entity: E; stale: Iterable<SecretId> };
  try {
    saved = await write(staged.value);
  } catch (error) {
    await staged.rollback();
    throw error;
  }
  await staged.commit(unreferred(catalog, saved.stale));
  return saved.entity;
}

/** Two entities never share a secret, but in a file that somebody copied a record in by hand. */
function unreferred(catalog: Parts['catalog'], ids: Iterable<SecretId>): SecretId[] {
  const all = [...ids];
  const still = all.length > 0 ? referredSecrets(catalog) : NOTHING;
  return all.filter((id) => !still.has(id));
}

async function insert<E extends Entity>(
  { catalog, undo }: EditParts,
  kind: EntityKind<E>,
  staged: Staged<Omit<E, 'id' | 'revision'>>,
  came: Came,
): Promise<E> {
  return save({ catalog }, staged, async (value) => {
    const entity = { id: randomUUID(), revision: 1, ...came, ...value } as unknown as E;
    await catalog.edit((tx) => {
      assertNameFree(kind, tx, entity.name);
      tx.put(kind.list, entity);
    });
    undo.note(`Added ${entity.name}`, [{ kind: kind.list, id: entity.id, after: entity }]);
    return { entity, stale: [] };
  });
}

/** @param origin where its command line came from, where the person did not type it */
export async function createEntity<E extends Entity>(
  parts: EditParts,
  kind: EntityKind<E>,
  input: Json,
  origin?: Origin,
): Promise<E> {
  const draft = parseDraft(kind, editable(origin ? brought(parts, input) : input));
  // Asked before the keychain is touched, so that a refused name leaves nothing behind there.
  assertNameFree(kind, parts.catalog, draft.name);
  const came = kind.word === 'server' ? (origin ? { origin } : claimed(input)) : {};
  return insert(parts, kind, await parts.vault.stage(draft, NOTHING), came);
}

/** A copy with copies of its secrets: two entities never share one, so that each can be removed on its own. */
export async function copyEntity<E extends Entity>(
  parts: EditParts,
  kind: EntityKind<E>,
  id: string,
  wanted?: string,
): Promise<E> {
  const source = mustHave(kind, parts.catalog, id);
  const name = wanted ?? freeName(`${source.name} copy`, kind.all(parts.catalog));
  const draft = parseDraft(kind, editable({ ...source, name }));
  assertNameFree(kind, parts.catalog, draft.name);
  return insert(parts, kind, await parts.vault.copy(draft), cameFrom(source as Came));
}

export type Edit = { id: string; patch: Json; revision?: number | undefined };

/**
 * Deep-merges the patch. The merge is made again inside the write, so two edits at once both count.
 * @param origin where the patch came from, where the person did not type it: a command line it changes has that origin
 */
export async function updateEntity<E extends Entity>(
  parts: EditParts,
  kind: EntityKind<E>,
  { id, patch, revision }: Edit,
  origin?: Origin,
): Promise<E> {
  const { catalog, vault, undo } = parts;
  const changes = editable(origin ? brought(parts, patch) : patch);
  const merge = (current: E, change: Json): Omit<E, 'id' | 'revision'> => {
    assertRevision(kind, current, revision);
    return parseDraft(kind, mergePatch(editable(current), change));
  };
  const before = mustHave(kind, catalog, id);
  const draft = merge(before, changes);
  assertNameFree(kind, catalog, draft.name, id);
  const staged = await vault.stage(changes, secretIdsOf(before));
  const exposed = exposedBy(kind, before, changes, staged.value);
  return save(parts, staged, async (change) => {
    const saved = await catalog.edit(
      (tx) => {
        const current = mustHave(kind, tx, id);
        const merged = merge(current, change);
        const came = origin && isOtherCommand(current, merged) ? { origin } : cameFrom(current as Came);
        const next = { id, revision: current.revision + 1, ...came, ...merged } as unknown as E;
        assertNameFree(kind, tx, next.name, id);
        assertOwnSecrets(current, next, staged.created);
        if (isUnchanged(current, next)) return { current, entity: current, stale: staged.created };
        tx.put(kind.list, next);
        const kept = secretIdsOf(next);
        return { current, entity: next, stale: [...secretIdsOf(current)].filter((one) => !kept.has(one)) };
      },
      exposed,
      staged.created,
    );
    const { current, entity } = saved;
    if (entity !== current)
      undo.note(`Edited ${entity.name}`, [{ kind: kind.list, id, before: current, after: entity }]);
    return saved;
  });
}

/** Values that an edit puts into the keychain and that stood in the open before. */
function exposedBy<E extends Entity>(kind: EntityKind<E>, before: E, given: Json, staged: Json): Exposed[] {
  const kept = secretsIn(staged);
  return secretsIn(given).flatMap(({ value: input }, index): Exposed[] => {
    const reference = kept[index]?.value;
    if (!('newSecret' in input) || !reference || !('secret' in reference)) return [];
    const { newSecret: value } = input;
    return isExposedIn(before, value)
      ? [{ kind: kind.list, id: before.id, value, secret: reference.secret }]
      : [];
  });
}

/** @throws AppError `revision_conflict` */
export function assertRevision(kind: { word: string }, current: Entity, revision?: number): void {
  if (revision === undefined || revision === current.revision) return;
  throw new AppError(
    'revision_conflict',
    `This ${kind.word} has changed since you opened it: it is at revision ${current.revision}, your edit was made on ${revision}.`,
    'Reload it, look at what changed, and make your edit again.',
  );
}

function isOtherCommand(current: object, next: object): boolean {
  const [before, after] = [commandOf(current), commandOf(next)];
  return after !== undefined && after !== before;
}

/** A secret may have been replaced by another window between the first look and the write. */
function assertOwnSecrets(current: Entity, next: Entity, created: readonly SecretId[]): void {
  const own = new Set([...secretIdsOf(current), ...created]);
  for (const secret of secretIdsOf(next)) {
    if (own.has(secret)) continue;
    throw new AppError(
      'revision_conflict',
      'A secret this edit keeps was replaced in the meantime.',
      'Reload and make the edit again.',
    );
  }
}

function isUnchanged(current: Entity, next: Entity): boolean {
  return JSON.stringify({ ...current, revision: 0 }) === JSON.stringify({ ...next, revision: 0 });
}

/** Removes the entity and every link that names it; secrets go last, when nothing on disk refers to them any more. */
export async function removeEntity<E extends Entity>(
  parts: EditParts,
  kind: EntityKind<E>,
  id: string,
): Promise<E> {
  const { catalog, vault, undo } = parts;
  const secrets = secretIdsOf(mustHave(kind, catalog, id));
  await vault.condemn(secrets);
  const { entity, changes } = await catalog.edit((tx) => {
    const entity = mustHave(kind, tx, id);
    const links = tx
      .links()
      .filter((link) => (kind.word === 'server' ? link.serverId : link.remoteId) === id);
    for (const link of links) tx.remove('links', link.id);
    tx.remove(kind.list, id);
    const gone = links.map((link): RecordChange => ({ kind: 'links', id: link.id, before: link }));
    return { entity, changes: [...gone, { kind: kind.list, id, before: entity }] };
  });
  undo.note(`Removed ${entity.name}`, changes);
  await vault.remove(unreferred(catalog, secretIdsOf(entity)));
  return entity;
}
