import type { RemoteKind, Server, StoredLink } from '../contract/index.js';
import { lawfulName } from './bifrost/lawful-name.js';
import type { Base, Hasher } from './cells.js';
import type { RemoteAdapter } from './remote-adapter.js';

type Asked = {
  server: Server;
  link: StoredLink;
  base: Base | undefined;
  adapter: Pick<RemoteAdapter, 'kind' | 'lawfulName'>;
  hasher: Hasher;
  /** Names that other links of ours have on the same remote. */
  taken: Pick<ReadonlySet<string>, 'has'>;
};

/** The name the entry shall have; `undefined`: nothing of the server's name is lawful there. */
export function wantedName({ server, link, base, adapter, hasher, taken }: Asked): string | undefined {
  const { named, value: before } = base?.['name'] ?? {};
  // Called differently there by choice (adopted, or bent to be lawful): it stays so until the server is renamed.
  const isAsNamed = (): boolean => before === server.name || named === hasher.value(server.name);
  if (typeof before === 'string' && named !== undefined && isAsNamed()) return before;
  if (!base && link.remoteEntryId !== undefined && !link.outbox?.creating) return link.remoteName;
  const lawful = adapter.lawfulName(server.name);
  if (lawful === undefined) return undefined;
  // A number that an entry was given stays with it; a name that is only wished for goes without where it can.
  const isThere = base !== undefined || link.outbox?.creating !== undefined;
  if (isThere && isVariant(link.remoteName, lawful) && !taken.has(link.remoteName)) return link.remoteName;
  return freeVariant(lawful, adapter.kind === 'bifrost' ? '_' : '-', taken);
}

/**
 * Whether a link holds its name against others: its entry has it, or its server still wants it. One that was wished for
 * before the server was renamed is nobody's any more.
 */
export function holdsName(
  { remoteName, remoteEntryId, base, outbox }: StoredLink,
  server: Server | undefined,
  adapter: Pick<RemoteAdapter, 'lawfulName'>,
): boolean {
  if (remoteEntryId !== undefined || base || outbox?.creating) return true;
  const lawful = server && adapter.lawfulName(server.name);
  return lawful !== undefined && isVariant(remoteName, lawful);
}

function isVariant(name: string, stem: string): boolean {
  return name === stem || (name.startsWith(stem) && /^[_-]\d{1,3}$/.test(name.slice(stem.length)));
}

/** `a-b` and `a_b` are one name on a gateway: the second becomes `a_b_2`. */
export function freeVariant(
  stem: string,
  separator: string,
  taken: Pick<ReadonlySet<string>, 'has'>,
): string {
  if (!taken.has(stem)) return stem;
  for (let count = 2; ; count += 1) {
    const name = `${stem.slice(0, 60)}${separator}${count}`;
    if (!taken.has(name)) return name;
  }
}

/** The name a new link will most likely get. */
export function freeNameFor(kind: RemoteKind, wanted: string, taken: ReadonlySet<string>): string {
  const lawful = kind === 'bifrost' ? lawfulName(wanted) : wanted;
  return lawful === undefined ? wanted : freeVariant(lawful, kind === 'bifrost' ? '_' : '-', taken);
}
