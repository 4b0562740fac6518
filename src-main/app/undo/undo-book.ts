import { randomUUID } from 'node:crypto';
import { strikesOf, struck, type RecordChange } from '../../catalog/catalog.js';
import type { EditEntry, EditList } from '../../contract/index.js';

/** What an edit did, record by record. */
export type Entry = { id: string; at: string; title: string; changes: RecordChange[] };
export type Stack = 'undo' | 'redo';

/** Whoever edits says so here. */
export interface EditNotes {
  note(title: string, changes: readonly RecordChange[]): void;
}

const KEPT = 100;
const LISTED = 20;

/**
 * The edits of this run that can be taken back, and those that were. In memory alone: after a restart the history and
 * the backups bring things back.
 */
export class UndoBook implements EditNotes {
  #stacks: Record<Stack, Entry[]> = { undo: [], redo: [] };

  constructor(private readonly changed: (list: EditList) => void) {}

  /** A new edit: what was taken back before it cannot be done again. */
  note(title: string, changes: readonly RecordChange[]): void {
    if (changes.length === 0) return;
    this.#strike(changes);
    this.#stacks.redo = [];
    this.push('undo', { id: randomUUID(), at: new Date().toISOString(), title, changes: [...changes] });
  }

  /** One entry for all that is noted while `work` runs. */
  async together<T>(title: (count: number) => string, work: (notes: EditNotes) => Promise<T>): Promise<T> {
    const all: RecordChange[] = [];
    try {
      return await work({ note: (_title, changes) => all.push(...changes) });
    } finally {
      this.note(title(all.length), all);
    }
  }

  push(stack: Stack, entry: Entry): void {
    const changes = entry.changes.map((change) => this.#struck(change)).filter(isChange);
    if (changes.length > 0)
      this.#stacks[stack] = [...this.#stacks[stack], { ...entry, changes }].slice(-KEPT);
    this.changed(this.list());
  }

  /** The newest entry, or the one of that id. */
  find(stack: Stack, id: string | undefined): Entry | undefined {
    const entries = this.#stacks[stack];
    return id === undefined ? entries.at(-1) : entries.find((entry) => entry.id === id);
  }

  drop(stack: Stack, { id }: Entry): void {
    this.#stacks[stack] = this.#stacks[stack].filter((entry) => entry.id !== id);
    this.changed(this.list());
  }

  list(): EditList {
    const shown = (stack: Stack): EditEntry[] =>
      this.#stacks[stack]
        .slice(-LISTED)
        .reverse()
        .map(({ id, at, title, changes }) => ({ id, at, title, ids: changes.map((change) => change.id) }));
    return { undo: shown('undo'), redo: shown('redo') };
  }

  /** A value that went to the keychain must not come back to the disk by an undo. */
  #strike(changes: readonly RecordChange[]): void {
    const strikes = changes.flatMap(({ kind, id, before, after }) =>
      kind === 'links' ? [] : strikesOf(kind, id, before, after),
    );
    if (strikes.length === 0) return;
    this.#strikes.push(...strikes);
    for (const stack of ['undo', 'redo'] as const)
      this.#stacks[stack] = this.#stacks[stack]
        .map((entry) => ({
          ...entry,
          changes: entry.changes.map((one) => this.#struck(one)).filter(isChange),
        }))
        .filter((entry) => entry.changes.length > 0);
  }

  #strikes: ReturnType<typeof strikesOf> = [];

  #struck(change: RecordChange): RecordChange {
    const strikes = this.#strikes.filter(({ kind, id }) => kind === change.kind && id === change.id);
    if (strikes.length === 0) return change;
    return { ...change, before: struck(change.before, strikes), after: struck(change.after, strikes) };
  }
}

/** What differs in its revision alone is no change to a person. */
function isChange({ before, after }: RecordChange): boolean {
  return JSON.stringify({ ...before, revision: 0 }) !== JSON.stringify({ ...after, revision: 0 });
}
