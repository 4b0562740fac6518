/** One field that differs. Secrets are never among the values: a reference is masked. */
export type FieldChange = { field: string; before?: unknown; after?: unknown; secret?: true };

type Json = Record<string, unknown>;
const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSecret = (value: unknown): boolean =>
  isMap(value) && Object.keys(value).length === 1 && ('secret' in value || 'newSecret' in value);

const MASK = '••••••••';
const HOSTS_OWN = new Set(['id', 'revision', 'origin', 'provenance']);

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isMap(a) || !isMap(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

const masked = (value: unknown): unknown => (isSecret(value) ? MASK : value);

function compare(before: unknown, after: unknown, field: string, found: FieldChange[]): void {
  if (same(before, after)) return;
  const isDeep = (value: unknown): boolean => isMap(value) && !isSecret(value);
  const deep = isDeep(before) ? isDeep(after) || after === undefined : before === undefined && isDeep(after);
  if (deep && field !== '')
    return compareMembers((before ?? {}) as Json, (after ?? {}) as Json, field, found);
  found.push({
    field,
    ...(before !== undefined && { before: masked(before) }),
    ...(after !== undefined && { after: masked(after) }),
    ...((isSecret(before) || isSecret(after)) && { secret: true as const }),
  });
}

function compareMembers(before: Json, after: Json, at: string, found: FieldChange[]): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (at === '' && HOSTS_OWN.has(key)) continue;
    compare(before[key], after[key], at === '' ? key : `${at}.${key}`, found);
  }
}

/** What differs between two servers, field by field, in the order of their fields. */
export function changesBetween(before: object, after: object): FieldChange[] {
  const found: FieldChange[] = [];
  compareMembers(before as Json, after as Json, '', found);
  return found;
}

/** A list whose items moved, came or went: shown item by item. Undefined where one of the two is no list. */
export function listChange(
  before: unknown,
  after: unknown,
): { item: unknown; kind: 'kept' | 'added' | 'removed' }[] | undefined {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const left = [...(after as unknown[])];
  const kept = (before as unknown[]).map((item) => {
    const at = left.findIndex((other) => same(other, item));
    if (at >= 0) left.splice(at, 1);
    return { item, kind: at >= 0 ? ('kept' as const) : ('removed' as const) };
  });
  return [...kept, ...left.map((item) => ({ item, kind: 'added' as const }))];
}

/** A value as it stands in a table of changes. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  return JSON.stringify(value);
}
