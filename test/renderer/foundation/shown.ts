import { render } from '@testing-library/svelte';
import { Tooltip } from 'bits-ui';
import { createRawSnippet, mount, unmount, type Component } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

/** Draws one component as the window holds it: tooltips want their provider around them. */
export function show(of: unknown, props: Record<string, unknown>): void {
  const children = createRawSnippet(() => ({
    render: () => '<div></div>',
    setup: (target) => {
      const made = mount(of as Component<Record<string, unknown>>, { target, props });
      return () => void unmount(made);
    },
  }));
  render(Tooltip.Provider, { props: { children } });
}

/** Draws one field with `bind:value`; answers where its value is to be read. */
export function field<T>(of: unknown, start: T, props: Record<string, unknown>): { value: T } {
  // A reactive map stands for the `$state` of an owner: a plain module has no runes.
  const held = new SvelteMap([['value', start]]);
  const box = {
    ...props,
    get value(): T {
      return held.get('value') as T;
    },
    set value(next: T) {
      held.set('value', next);
    },
  };
  show(of, box);
  return box;
}
