import type { Handlers } from '../../contract/index.js';
import { mustHave, SERVERS } from '../entities.js';
import type { Parts } from '../parts.js';
import { forgetTools } from '../tool-news.js';

type Names = 'tool.changes' | 'tool.accept';

export function toolChangeMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, toolWatch, activity, notify } = parts;
  return {
    'tool.changes': ({ serverId }) => ({
      changes: toolWatch.changes(mustHave(SERVERS, catalog, serverId).id),
    }),
    'tool.accept': async ({ serverId }) => {
      const { name } = mustHave(SERVERS, catalog, serverId);
      await toolWatch.accept(serverId);
      forgetTools(parts, serverId);
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
