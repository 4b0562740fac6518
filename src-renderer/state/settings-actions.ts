import type { Settings } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { catalog } from './catalog.svelte.js';
import { refreshInfo } from './session.js';

/** Changes some settings; answers when they are on disk. */
export async function updateSettings(patch: Partial<Settings>): Promise<void> {
  const { settings } = await rpc.call('settings.update', { patch });
  catalog.change({ settings });
  if ('secretStorage' in patch) await refreshInfo();
}
