/** A value of a plan as one line or a few: text as it is, everything else as JSON. */
export function showValue(field: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (field === 'tools.pricing' && Object.keys(value).length === 0) return 'none';
  if (field === 'tools.execute' || field === 'tools.autoExecute') {
    if (Array.isArray(value) && value.length === 0) return 'none';
    if (Array.isArray(value) && value[0] === '*') return 'all';
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('\n');
  return JSON.stringify(value, null, 2);
}
