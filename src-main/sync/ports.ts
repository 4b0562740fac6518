import type { Catalog } from '../catalog/catalog.js';
import type { Settings, Value } from '../contract/index.js';

/** What the room is given by the app; it knows nothing else of the house. */
export type SyncPorts = {
  catalog: Pick<Catalog, 'server' | 'servers' | 'remote' | 'link' | 'links' | 'edit' | 'salt' | 'onChanged'>;
  /** @throws AppError keychain_unavailable */
  resolve(value: Value): Promise<string>;
  redact(text: string): string;
  settings(): Settings;
  /** The tools of a running server, by their own names. */
  toolsOf(serverId: string): string[] | undefined;
  /** Takes what was changed on a remote into the local server, as `server.update` does. */
  updateServer(serverId: string, patch: Record<string, unknown>): Promise<void>;
  appVersion: string;
};
