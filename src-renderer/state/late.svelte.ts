/**
 * Something that is fetched when it is first wanted, and is there from then on: `late.want()`, then `late.value`.
 *
 * Screens and dialogs come by it and not by an `{#await}` block. That block holds on to all that was ever shown in it:
 * what is written while its promise settles is noted down where Svelte never clears it, with the elements behind it.
 */
export class Late<T> {
  value = $state.raw<T>();
  /** Why the last try failed, where it did. */
  error = $state.raw<unknown>();
  #isFetching = false;
  readonly #fetch: () => Promise<T>;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** Fetches it unless it is there or on its way. One that failed is tried again. */
  want(): void {
    if (this.value === undefined && !this.#isFetching) void this.#take();
  }

  async #take(): Promise<void> {
    this.#isFetching = true;
    try {
      this.value = await this.#fetch();
      this.error = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.#isFetching = false;
    }
  }
}

/** The component that a module brings: `lateComponent(() => import('./Dialog.svelte'))`. */
export function lateComponent<C>(fetch: () => Promise<{ default: C }>): Late<C> {
  return new Late(async () => (await fetch()).default);
}
