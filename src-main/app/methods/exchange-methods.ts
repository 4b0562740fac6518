import { AppError, type Activity, type Handlers, type ServerInput } from '../../contract/index.js';
import type { ExportWish, ImportDraft } from '../../interchange/interchange.js';
import { createEntity, mustHave, SERVERS, updateEntity, type EditParts } from '../entities.js';
import type { Parts } from '../parts.js';

type Names =
  | 'import.scan'
  | 'import.preview'
  | 'import.apply'
  | 'import.read'
  | 'export.preview'
  | 'export.apply'
  | 'export.removePreview'
  | 'export.remove'
  | 'export.backups'
  | 'export.undoPreview'
  | 'export.undo';

export function exchangeMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, interchange, vault, undo } = parts;

  const chosen = (serverIds: readonly string[]) => serverIds.map((id) => mustHave(SERVERS, catalog, id));
  const wishOf = ({
    plainSecrets,
    form,
  }: {
    plainSecrets: boolean;
    form?: ExportWish['form'];
  }): ExportWish => ({
    form,
    isServer: (id) => catalog.servers().some((server) => server.id === id),
    // Secrets are only looked up where the person has said yes to writing them in plain text.
    resolve: plainSecrets ? (value) => vault.resolve(value) : undefined,
  });

  /** A line in Activity, and word to the windows that the client's column looks different now. */
  const told = async (
    client: string,
    titled: (client: string) => string,
    { path, backup }: { path: string; backup?: string },
  ): Promise<void> => {
    const detail = backup ? `${path}. What it held before is kept in ${backup}.` : `${path}.`;
    const title = titled(await interchange.titleOf(client));
    parts.activity.add({ kind: 'edit', severity: 'info', title, detail });
    parts.notify('clients.changed', { clients: [client] });
  };

  return {
    'import.scan': async () => ({ clients: await interchange.scan() }),
    'import.preview': ({ source }) => interchange.preview(source, catalog.servers()),
    'import.apply': async ({ source, choices }) => {
      const drafts = await interchange.draft(source, catalog.servers(), choices);
      const result = { added: [] as string[], overwritten: [] as string[], skipped: [] as string[] };
      const failures: { key: string; name: string; error: AppError }[] = [];
      const title = (count: number): string => `Imported ${count} ${count === 1 ? 'server' : 'servers'}`;
      await undo.together(title, async (notes) => {
        for (const draft of drafts) {
          const { key, server } = draft;
          delete choices[key];
          try {
            const { id, isNew } = await importOne({ ...parts, undo: notes }, draft);
            result[isNew ? 'added' : 'overwritten'].push(id);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            failures.push({ key, name: server.name, error });
          }
        }
      });
      const [first] = failures;
      if (first && result.added.length + result.overwritten.length === 0) throw first.error;
      result.skipped = Object.keys(choices);
      const failed = failures.map(({ error, ...rest }) => ({ ...rest, error: error.toProblem() }));
      return failed.length > 0 ? { ...result, failed } : result;
    },
    'import.read': ({ text, fileName }) => interchange.read(text, fileName),

    'export.preview': ({ client, serverIds, ...how }) =>
      interchange.exportPreview(client, chosen(serverIds), wishOf(how)),
    'export.apply': async ({ client, serverIds, consent, ...how }) => {
      const servers = chosen(serverIds);
      const wish = { ...wishOf(how), overwrite: consent.includes('overwrite') };
      const result = await interchange.exportApply(client, servers, wish);
      await told(client, (title) => `Wrote ${namesOf(servers)} into the file of ${title}`, result);
      return result;
    },
    'export.removePreview': ({ client, serverIds, entries }) =>
      interchange.removalPreview(client, { serverIds, entries }),
    'export.remove': async ({ client, serverIds, entries, consent }) => {
      const result = await interchange.removalApply(
        client,
        { serverIds, entries },
        consent.includes('overwrite'),
      );
      if (result.backup) await told(client, (title) => `Took entries out of the file of ${title}`, result);
      return result;
    },
    'export.backups': async ({ client }) => ({ backups: await interchange.backups(client) }),
    'export.undoPreview': ({ client, backup }) => interchange.undoPreview(client, backup),
    'export.undo': async ({ client, backup }) => {
      const result = await interchange.undo(client, backup);
      await told(client, (title) => `Put a backup of the file of ${title} back`, result);
      return result;
    },
  };
}

const namesOf = (servers: readonly { name: string }[]): string =>
  servers.length === 1 ? (servers[0]?.name ?? '') : `${servers.length} servers`;

async function importOne(
  parts: EditParts & Pick<Parts, 'activity'>,
  { action, existingServerId, server }: ImportDraft,
): Promise<{ id: string; isNew: boolean }> {
  const origin = { kind: 'import' as const, label: server.provenance?.source.slice(0, 300) ?? '' };
  if (action === 'overwrite' && existingServerId) {
    const edit = { id: existingServerId, patch: { ...server } };
    const { id, name } = await updateEntity(parts, SERVERS, edit, origin);
    tellOfImport(parts, id, `Imported over ${name}`, server);
    return { id, isNew: false };
  }
  const { id, name } = await createEntity(parts, SERVERS, { ...server }, origin);
  tellOfImport(parts, id, `Imported ${name}`, server);
  return { id, isNew: true };
}

function tellOfImport(
  { activity }: Pick<Parts, 'activity'>,
  serverId: string,
  title: string,
  server: ServerInput,
): void {
  const source = server.provenance?.source;
  const entry: Omit<Activity, 'id' | 'at'> = { kind: 'edit', severity: 'info', title, serverId };
  activity.add(source ? { ...entry, detail: `From ${source}.` } : entry);
}
