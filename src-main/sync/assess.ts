import type { Change, Consent, Remote, Server, Step, StoredLink } from '../contract/index.js';
import { looksSensitive } from '../contract/looks-like-secret.js';
import { baseOf } from './base.js';
import { contentHash, mayBeSecret, type Base, type Hasher, type LocalCells } from './cells.js';
import { isReadableByOthers } from './http/address.js';
import type { Desired, Entry, Inventory, Projection, RemoteAdapter } from './remote-adapter.js';
import { wantedName } from './remote-name.js';
import { markKept, standInBase } from './stand-in.js';
import { differences, isAsBefore, relationOf, type FieldDifference, type Relation } from './three-way.js';

const MASK = '••••';

export type Subject = { link: StoredLink; server: Server; remote: Remote };
export type Tools = {
  adapter: RemoteAdapter;
  hasher: Hasher;
  /** Fills in the secrets of cells. @throws AppError keychain_unavailable */
  resolve(cells: LocalCells, only?: (key: string) => boolean): Promise<void>;
  /** Other links' names on this remote, and the entries that are linked. */
  others: { names: Pick<ReadonlySet<string>, 'has'>; entryIds: Pick<ReadonlySet<string>, 'has'> };
};

/** What is the matter with one link, and what there is to do. */
export type Assessment = {
  step: Step;
  /** `absent`: there is no entry. */
  relation: Relation | 'absent';
  /** Both sides are field by field what they were when last seen equal. */
  untouched: boolean;
  changes: FieldDifference[];
  entry: Entry | undefined;
  projection: Projection;
  name: string;
  base: Base;
};

/**
 * The entry a link stands for. After a create whose answer never came it is known by the id it was given; where a
 * remote gives its own, by being exactly what was sent. A name alone proves nothing: somebody else may have taken it.
 */
export function entryOf(
  { link }: Pick<Subject, 'link'>,
  { entries }: Inventory,
  { others, hasher }: Pick<Tools, 'others' | 'hasher'>,
): Entry | undefined {
  const linked = link.remoteEntryId === undefined ? undefined : entries.get(link.remoteEntryId);
  const { creating } = link.outbox ?? {};
  if (linked || !creating) return linked;
  if (creating.id !== undefined) return entries.get(creating.id);
  return [...entries.values()].find(
    ({ id, name, cells }) =>
      name === creating.name && !others.entryIds.has(id) && contentHash(cells, hasher) === creating.sent,
  );
}

/** @param resolve `local`: what was changed on the remote counts for nothing */
export async function assess(
  subject: Subject,
  inventory: Inventory,
  tools: Tools,
  resolve?: 'local' | 'remote',
): Promise<Assessment> {
  const { link, server } = subject;
  const { adapter, hasher } = tools;
  const stored = baseOf(link);
  const entry = entryOf(subject, inventory, tools);
  const wanted = wantedName({ server, link, base: stored, adapter, hasher, taken: tools.others.names });
  const name = wanted ?? link.remoteName;
  const options = { name, references: link.references ?? {}, exists: entry !== undefined };
  const projection = adapter.project(server, options);
  if (wanted === undefined)
    projection.blocks.unshift(`No lawful name can be made of "${server.name}": use letters or digits in it.`);
  const base = stored ?? (entry ? standInBase(projection.cells, entry.cells, hasher) : {});
  markKept(projection.cells, base, hasher);
  const untouched =
    stored !== undefined && entry !== undefined && isAsBefore(projection.cells, base, entry.cells, hasher);
  const changes = entry && !untouched ? await compare(projection, base, entry, tools) : [];
  const relation = entry
    ? relationTo(stored !== undefined, link.outbox?.creating !== undefined, changes)
    : 'absent';
  const found = { relation, untouched, changes, entry, projection, name, base } as const;
  return { ...found, step: stepOf(subject, inventory, tools, found, resolve) };
}

/**
 * An entry that was never seen equal is nobody's to overwrite, but for one that this link was making itself. Of that one
 * a base from before says nothing: it is of an entry that is gone.
 */
function relationTo(wasEqual: boolean, isOwnMaking: boolean, changes: readonly FieldDifference[]): Relation {
  if (changes.length === 0) return 'in_sync';
  if (isOwnMaking) return 'local_ahead';
  return wasEqual ? relationOf(changes) : 'conflict';
}

/** Secrets are asked of the keychain only where an equal id does not say it all. */
async function compare(
  { cells, ignores }: Projection,
  base: Base,
  entry: Entry,
  { adapter, hasher, resolve }: Tools,
): Promise<FieldDifference[]> {
  await resolve(cells, (key) => {
    const [before, theirs] = [base[key], entry.cells.get(key)];
    const sameId = before?.secretId !== undefined && before.secretId === cells.get(key)?.secretId;
    return !(sameId && theirs && hasher.shown(theirs) === (before.shown ?? before.hash));
  });
  return differences(cells, base, entry.cells, { hasher, redact: adapter.redact }, ignores);
}

function stepOf(
  subject: Subject,
  inventory: Inventory,
  tools: Tools,
  found: Omit<Assessment, 'step'>,
  resolve: 'local' | 'remote' | undefined,
): Step {
  const { relation, changes, entry, projection } = found;
  const step: Step = {
    linkId: subject.link.id,
    action: 'none',
    changes: changes.map(shownChange),
    losses: projection.losses,
    warnings: [...projection.warnings, ...(entry?.warnings ?? [])],
    ...(entry && entry.warnings.length > 0 && { health: entry.warnings }),
  };
  if (relation === 'in_sync') return step;
  const more = entry
    ? updateStep(tools.adapter, inventory, entry, found)
    : createStep(subject, inventory, found);
  if (relation === 'absent')
    step.changes = [...projection.cells].map(([key, local]) => shownChange({ key, verdict: 'local', local }));
  step.warnings.unshift(...more.warnings);
  step.warnings.push(...inventory.warnings);
  if (more.consent.length > 0) step.requiresConsent = more.consent;
  const isForeign = relation === 'remote_ahead' || relation === 'conflict';
  if (isForeign && resolve !== 'local')
    return { ...step, action: 'conflict', changedOn: relation === 'remote_ahead' ? 'remote' : 'both' };
  const blocks = [...projection.blocks, ...readableSecrets(subject, projection), ...more.blocks];
  // Asked once, when the entry is made: after that the person knows what it lacks.
  const doubts = relation === 'absent' && resolve !== 'local' ? projection.doubts : [];
  if (blocks.length + doubts.length > 0)
    return {
      ...step,
      action: 'blocked',
      warnings: [...blocks, ...doubts, ...step.warnings],
      ...(blocks.length === 0 && { overridable: true }),
    };
  return { ...step, action: more.action };
}

type More = { action: Step['action']; blocks: string[]; warnings: string[]; consent: Consent[] };

function createStep(
  { link, remote }: Subject,
  { entries, isComplete }: Inventory,
  { name }: Pick<Assessment, 'name'>,
): More {
  const blocks: string[] = [];
  const warnings: string[] = [];
  if ([...entries.values()].some((entry) => entry.name === name))
    blocks.push(
      `${remote.name} has an entry named "${name}" already that is not linked. Link this server to it, or rename one of the two.`,
    );
  if (link.base)
    warnings.push('Its entry was removed on the remote since the last sync; syncing makes it anew.');
  if (!isComplete) warnings.push('Not all entries of the remote could be read: the name may be taken there.');
  return { action: 'create', blocks, warnings, consent: [] };
}

function updateStep(
  adapter: RemoteAdapter,
  { entries, isComplete }: Inventory,
  entry: Entry,
  { changes, projection, name }: Omit<Assessment, 'step'>,
): More {
  const desired: Desired = { name, cells: projection.cells };
  const replace = adapter.replaceReason(changes, entry, desired);
  const block = adapter.editBlock(changes, entry, desired);
  const more: More = { action: replace ? 'replace' : 'update', blocks: [], warnings: [], consent: [] };
  if (replace) {
    more.consent.push('replace');
    more.warnings.push(replace);
  }
  if (block) more.blocks.push(block);
  if (!changes.some(({ key }) => key === 'name')) return more;
  more.consent.push('rename');
  more.warnings.push(
    adapter.kind === 'letta'
      ? 'Tools that agents have from this server are found by its old name and stop working until they are attached anew.'
      : 'Every tool of this server gets another name there, since they are named after it.',
  );
  // Letta deletes, without a word, another server that has the new name (letta.md §1.3).
  if ([...entries.values()].some((other) => other.id !== entry.id && other.name === name))
    more.blocks.push(
      `Another entry there is named "${name}" already, and must not be touched: choose another name.`,
    );
  else if (!isComplete && adapter.kind === 'letta')
    more.blocks.push(
      `Not all entries could be read, and a rename deletes another server that has the name "${name}": rename it once the list can be read.`,
    );
  return more;
}

function readableSecrets({ remote }: Subject, { cells }: Projection): string[] {
  if (remote.allowInsecure || !isReadableByOthers(remote.baseUrl)) return [];
  const secret = [...cells.values()].find(({ secretId }) => secretId !== undefined);
  return secret
    ? [
        `${secret.path} is a secret and would travel over plain http. Use https:// for this remote, or allow plain http in its settings.`,
      ]
    : [];
}

/** A difference as a person sees it. Header and environment values that may be secret show that they differ, not how. */
export function shownChange({ key, local, remote, base }: FieldDifference): Change {
  const name = local?.name ?? remote?.name ?? '';
  const theirs = remote && ('value' in remote ? remote.value : remote.mask);
  const secret =
    mayBeSecret(key) &&
    (local?.secretId !== undefined ||
      base?.secret === true ||
      (remote !== undefined && 'mask' in remote) ||
      looksSensitive(name, theirs) ||
      looksSensitive(name, local?.value));
  const field = local?.path ?? remote?.path ?? base?.path ?? key;
  if (secret)
    return {
      field,
      ...(base && { base: MASK }),
      ...(local && { local: MASK }),
      ...(remote && { remote: MASK }),
      secret: true,
    };
  return {
    field,
    ...(base?.value !== undefined && { base: base.value }),
    ...(local && { local: local.value }),
    ...(remote && { remote: theirs }),
  };
}
