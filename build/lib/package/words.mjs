/** The first few of many. */
export const some = (names) =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

export const mb = (bytes) => (bytes / 1e6).toFixed(2);

/** What was found of each kind, as `kind: names`; nothing where nothing was. */
export function problem(...lists) {
  const found = lists.filter(([names]) => names.length > 0).map(([names, what]) => `${what}: ${some(names)}`);
  return found.length > 0 ? found.join('; ') : undefined;
}
