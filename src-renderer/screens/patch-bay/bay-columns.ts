import type { BayView, ClientColumn, Remote } from '../../../src-main/contract/index.js';

/** A column of jacks: one remote, or one AI client's file on this computer. */
export type BayColumn =
  | { key: string; kind: 'remote'; title: string; remote: Remote }
  | { key: string; kind: 'client'; title: string; client: ClientColumn };

/** Every column there could be: remotes first, then clients as the host tells them. */
export function allColumns(remotes: readonly Remote[], clients: readonly ClientColumn[]): BayColumn[] {
  return [
    ...remotes.map((remote): BayColumn => ({
      key: `remote:${remote.id}`,
      kind: 'remote',
      title: remote.name,
      remote,
    })),
    ...clients.map((client): BayColumn => ({
      key: `client:${client.client}`,
      kind: 'client',
      title: client.title,
      client,
    })),
  ];
}

/** A client whose file is not there, and one of a project, comes into sight once something is patched into it. */
export function isShownUnasked(column: BayColumn): boolean {
  if (column.kind === 'remote') return true;
  const { isPatched, exists, isProject } = column.client;
  return isPatched || (exists && !isProject);
}

export function isShown(column: BayColumn, { hidden, shown }: Pick<BayView, 'hidden' | 'shown'>): boolean {
  return isShownUnasked(column) ? !hidden.includes(column.key) : shown.includes(column.key);
}

/** The same choice with one column turned on or off. */
export function withColumn<T extends Pick<BayView, 'hidden' | 'shown'>>(
  look: T,
  column: BayColumn,
  on: boolean,
): T {
  const without = (keys: readonly string[]): string[] => keys.filter((key) => key !== column.key);
  const unasked = isShownUnasked(column);
  return {
    ...look,
    hidden: [...without(look.hidden), ...(unasked && !on ? [column.key] : [])],
    shown: [...without(look.shown), ...(!unasked && on ? [column.key] : [])],
  };
}
