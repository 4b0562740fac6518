import type { EditEntry, EditList } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { catalog } from './catalog.svelte.js';
import { toasts } from './toasts.svelte.js';

type Way = 'edit.undo' | 'edit.redo';

/** What can be taken back, as the host last told it: edits of every window are among them. */
class Edits {
  #list = $state.raw<EditList>({ undo: [], redo: [] });
  #busy = false;
  #toast: number | undefined;

  get next(): EditEntry | undefined {
    return this.#list.undo[0];
  }

  get nextAgain(): EditEntry | undefined {
    return this.#list.redo[0];
  }

  load(list: EditList): void {
    this.#list = list;
  }

  undo(id?: string): Promise<void> {
    return this.#go('edit.undo', id);
  }

  redo(id?: string): Promise<void> {
    return this.#go('edit.redo', id);
  }

  /** Takes back the last edit that touched this server, remote or link: what a toast's Undo means. */
  async undoOf(entityId: string): Promise<void> {
    const { undo } = await rpc.call('edit.list').catch(() => this.#list);
    const entry = undo.find(({ ids }) => ids.includes(entityId));
    if (entry) await this.undo(entry.id);
    else toasts.show({ tone: 'warning', title: 'This cannot be undone any more' });
  }

  async #go(way: Way, id: string | undefined): Promise<void> {
    // A key that is held down must not take back everything.
    if (this.#busy) return;
    const isUndo = way === 'edit.undo';
    if (id === undefined && !(isUndo ? this.next : this.nextAgain)) {
      toasts.show({ title: isUndo ? 'There is nothing to undo' : 'There is nothing to redo' });
      return;
    }
    this.#busy = true;
    const before = catalog.lostSecrets;
    try {
      const { title, lostSecrets } = await rpc.call(way, id === undefined ? {} : { id });
      const asksAgain = lostSecrets.some((secret) => !before.has(secret));
      // One after the other pressed: each says what the last did.
      if (this.#toast !== undefined) toasts.dismiss(this.#toast);
      this.#toast = toasts.show({
        tone: 'success',
        title: isUndo ? `Undone: ${title}` : `Done again: ${title}`,
        ...(asksAgain && { detail: 'Some of its secrets are gone and must be entered again.' }),
        action: isUndo
          ? { label: 'Redo', run: () => void this.redo() }
          : { label: 'Undo', run: () => void this.undo() },
      });
    } catch (error) {
      const { message, hint } = problemOf(error);
      toasts.show({ tone: 'error', title: message, detail: hint });
    } finally {
      this.#busy = false;
    }
  }
}

export const edits = new Edits();
