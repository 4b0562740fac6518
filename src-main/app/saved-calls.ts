import type { Catalog } from '../catalog/catalog.js';

/**
 * Drops the saved calls of servers that are gone. At the start of the app, not at a server's removal: a removal that is
 * taken back finds them where they were.
 */
export async function dropSavedCallsOfGone(catalog: Catalog): Promise<void> {
  const known = new Set(catalog.servers().map(({ id }) => id));
  const isKnown = ([serverId]: [string, unknown]): boolean => known.has(serverId);
  if (Object.entries(catalog.settings().savedCalls).every(isKnown)) return;
  await catalog.edit((tx) => {
    const settings = tx.settings();
    const savedCalls = Object.fromEntries(Object.entries(settings.savedCalls).filter(isKnown));
    tx.settings({ ...settings, savedCalls });
  });
}
