import type { Component } from 'svelte';

/** Any icon of `@lucide/svelte/icons/…`. Import each by its own path, so that only what is used is shipped. */
export type Icon = Component<{
  size?: number | string;
  class?: string;
  'aria-hidden'?: boolean | 'true' | 'false';
}>;
