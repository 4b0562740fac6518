import { configure } from '@testing-library/svelte';
import { onTestFinished, vi } from 'vitest';
import type { Server } from '../../src-main/contract/index.js';
// The page is fetched when it is first opened; here it is there from the start.
import '../../src-renderer/screens/server/ServerScreen.svelte';
import { desks } from '../../src-renderer/screens/server/server-desk.svelte.js';
import type { ServerTab } from '../../src-renderer/state/router.svelte.js';
import type { FakeHost } from './fake-host.js';
import { openWindow, screen } from './foundation/window.js';
import { serverPageHost } from './server-seed.js';

/** jsdom lays nothing out: lists that draw only what is in sight are told that there is room. */
class Room implements ResizeObserver {
  constructor(private readonly told: ResizeObserverCallback) {}
  observe(target: Element): void {
    const contentRect = {
      width: 800,
      height: 600,
      x: 0,
      y: 0,
      top: 0,
      left: 0,
      right: 800,
      bottom: 600,
    } as DOMRect;
    const isRow = target.parentElement?.parentElement?.getAttribute('role') != null;
    const size = isRow ? { ...contentRect, height: 24 } : contentRect;
    queueMicrotask(() => this.told([{ target, contentRect: size } as ResizeObserverEntry], this));
  }
  unobserve(): void {}
  disconnect(): void {}
}

/** The page of one server, over a host in memory that has something to show on every tab. */
export async function openServer(
  tab: ServerTab,
  change: Record<string, unknown> = {},
): Promise<{ host: FakeHost; server: Server }> {
  vi.stubGlobal('ResizeObserver', Room);
  for (const side of ['offsetHeight', 'clientHeight'] as const)
    vi.spyOn(HTMLElement.prototype, side, 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetParent', 'get').mockReturnValue(document.body);
  // A list that follows its end scrolls itself; here that is where it was told to be.
  Element.prototype.scrollTo ??= function scrollTo(where?: ScrollToOptions | number): void {
    if (typeof where === 'object') this.scrollTop = where.top ?? 0;
  };
  // Asking the style of every element on the page whether it is hidden takes most of a test's time.
  configure({ defaultHidden: true });
  onTestFinished(() => {
    configure({ defaultHidden: false });
    desks.clear();
    vi.unstubAllGlobals();
  });
  const { host, server } = serverPageHost(change);
  await openWindow(host, `#/servers/${server.id}/${tab}`);
  await screen.findByRole('tablist', { name: /^Parts of/ });
  return { host, server };
}
