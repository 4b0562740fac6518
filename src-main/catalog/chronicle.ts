import type { StoredLink } from '../contract/index.js';
import type { History, HistoryEntry, HistoryKind } from './history.js';
import { KINDS, type Kind, type RecordOf } from './records.js';
import type { State } from './state.js';
import type { Touched } from './transaction.js';

// What of an edit goes into the history.

export const WORD = { servers: 'server', remotes: 'remote', links: 'link' } as const satisfies Record<
  Kind,
  HistoryKind
>;

/** The lines an edit is worth, in the order of the kinds. Links: only what a person did, not each change of state. */
export function entriesOf(before: State, after: State, touched: Touched, at: string): HistoryEntry[] {
  return KINDS.flatMap((kind) =>
    [...touched[kind]].flatMap((id) => {
      const [old, now] = [before[kind].get(id), after[kind].get(id)];
      if (old === now || (old && now && kind === 'links' && sameCord(old, now))) return [];
      return [entryOf(kind, id, now, old, at)];
    }),
  );
}

function entryOf(
  kind: Kind,
  id: string,
  now: RecordOf[Kind] | undefined,
  old: RecordOf[Kind] | undefined,
  at: string,
): HistoryEntry {
  const revision = (now ?? old) as { revision?: number };
  const record = now && (kind === 'links' ? cord(now as StoredLink) : now);
  return { kind: WORD[kind], id, revision: revision.revision ?? 0, at, record };
}

/** A link as a person sees it: what it joins. Its base and outbox are the sync's own bookkeeping. */
function cord({ base: _base, outbox: _outbox, error: _error, ...link }: StoredLink): object {
  return link;
}

/** Whether two states of a link join the same things in the same way; where its sync stands is no part of that. */
export function sameCord(a: object, b: object): boolean {
  const [x, y] = [a as StoredLink, b as StoredLink];
  return (
    x.serverId === y.serverId &&
    x.remoteId === y.remoteId &&
    x.remoteEntryId === y.remoteEntryId &&
    x.remoteName === y.remoteName &&
    JSON.stringify(x.references ?? {}) === JSON.stringify(y.references ?? {})
  );
}

/** Links have no revision of their own: theirs is counted here, on from what the history knows. */
export function numbered(entries: readonly HistoryEntry[], history: History): HistoryEntry[] {
  const counts = new Map<string, number>();
  return entries.map((entry) => {
    if (entry.kind !== 'link') return entry;
    const last = counts.get(entry.id) ?? history.last('link', entry.id)?.revision ?? 0;
    const revision = entry.record ? last + 1 : last;
    counts.set(entry.id, revision);
    return { ...entry, revision };
  });
}

/** The lines a crash kept from being written: the catalog is ahead of its history by at most the last write. */
export function missingEntries(state: State, history: History, at: string): HistoryEntry[] {
  return KINDS.flatMap((kind) => {
    const word = WORD[kind];
    const unwritten = state[kind].list.flatMap((record) => {
      const last = history.last(word, record.id);
      const { revision } = record as { revision?: number };
      const isKnown = last && !last.removed && (revision === undefined || last.revision >= revision);
      return isKnown ? [] : [entryOf(kind, record.id, record, undefined, at)];
    });
    const gone = history
      .living(word)
      .filter((id) => state[kind].get(id) === undefined)
      .map((id): HistoryEntry => ({
        kind: word,
        id,
        revision: history.last(word, id)?.revision ?? 0,
        at,
        record: undefined,
      }));
    return [...unwritten, ...gone];
  });
}
