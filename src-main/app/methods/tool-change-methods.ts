import type { Handlers } from '../../contract/index.js';
import { mustHave, SERVERS } from '../entities.js';
import type { Parts } from '../parts.js';

type Names = 'tool.changes' | 'tool.accept';

export function toolChangeMethods({ catalog, toolWatch, activity, notify }: Parts): Pick<Handlers, Names> {
  return {
    'tool.changes': ({ serverId }) => ({
      changes: toolWatch.changes(mustHave(SERVERS, catalog, serverId).id),
    }),
    'tool.accept': async ({ serverId }) => {
      const { name } = mustHave(SERVERS, catalog, serverId);
      await toolWatch.accept(serverId);
      activity.add({
        kind: 'edit',
        severity: 'info',
        title: `Accepted the tools of ${name} as they are`,
        serverId,
      });
      notify('tools.flagged', { serverId, changes: toolWatch.changes(serverId) });
      return {};
    },
  };
}
