import type { Server } from '../../../src-main/contract/index.js';

/** A row of the grid: a server, or the head of the servers with one tag. `tag` undefined: those without any. */
export type BayRow =
  | { kind: 'server'; server: Server }
  | { kind: 'group'; tag: string | undefined; count: number; open: boolean };

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
/** No tag can hold it, so it is nobody's name in the set of folded groups. */
const UNTAGGED = '\n';

export const foldKey = (tag: string | undefined): string => tag ?? UNTAGGED;

/** Rows in the order of `servers`; by tag, a server stands under each of its tags. */
export function rowsOf(
  servers: readonly Server[],
  groupBy: 'none' | 'tag',
  folded: ReadonlySet<string>,
): BayRow[] {
  if (groupBy === 'none') return servers.map((server) => ({ kind: 'server', server }));
  const groups = new Map<string, Server[]>();
  const untagged: Server[] = [];
  for (const server of servers) {
    if (server.tags.length === 0) untagged.push(server);
    for (const tag of server.tags) {
      const group = groups.get(tag);
      if (group) group.push(server);
      else groups.set(tag, [server]);
    }
  }
  const sorted: [string | undefined, Server[]][] = [...groups].sort(([a], [b]) => collator.compare(a, b));
  if (untagged.length > 0) sorted.push([undefined, untagged]);
  return sorted.flatMap(([tag, members]): BayRow[] => {
    const open = !folded.has(foldKey(tag));
    const head: BayRow = { kind: 'group', tag, count: members.length, open };
    return open ? [head, ...members.map((server): BayRow => ({ kind: 'server', server }))] : [head];
  });
}
