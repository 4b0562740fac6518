import { AppError, type Handlers } from '../../contract/index.js';
import type { Parts } from '../parts.js';
import { NO_UPDATES } from '../updates.js';

type Names = 'update.status' | 'update.check' | 'update.install';

export function updateMethods({
  facts: { updates },
  runtime,
}: {
  facts: Pick<Parts['facts'], 'updates'>;
  runtime: Pick<Parts['runtime'], 'callsUnderWay'>;
}): Pick<Handlers, Names> {
  return {
    'update.status': () => ({ update: (updates ?? NO_UPDATES).status() }),

    'update.check': async () => ({ update: updates ? await updates.check() : NO_UPDATES.status() }),

    'update.install': async () => {
      if (!updates)
        throw new AppError(
          'unsupported',
          'This host does not update itself.',
          'Update what it was started from.',
        );
      if (runtime.callsUnderWay > 0)
        throw new AppError(
          'unsupported',
          'A tool call is running, and a restart would cut it off.',
          'Wait for its answer or cancel it, then restart.',
        );
      await updates.install();
      return {};
    },
  };
}
