import type { Server } from '../contract/index.js';
import type { LocalCells } from './cells.js';
import type { SyncPorts } from './ports.js';
import type { Desired } from './remote-adapter.js';

/** Fills in the secrets of cells. @throws AppError keychain_unavailable */
export async function resolveCells(
  cells: LocalCells,
  resolve: SyncPorts['resolve'],
  only: (key: string) => boolean = () => true,
): Promise<void> {
  for (const [key, cell] of cells)
    if (cell.secretId !== undefined && cell.value === undefined && only(key))
      cell.value = await resolve({ secret: cell.secretId });
}

/** What a gateway needs to run a sign-in by itself; the rest it finds out from the server (bifrost.md §1.3). */
export async function oauthOf(
  { transport }: Server,
  resolve: SyncPorts['resolve'],
): Promise<Desired['oauth']> {
  if (!('auth' in transport) || transport.auth.type !== 'oauth') return undefined;
  const { clientId, clientSecret, scopes } = transport.auth;
  return {
    ...(clientId !== undefined && { client_id: clientId }),
    ...(clientSecret !== undefined && { client_secret: await resolve(clientSecret) }),
    ...(scopes.length > 0 && { scopes }),
  };
}
