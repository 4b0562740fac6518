import type { Handlers } from '../../contract/index.js';
import { createEntity, mustHave, SERVERS, updateEntity } from '../entities.js';
import type { Parts } from '../parts.js';

type Names = 'import.scan' | 'import.preview' | 'import.apply' | 'export.preview' | 'export.apply';

export function exchangeMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, interchange, vault } = parts;

  const chosen = (serverIds: readonly string[]) => serverIds.map((id) => mustHave(SERVERS, catalog, id));
  /** Secrets are only looked up where the person has said yes to writing them in plain text. */
  const resolver = (plainSecrets: boolean) =>
    plainSecrets ? (value: Parameters<typeof vault.resolve>[0]) => vault.resolve(value) : undefined;

  return {
    'import.scan': async () => ({ clients: await interchange.scan() }),
    'import.preview': ({ source }) => interchange.preview(source, catalog.servers()),
    'import.apply': async ({ source, choices }) => {
      const drafts = await interchange.draft(source, catalog.servers(), choices);
      const result = { added: [] as string[], overwritten: [] as string[], skipped: [] as string[] };
      for (const { key, action, existingServerId, server } of drafts) {
        if (action === 'overwrite' && existingServerId) {
          const updated = await updateEntity(parts, SERVERS, { id: existingServerId, patch: { ...server } });
          result.overwritten.push(updated.id);
        } else {
          const added = await createEntity(parts, SERVERS, { ...server });
          result.added.push(added.id);
        }
        delete choices[key];
      }
      result.skipped = Object.keys(choices);
      return result;
    },
    'export.preview': ({ client, serverIds, plainSecrets }) =>
      interchange.exportPreview(client, chosen(serverIds), resolver(plainSecrets)),
    'export.apply': ({ client, serverIds, plainSecrets }) =>
      interchange.exportApply(client, chosen(serverIds), resolver(plainSecrets)),
  };
}
