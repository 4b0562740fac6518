import type { Base, Hasher, LocalCell, LocalCells, RemoteCell, RemoteCells } from './cells.js';

/** Stands for a URL that a gateway hides: a server needs one, and `.invalid` is promised to lead nowhere (RFC 2606). */
export const HIDDEN_URL = 'https://hidden.invalid/';

/** Kinds of auth that the app has no word for; they stay as they are on the remote. */
const KNOWN_AUTH = new Set(['none', 'headers', 'oauth']);

function isStandIn(key: string, local: LocalCell, remote: RemoteCell): boolean {
  if (key === 'transport.url') return local.value === HIDDEN_URL;
  if (key === 'transport.auth') return 'value' in remote && !KNOWN_AUTH.has(String(remote.value));
  if (key.startsWith('transport.headers.') || key.startsWith('transport.env.'))
    return local.value === '' && 'mask' in remote;
  return false;
}

/** The base of an adopted entry: what the remote hides counts as equal to its stand-in until a person changes that. */
export function standInBase(local: LocalCells, remote: RemoteCells, hasher: Hasher): Base {
  const base: Base = {};
  for (const [key, theirs] of remote) {
    const mine = local.get(key);
    if (!mine || mine.value === undefined || !isStandIn(key, mine, theirs)) continue;
    base[key] = {
      path: mine.path,
      hash: hasher.value(mine.value),
      shown: hasher.shown(theirs),
      kept: true,
    };
  }
  return base;
}

/** Marks local cells that still are the stand-ins they were made as. */
export function markKept(local: LocalCells, base: Base, hasher: Hasher): void {
  for (const [key, cell] of local) {
    const before = base[key];
    if (before?.kept && cell.value !== undefined && hasher.value(cell.value) === before.hash)
      cell.kept = true;
  }
}
