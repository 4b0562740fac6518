import type { Component } from 'svelte';

/**
 * Any icon of `@lucide/svelte/icons/…`. Import each by its own path, so that only what is used is shipped. The build
 * draws them beforehand (build/lib/static-icons.mjs), so they take these props and no others.
 */
export type Icon = Component<{
  /** Width and height, in CSS pixels. */
  size?: number | string;
  'aria-hidden'?: boolean | 'true' | 'false';
  'aria-label'?: string | undefined;
}>;
