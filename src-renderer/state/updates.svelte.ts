import type { UpdateState } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { Action } from './action.svelte.js';

/** How the app stands to newer versions of itself, as the host tells it. */
class UpdatesState {
  state = $state.raw<UpdateState>({ state: 'off' });
  readonly checking = new Action(async () => {
    this.state = (await rpc.call('update.check')).update;
  });
  readonly installing = new Action(() => rpc.call('update.install'));

  async load(): Promise<void> {
    this.state = (await rpc.call('update.status')).update;
  }

  clear(): void {
    this.state = { state: 'off' };
    this.checking.clear();
    this.installing.clear();
  }
}

export const updates = new UpdatesState();

/** One line for the settings screen; nothing where there is nothing to say. */
export function updateLine(update: UpdateState): string {
  switch (update.state) {
    case 'unsupported':
      return update.reason;
    case 'off':
    case 'idle':
      if (update.problem) return update.problem;
      return update.checkedAt ? 'This is the newest version.' : '';
    case 'checking':
      return 'Looking for a newer version.';
    case 'downloading':
      return `Downloading version ${update.version}: ${update.percent} %.`;
    case 'refused':
      return `Version ${update.version} was refused. ${update.reason}`;
    case 'ready':
      return `Version ${update.version} is ready, and waits for you to say when.`;
  }
}
