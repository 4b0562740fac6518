const LONGEST = 64;

/**
 * A name Bifrost takes, as close as can be: ASCII letters, digits and `_`, not starting with a digit, with a letter or
 * digit in it (bifrost.md §2.3; 2.1 derives a URL from it). `undefined`: nothing of the wanted name can be kept.
 */
export function lawfulName(wanted: string): string | undefined {
  const plain = wanted.normalize('NFKD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss');
  // What is not allowed separates words; at either end it separates nothing.
  const name = plain.replace(/^[^A-Za-z0-9_]+|[^A-Za-z0-9_]+$/g, '').replace(/[^A-Za-z0-9_]+/g, '_');
  if (!/[A-Za-z0-9]/.test(name)) return undefined;
  return (/^[0-9]/.test(name) ? `_${name}` : name).slice(0, LONGEST);
}
