import type { LinkState, RemoteKind, Server, StoredLink } from '../contract/index.js';
import { baseOf } from './base.js';
import { lawfulName } from './bifrost/lawful-name.js';
import { project as projectBifrost } from './bifrost/project.js';
import { NAME_ONLY } from './canonical.js';
import type { Base, Hasher } from './cells.js';
import { project as projectLetta } from './letta/project.js';
import type { ProjectOptions, Projection } from './remote-adapter.js';
import { wantedName } from './remote-name.js';
import { markKept } from './stand-in.js';
import { localUnchanged } from './three-way.js';

/** As the base was made: which fields a gateway's version knows can be read off it. */
function projectLike(
  kind: RemoteKind,
  server: Server,
  options: ProjectOptions,
  base: Base,
  hasher: Hasher,
): Projection {
  if (kind === 'letta')
    return projectLetta(server, options, { profile: 'nested', listLimit: 200, stdio: 'yes' });
  const namesOnly = Object.entries(base).some(
    ([key, { hash }]) => key.startsWith('transport.env.') && hash === hasher.value(NAME_ONLY),
  );
  const hasPrices = base['tools.pricing'] !== undefined;
  return projectBifrost(server, options, { profile: hasPrices ? '1.4' : '1.3', envValues: !namesOnly });
}

/** Whether the local server is another than when both sides were last seen equal. Asks neither network nor keychain. */
function isEdited(kind: RemoteKind, server: Server, link: StoredLink, base: Base, hasher: Hasher): boolean {
  const adapter = { kind, lawfulName: kind === 'bifrost' ? lawfulName : (name: string) => name };
  const name = wantedName({ server, link, base, adapter, hasher, taken: new Set() });
  if (name === undefined) return true;
  const options = { name, references: link.references ?? {}, exists: true };
  const { cells, ignores } = projectLike(kind, server, options, base, hasher);
  markKept(cells, base, hasher);
  return [...new Set([...cells.keys(), ...Object.keys(base)])].some(
    (key) => !ignores.includes(key) && !localUnchanged(cells.get(key), base[key], hasher),
  );
}

const AFTER: Partial<Record<LinkState, { edited: LinkState; untouched: LinkState }>> = {
  in_sync: { edited: 'local_ahead', untouched: 'in_sync' },
  local_ahead: { edited: 'local_ahead', untouched: 'in_sync' },
  remote_ahead: { edited: 'conflict', untouched: 'remote_ahead' },
  conflict: { edited: 'conflict', untouched: 'remote_ahead' },
  // The person answered the failure by an edit; what comes of it, the next sync tells.
  failed: { edited: 'local_ahead', untouched: 'failed' },
};

/** The state of a link after its server was edited. */
export function stateAfterEdit(
  kind: RemoteKind,
  server: Server,
  link: StoredLink,
  hasher: Hasher,
): LinkState {
  const base = baseOf(link);
  const next = AFTER[link.state];
  if (!base || !next) return link.state === 'failed' ? 'local_ahead' : link.state;
  return isEdited(kind, server, link, base, hasher) ? next.edited : next.untouched;
}
