import { isPersonsBrowser } from './persons-browser.js';
import { readMarks } from './process-marks.js';
import { descendantsOf, processTable, type ProcessRow } from './process-table.js';
import { endRows } from './process-tree.js';

/** Ends every process that carries this mark, and what descends from it: SIGTERM, 2 s, SIGKILL. */
export async function endMarked(mark: string): Promise<void> {
  const look = (): Promise<ProcessRow[]> => marked(mark);
  const rows = await look();
  if (rows.length > 0) await endRows(rows, look);
}

async function marked(mark: string): Promise<ProcessRow[]> {
  const table = await processTable();
  const marks = await readMarks(table);
  const found = new Map<number, ProcessRow>();
  for (const row of table) {
    if (marks.get(row.pid) !== mark || (await isPersonsBrowser(row.pid))) continue;
    for (const member of descendantsOf(row, table)) found.set(member.pid, member);
  }
  found.delete(process.pid);
  return [...found.values()];
}
