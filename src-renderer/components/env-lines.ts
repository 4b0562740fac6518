/**
 * Reads pasted `KEY=value` lines as `.env` files have them: `export` before the name, quotes around the value and
 * `#` comments are taken off. Undefined when any line is something else, so that a paste of plain text stays plain.
 */
export function readEnvLines(text: string): [string, string][] | undefined {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const pairs: [string, string][] = [];
  for (const line of lines) {
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(line);
    if (!match?.[1]) return undefined;
    pairs.push([match[1], unquote(match[2] ?? '')]);
  }
  return pairs.length > 0 ? pairs : undefined;
}

/** Reads pasted `Name: value` lines, as browsers and curl show headers. Undefined when any line is something else. */
export function readHeaderLines(text: string): [string, string][] | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const pairs: [string, string][] = [];
  for (const line of lines) {
    const match = /^\s*(?:-H\s+)?["']?([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s+(.*?)["']?\s*\\?$/.exec(line);
    if (!match?.[1]) return undefined;
    pairs.push([match[1], match[2] ?? '']);
  }
  return pairs.length > 0 ? pairs : undefined;
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(value);
  return quoted ? (quoted[2] ?? '') : value.replace(/\s+#.*$/, '');
}
