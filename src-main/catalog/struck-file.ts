import { struckLine } from './history.js';
import { struck, type Strike } from './strikes.js';

/** A catalog, or a history (`.jsonl`), with references where strikes name plain values; else the very same text. */
export function struckFile(name: string, text: string, strikes: readonly Strike[]): string {
  const ids = [...new Set(strikes.map(({ id }) => id))];
  if (!ids.some((id) => text.includes(id))) return text;
  return name.endsWith('.jsonl') ? struckHistory(text, strikes) : struckCatalog(text, strikes);
}

function struckHistory(text: string, strikes: readonly Strike[]): string {
  return text
    .split('\n')
    .map((line) =>
      struckLine(
        line,
        strikes.filter(({ id }) => line.includes(`"id":"${id}"`)),
      ),
    )
    .join('\n');
}

function struckCatalog(text: string, strikes: readonly Strike[]): string {
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return text;
  }
  let changed = false;
  for (const kind of ['servers', 'remotes'] as const) {
    const list = file?.[kind];
    if (!Array.isArray(list)) continue;
    file[kind] = list.map((record: unknown) => {
      const id = (record as { id?: unknown } | null)?.id;
      const next = struck(
        record,
        strikes.filter((one) => one.kind === kind && one.id === id),
      );
      changed ||= next !== record;
      return next;
    });
  }
  return changed ? `${JSON.stringify(file, undefined, 1)}\n` : text;
}
