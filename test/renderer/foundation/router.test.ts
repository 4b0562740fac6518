import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { router, to } from '../../../src-renderer/state/router.svelte.js';

async function byLink(hash: string): Promise<void> {
  window.location.hash = hash;
  await new Promise((resolve) => window.addEventListener('hashchange', resolve, { once: true }));
}

describe('leaving a screen', () => {
  it('follows links and Back', async () => {
    await router.go(to.remotes());
    await byLink(to.settings());
    expect(router.route.name).toBe('settings');
    window.history.back();
    await vi.waitFor(() => expect(router.route.name).toBe('remotes'));
  });

  it('stays where the guard says no, and the address with it', async () => {
    await router.go(to.server('a', 'configure'));
    let answer: Promise<boolean> | boolean = Promise.resolve(false);
    onTestFinished(router.guard(() => answer));
    expect(await router.go(to.patchBay())).toBe(false);
    await byLink(to.settings());
    expect(router.route).toMatchObject({ name: 'server', id: 'a' });
    expect(window.location.hash).toBe(to.server('a', 'configure'));

    answer = Promise.resolve(true);
    await byLink(to.settings());
    await vi.waitFor(() => expect(router.route.name).toBe('settings'));
    expect(window.location.hash).toBe(to.settings());
  });

  it('asks before the tab is closed only while something would be lost', () => {
    let mayLeave = false;
    onTestFinished(router.guard(() => mayLeave));
    const close = (): boolean => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    expect(close()).toBe(false);
    mayLeave = true;
    expect(close()).toBe(true);
  });
});
