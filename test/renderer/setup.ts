import { cleanup, configure } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, vi } from 'vitest';

// A screen is fetched when it is first opened, and a busy machine takes its time over that.
configure({ asyncUtilTimeout: 5_000 });

// What jsdom lacks and the headless components ask for.
class NoResizeObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoResizeObserver;
window.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
})) as typeof window.matchMedia;
window.requestIdleCallback ??= (work) =>
  window.setTimeout(() => work({ didTimeout: false, timeRemaining: () => 50 }), 0);
window.cancelIdleCallback ??= (handle) => window.clearTimeout(handle);
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.hasPointerCapture ??= () => false;
Element.prototype.setPointerCapture ??= () => undefined;
Element.prototype.releasePointerCapture ??= () => undefined;
Element.prototype.getAnimations ??= () => [];
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;

const complaints: string[] = [];
const note = (...parts: unknown[]): void => void complaints.push(parts.map(String).join(' '));

beforeEach(() => {
  complaints.length = 0;
  vi.spyOn(console, 'error').mockImplementation(note);
  vi.spyOn(console, 'warn').mockImplementation(note);
});

/** A screen that complains on the console is broken, also where it looks right. */
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  expect(complaints, 'the console').toEqual([]);
});
