import type { Handlers } from '../../contract/index.js';
import { mustHave, SERVERS, updateEntity } from '../entities.js';
import type { Parts } from '../parts.js';

type Names = 'client.list' | 'client.diff' | 'client.pull' | 'client.forget';

/** The columns of the patch bay that are AI clients on this computer. */
export function exchangeClientMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, interchange, activity, notify } = parts;

  return {
    'client.list': ({ clients }) => interchange.clients(catalog.servers(), clients),
    'client.diff': ({ client, serverId }) => interchange.diff(client, mustHave(SERVERS, catalog, serverId)),
    'client.pull': async ({ client, serverId, fields }) => {
      const before = mustHave(SERVERS, catalog, serverId);
      const { patch, settle } = await interchange.pull(client, before, fields);
      // What was compared is what is edited: an edit in between is looked at first.
      const edit = { id: serverId, patch, revision: before.revision };
      const title = await interchange.titleOf(client);
      const server = await updateEntity(parts, SERVERS, edit, { kind: 'import', label: title });
      await settle(server);
      activity.add({
        kind: 'edit',
        severity: 'info',
        title: `Took over into ${server.name} what ${title} had changed`,
        serverId,
      });
      notify('clients.changed', { clients: [client] });
      return { server };
    },
    'client.forget': async ({ client, serverId }) => {
      await interchange.forget(client, serverId);
      notify('clients.changed', { clients: [client] });
      return {};
    },
  };
}
