import type { Handlers } from '../../contract/index.js';
import { createEntity, freeName, SERVERS } from '../entities.js';
import type { Parts } from '../parts.js';

type Names = 'bundle.begin' | 'bundle.append' | 'bundle.inspect' | 'bundle.install' | 'bundle.discard';

export function bundleMethods(parts: Parts): Pick<Handlers, Names> {
  const { bundles, catalog } = parts;
  return {
    'bundle.begin': async ({ fileName, size }) => ({ id: await bundles.begin(fileName, size) }),
    'bundle.append': async ({ id, data }) => ({
      received: await bundles.append(id, Buffer.from(data, 'base64')),
    }),
    'bundle.inspect': async ({ id }) => ({ bundle: await bundles.inspect(id) }),
    'bundle.install': async ({ id, name, config }) => {
      const { server, folder, fileName } = await bundles.unpack(id, config);
      try {
        const wanted = name ?? freeName(server.name, catalog.servers());
        const origin = { kind: 'import' as const, label: fileName };
        const created = await createEntity(parts, SERVERS, { ...server, name: wanted }, origin);
        await bundles.discard(id);
        return { server: created };
      } catch (error) {
        await bundles.remove(folder);
        throw error;
      }
    },
    'bundle.discard': async ({ id }) => {
      await bundles.discard(id);
      return {};
    },
  };
}
