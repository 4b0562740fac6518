import type { Handlers } from '../../contract/index.js';
import type { Parts } from '../parts.js';

type Names = 'trust.state' | 'trust.ask' | 'trust.allow';

export function trustMethods({ trust }: Parts): Pick<Handlers, Names> {
  return {
    'trust.state': ({ serverId }) => trust.state(serverId),
    'trust.ask': ({ serverId }) => trust.ask(serverId),
    'trust.allow': async ({ serverId, digest }) => {
      await trust.allow(serverId, digest);
      return {};
    },
  };
}
