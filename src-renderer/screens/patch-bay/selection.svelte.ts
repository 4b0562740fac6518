import { joined, toggled } from '../../state/changed-set.js';
import type { BayRow } from './bay-rows.js';

const NONE: ReadonlySet<string> = new Set();

const serverAt = (rows: readonly BayRow[], row: number): string | undefined => {
  const found = rows[row];
  return found?.kind === 'server' ? found.server.id : undefined;
};

const idsOf = (rows: readonly BayRow[]): string[] =>
  rows.flatMap((row) => (row.kind === 'server' ? row.server.id : []));

/** The servers that were marked for something to be done to all of them at once. */
export class Selection {
  ids = $state.raw(NONE);
  /** Where the last range began. */
  #anchor: number | undefined;
  /** What was marked before the range was drawn, which may yet be drawn anew. */
  #before = NONE;

  toggle(rows: readonly BayRow[], row: number): void {
    const id = serverAt(rows, row);
    if (id === undefined) return;
    this.ids = toggled(this.ids, id);
    this.#anchor = row;
    this.#before = this.ids;
  }

  /** Marks everything from where the range began up to here; `from` begins one where none has. */
  extend(rows: readonly BayRow[], to: number, from: number): void {
    if (this.#anchor === undefined) {
      this.#anchor = from;
      this.#before = this.ids;
    }
    const [first, last] = this.#anchor < to ? [this.#anchor, to] : [to, this.#anchor];
    this.ids = joined(this.#before, idsOf(rows.slice(Math.max(0, first), last + 1)));
  }

  /** Marks every server in `rows`, or none where all of them are marked. */
  toggleAll(rows: readonly BayRow[]): void {
    const ids = idsOf(rows);
    const whole = ids.length > 0 && ids.every((id) => this.ids.has(id));
    this.clear();
    if (!whole) this.ids = joined(NONE, ids);
  }

  /** Servers that are no longer there, or not in sight, are not acted on unseen. */
  keepOnly(rows: readonly BayRow[]): void {
    // Rows have moved: a range begins anew.
    this.#anchor = undefined;
    if (this.ids.size === 0) return;
    const inSight = joined(NONE, idsOf(rows));
    const kept = [...this.ids].filter((id) => inSight.has(id));
    if (kept.length !== this.ids.size) this.ids = joined(NONE, kept);
  }

  clear(): void {
    this.#anchor = undefined;
    this.#before = NONE;
    if (this.ids.size > 0) this.ids = NONE;
  }
}
