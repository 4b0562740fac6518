import type { FixAction } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';

/**
 * Does what a finding of the doctor offers. Only the methods named here are ever called, whatever an answer may hold.
 * @throws RpcError why it could not be done
 */
export async function doAction(action: FixAction): Promise<void> {
  switch (action.method) {
    case 'environment.refresh':
      return void (await rpc.call('environment.refresh'));
    case 'package.fetch':
      return void (await rpc.call('package.fetch', action.params));
    case 'run.restart':
      return void (await rpc.call('run.restart', action.params));
    case 'server.update':
      return void (await rpc.call('server.update', action.params));
    case 'settings.update':
      return void (await rpc.call('settings.update', action.params));
  }
}

/** Gives up what a click began, where that takes long enough to be thought better of. */
export async function cancelAction(action: FixAction): Promise<void> {
  if (action.method === 'package.fetch') await rpc.call('package.cancelFetch', action.params);
}
