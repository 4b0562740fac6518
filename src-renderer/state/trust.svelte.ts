import { SvelteMap } from 'svelte/reactivity';
import { rpc } from '../rpc/client.js';
import { startServer } from './server-actions.js';

/**
 * Questions whether a command may run that this window has begun. Where they are answered no page reaches: in a dialog
 * of the OS, or in a tab of its own. What is allowed is started, since that is what the person wanted.
 */
class Trust {
  /** Server → where its question is answered; empty where the OS asks. */
  readonly #asked = new SvelteMap<string, string>();

  where(serverId: string): string | undefined {
    return this.#asked.get(serverId);
  }

  /** Rejects with an `RpcError` where nobody can be asked. */
  async ask(serverId: string): Promise<void> {
    const { url = '' } = await rpc.call('trust.ask', { serverId });
    this.#asked.set(serverId, url);
    // The tab must not hold on to this window, nor this window to the tab.
    if (url) window.open(url, '_blank', 'noopener,noreferrer');
  }

  answered({ serverId, allowed }: { serverId: string; allowed: boolean }): void {
    if (this.#asked.delete(serverId) && allowed) void startServer(serverId);
  }

  clear(): void {
    this.#asked.clear();
  }
}

export const trust = new Trust();
