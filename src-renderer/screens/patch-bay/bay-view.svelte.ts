import type { BayView, Settings } from '../../../src-main/contract/index.js';
import { problemOf } from '../../rpc/rpc-error.js';
import { catalog } from '../../state/catalog.svelte.js';
import { updateSettings } from '../../state/settings-actions.js';
import { toasts } from '../../state/toasts.svelte.js';

type Look = Settings['patchBay'];

const sameKeys = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key) => b.includes(key));

/** What the patch bay shows now, and the views that were saved. The host keeps all but the filter's text. */
class BayViewState {
  query = $state('');
  /** What was chosen here and is not yet known to be on disk. */
  #mine = $state.raw<Look>();
  #saving = 0;

  readonly look: Look = $derived(this.#mine ?? catalog.settings.patchBay);
  /** The saved view that is shown as it was saved. */
  readonly current: BayView | undefined = $derived(
    this.look.views.find(
      (view) =>
        view.query === this.query &&
        view.groupBy === this.look.groupBy &&
        sameKeys(view.hidden, this.look.hidden) &&
        sameKeys(view.shown, this.look.shown),
    ),
  );

  /** Shows it at once; the host hears of it meanwhile. */
  change(patch: Partial<Look>): void {
    void this.#save({ ...this.look, ...patch });
  }

  apply({ query, groupBy, hidden, shown }: BayView): void {
    this.query = query;
    this.change({ groupBy, hidden, shown });
  }

  /** Keeps what is shown under a name, in place of a view of the same name. */
  save(name: string): Promise<boolean> {
    const { groupBy, hidden, shown, views } = this.look;
    const view: BayView = { name, query: this.query, groupBy, hidden, shown };
    const others = views.filter((other) => other.name.toLowerCase() !== name.toLowerCase());
    return this.#save({ ...this.look, views: [...others, view] });
  }

  remove(name: string): void {
    const before = this.look.views;
    this.change({ views: before.filter((view) => view.name !== name) });
    toasts.show({
      title: `The view ${name} was deleted`,
      action: { label: 'Undo', run: () => this.change({ views: before }) },
    });
  }

  async #save(next: Look): Promise<boolean> {
    this.#mine = next;
    this.#saving += 1;
    try {
      await updateSettings({ patchBay: next });
      return true;
    } catch (error) {
      const { message, hint } = problemOf(error);
      toasts.show({ tone: 'error', title: message, detail: hint });
      return false;
    } finally {
      this.#saving -= 1;
      if (this.#saving === 0) this.#mine = undefined;
    }
  }
}

export const bayView = new BayViewState();
