import { serverSchema, type Handlers, type Server } from '../../contract/index.js';
import {
  copyEntity,
  createEntity,
  mustHave,
  notFound,
  removeEntity,
  SERVERS,
  updateEntity,
} from '../entities.js';
import { secretIdsOf } from '../../vault/vault.js';
import type { Parts } from '../parts.js';

type Names =
  | 'server.create'
  | 'server.update'
  | 'server.duplicate'
  | 'server.remove'
  | 'server.history'
  | 'server.restore';

export function serverMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, runtime, activity, vault } = parts;

  const tell = (what: string, server: Server): void =>
    activity.add({ kind: 'edit', severity: 'info', title: `${what} ${server.name}`, serverId: server.id });

  /** Records of other schema versions or with a torn line are passed over rather than shown broken. */
  const revisions = async (id: string) => {
    const lines = await catalog.history('server', id);
    return lines.flatMap(({ revision, at, record }) => {
      const parsed = serverSchema.safeParse(record);
      return parsed.success ? [{ revision, at, server: parsed.data }] : [];
    });
  };

  return {
    'server.create': async ({ server: input }) => {
      const server = await createEntity(parts, SERVERS, input as Record<string, unknown>);
      tell('Added', server);
      return { server };
    },

    'server.update': async (edit) => {
      const server = await updateEntity(parts, SERVERS, edit);
      tell('Edited', server);
      return { server };
    },

    'server.duplicate': async ({ id, name }) => {
      const server = await copyEntity(parts, SERVERS, id, name);
      tell('Added', server);
      return { server };
    },

    'server.remove': async ({ id }) => {
      mustHave(SERVERS, catalog, id);
      // Stopped first: once its record is gone nobody could tell what the process was.
      await runtime.stop(id);
      const server = await removeEntity(parts, SERVERS, id);
      await runtime.forget(id);
      tell('Removed', server);
      return {};
    },

    'server.history': async ({ id }) => {
      mustHave(SERVERS, catalog, id);
      return { revisions: await revisions(id) };
    },

    'server.restore': async ({ id, revision }) => {
      const before = mustHave(SERVERS, catalog, id);
      const wanted = (await revisions(id)).find((entry) => entry.revision === revision);
      if (!wanted) throw notFound('revision', String(revision));
      await vault.condemn(staleSecrets(before, wanted.server));
      // An older revision may refer to secrets that were replaced since: they stay references and are asked for again.
      const server = await catalog.edit((tx) => {
        const current = mustHave(SERVERS, tx, id);
        const restored: Server = { ...wanted.server, id, revision: current.revision + 1 };
        tx.put('servers', restored);
        return { restored, current };
      });
      await vault.remove(staleSecrets(server.current, server.restored));
      tell('Restored', server.restored);
      return { server: server.restored };
    },
  };
}

function staleSecrets(before: Server, after: Server): string[] {
  const kept = secretIdsOf(after);
  return [...secretIdsOf(before)].filter((id) => !kept.has(id));
}
