import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

type Known = { name: string; about: string };

/** Names of servers for a Tab: straight from the catalog's file, whether an app runs or not. None where it is unreadable. */
export async function knownServers(dataDir: string): Promise<Known[]> {
  try {
    const catalog = JSON.parse(await readFile(join(dataDir, 'catalog.json'), 'utf8')) as {
      servers?: unknown;
    };
    const servers = Array.isArray(catalog.servers) ? (catalog.servers as unknown[]) : [];
    return servers.flatMap((server) => {
      const { name, description } = (server ?? {}) as { name?: unknown; description?: unknown };
      if (typeof name !== 'string') return [];
      return [{ name, about: typeof description === 'string' ? description : '' }];
    });
  } catch {
    return [];
  }
}
