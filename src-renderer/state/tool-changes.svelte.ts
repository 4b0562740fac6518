import { SvelteMap } from 'svelte/reactivity';
import type { ToolChange } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';

/** Tools that a server describes otherwise than when they were last accepted. */
class ToolChanges {
  readonly #changes = new SvelteMap<string, readonly ToolChange[]>();

  of(serverId: string): readonly ToolChange[] {
    return this.#changes.get(serverId) ?? [];
  }

  told(serverId: string, changes: readonly ToolChange[]): void {
    this.#changes.set(serverId, changes);
  }

  /** A server that is gone, or a host that is, has none to show. */
  async load(serverId: string): Promise<void> {
    try {
      const { changes } = await rpc.call('tool.changes', { serverId });
      if (changes.length > 0 || this.#changes.has(serverId)) this.told(serverId, changes);
    } catch {
      this.#changes.delete(serverId);
    }
  }

  clear(): void {
    this.#changes.clear();
  }
}

export const toolChanges = new ToolChanges();
