import type { BayRow } from './bay-rows.js';

const serverAt = (rows: readonly BayRow[], row: number): string | undefined => {
  const found = rows[row];
  return found?.kind === 'server' ? found.server.id : undefined;
};

/** The servers that were marked for something to be done to all of them at once. */
export class Selection {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  /** Where the last range began. */
  #anchor: number | undefined;
  /** What was marked before the range was drawn, which may yet be drawn anew. */
  #before: ReadonlySet<string> = new Set();

  toggle(rows: readonly BayRow[], row: number): void {
    const id = serverAt(rows, row);
    if (id === undefined) return;
    const next = new Set(this.ids);
    if (!next.delete(id)) next.add(id);
    this.ids = next;
    this.#anchor = row;
    this.#before = next;
  }

  /** Marks everything from where the range began up to here; `from` begins one where none has. */
  extend(rows: readonly BayRow[], to: number, from: number): void {
    if (this.#anchor === undefined) {
      this.#anchor = from;
      this.#before = this.ids;
    }
    const [first, last] = this.#anchor < to ? [this.#anchor, to] : [to, this.#anchor];
    const next = new Set(this.#before);
    for (let row = Math.max(0, first); row <= last; row += 1) {
      const id = serverAt(rows, row);
      if (id !== undefined) next.add(id);
    }
    this.ids = next;
  }

  /** Marks every server in `rows`, or none where all of them are marked. */
  toggleAll(rows: readonly BayRow[]): void {
    const ids = rows.flatMap((row) => (row.kind === 'server' ? row.server.id : []));
    const whole = ids.length > 0 && ids.every((id) => this.ids.has(id));
    this.clear();
    if (!whole) this.ids = new Set(ids);
  }

  /** Servers that are no longer there, or not in sight, are not acted on unseen. */
  keepOnly(ids: ReadonlySet<string>): void {
    const kept = [...this.ids].filter((id) => ids.has(id));
    if (kept.length !== this.ids.size) this.ids = new Set(kept);
    // Rows have moved: a range begins anew.
    this.#anchor = undefined;
  }

  clear(): void {
    this.#anchor = undefined;
    this.#before = new Set();
    if (this.ids.size > 0) this.ids = new Set();
  }
}
