import type { Handlers, Server } from '../../contract/index.js';
import { copyEntity, createEntity, mustHave, removeEntity, SERVERS, updateEntity } from '../entities.js';
import type { Parts } from '../parts.js';
import { restoreRevision, revisionsOf } from '../revisions.js';

type Names =
  | 'server.create'
  | 'server.update'
  | 'server.duplicate'
  | 'server.remove'
  | 'server.history'
  | 'server.restore';

export function serverMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, runtime, activity, interchange } = parts;

  const tell = (what: string, server: Server): void =>
    activity.add({ kind: 'edit', severity: 'info', title: `${what} ${server.name}`, serverId: server.id });

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
      const left = await interchange.leftOf(id).catch(() => []);
      return left.length > 0 ? { left } : {};
    },

    'server.history': async ({ id }) => {
      mustHave(SERVERS, catalog, id);
      const revisions = await revisionsOf(parts, SERVERS, id);
      return { revisions: revisions.map(({ revision, at, record }) => ({ revision, at, server: record })) };
    },

    'server.restore': async ({ id, revision }) => {
      const server = await restoreRevision(parts, SERVERS, id, revision);
      tell('Restored', server);
      return { server };
    },
  };
}
