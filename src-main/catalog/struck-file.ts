import { textWithoutExposed, withoutExposed } from './exposed.js';
import { struckLine } from './history.js';
import { struck, type Strikes } from './strikes.js';

/** A catalog, or a history (`.jsonl`), without what strikes name; the very same text where there is none of it. */
export function struckFile(name: string, text: string, strikes: Strikes): string {
  return name.endsWith('.jsonl') ? struckHistory(text, strikes) : struckCatalog(text, strikes);
}

function struckHistory(text: string, { fields, exposed }: Strikes): string {
  return text
    .split('\n')
    .map((line) => {
      const isOf = ({ id }: { id: string }): boolean => line.includes(`"id":"${id}"`);
      return struckLine(line, { fields: fields.filter(isOf), exposed: exposed.filter(isOf) }, exposed);
    })
    .join('\n');
}

function struckCatalog(text: string, { fields, exposed }: Strikes): string {
  const isNamed = [...fields, ...exposed].some(({ id }) => text.includes(id));
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return textWithoutExposed(text, exposed);
  }
  if (!isNamed) return text;
  let changed = false;
  for (const kind of ['servers', 'remotes'] as const) {
    const list = file?.[kind];
    if (!Array.isArray(list)) continue;
    file[kind] = list.map((record: unknown) => {
      const id = (record as { id?: unknown } | null)?.id;
      const isOf = (one: { kind: string; id: string }): boolean => one.kind === kind && one.id === id;
      const next = withoutExposed(struck(record, fields.filter(isOf)), exposed.filter(isOf));
      changed ||= next !== record;
      return next;
    });
  }
  return changed ? `${JSON.stringify(file, undefined, 1)}\n` : text;
}
