import { alongLine } from '../../components/direction.js';

/** A cell: `row` -1 is the head, `column` 0 the servers' names. */
export type Position = { row: number; column: number };
type Size = { rows: number; columns: number; page: number };

const UPRIGHT = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown']);

/** Where a key leads within a grid (WAI-ARIA grid pattern); undefined for keys that do not move. */
export function moveBy(event: KeyboardEvent, { row, column }: Position, size: Size): Position | undefined {
  const at = (nextRow: number, nextColumn: number): Position => ({
    row: Math.max(-1, Math.min(size.rows - 1, nextRow)),
    column: Math.max(0, Math.min(size.columns - 1, nextColumn)),
  });
  const far = event.ctrlKey || event.metaKey;
  // With Shift, up and down draw a range; sideways they mean nothing.
  if (event.altKey || (event.shiftKey && !UPRIGHT.has(event.key))) return undefined;
  switch (event.key) {
    case 'ArrowUp':
      return at(far ? -1 : row - 1, column);
    case 'ArrowDown':
      return at(far ? size.rows - 1 : row + 1, column);
    case 'ArrowLeft':
    case 'ArrowRight':
      if (alongLine(event) < 0) return at(row, far ? 0 : column - 1);
      return at(row, far ? size.columns - 1 : column + 1);
    case 'Home':
      return at(far ? 0 : row, 0);
    case 'End':
      return at(far ? size.rows - 1 : row, size.columns - 1);
    case 'PageUp':
      return at(Math.max(0, row - size.page), column);
    case 'PageDown':
      return at(row + size.page, column);
    default:
      return undefined;
  }
}
