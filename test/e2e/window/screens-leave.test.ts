import type { CDPSession, Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { realServer } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';

afterAll(closeBrowser);

const TABS = ['overview', 'configure', 'tools', 'resources', 'prompts', 'logs', 'sync', 'history'];
/** Elements of a screen are a hundred at least; a few are the browser's own to keep or not. */
const FEW = 40;

type Left = { elements: number; listeners: number };

/** What there is of elements and listeners once everything that nobody holds is gone. */
async function left(page: Page, session: CDPSession): Promise<Left> {
  // The entry of the history holds the fields of the screen it was last saved on, whether or not that is there still.
  await page.evaluate(() => window.history.replaceState(null, '', window.location.href));
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  return { elements: nodes, listeners: jsEventListeners };
}

/** Goes there, and answers once nothing has changed on the page for some frames. */
const show = (page: Page, hash: string): Promise<void> =>
  page.evaluate(async (to) => {
    let still = 0;
    const observer = new MutationObserver(() => (still = 0));
    observer.observe(document.body, { childList: true, subtree: true });
    window.location.hash = to;
    for (; still < 6; still += 1) await new Promise(requestAnimationFrame);
    observer.disconnect();
  }, hash);

it('lets go of the elements and listeners of a screen that was left', async () => {
  const host = await startHost();
  const { server } = await host.client.call('server.create', {
    server: { name: 'one', transport: realServer('memory') },
  });
  const page = await openPage(host.ready);
  const session = await page.context().newCDPSession(page);
  const tabs = TABS.map((tab) => `#/servers/${server.id}/${tab}`);
  const screens = [...tabs, '#/remotes', '#/import', '#/activity', '#/settings', '#/'];
  const round = async (): Promise<void> => {
    for (const screen of screens) await show(page, screen);
  };
  await round();
  await round();

  const before = await left(page, session);
  for (let count = 0; count < 4; count += 1) await round();
  const after = await left(page, session);

  expect(after.elements - before.elements).toBeLessThan(FEW);
  expect(after.listeners - before.listeners).toBeLessThan(FEW / 4);
});

it('destroys the plots of a server that was left', async () => {
  const VISITS = 6;
  const host = await startHost();
  const { server } = await host.client.call('server.create', {
    server: { name: 'one', transport: realServer('memory') },
  });
  await host.client.call('run.start', { serverId: server.id });
  const page = await openPage(host.ready);
  const session = await page.context().newCDPSession(page);
  const canvas = page.locator('.u-wrap canvas');
  const seen = await page.evaluateHandle((): WeakRef<Element>[] => []);
  for (let visit = 0; visit < VISITS; visit += 1) {
    await show(page, `#/servers/${server.id}/overview`);
    await canvas.first().waitFor();
    await seen.evaluate((refs) => {
      for (const each of document.querySelectorAll('.u-wrap canvas')) refs.push(new WeakRef(each));
    });
    await show(page, '#/settings');
    expect(await canvas.count()).toBe(0);
  }
  await left(page, session);
  const [all, alive] = await seen.evaluate((refs) => [refs.length, refs.filter((ref) => ref.deref()).length]);
  expect(all).toBeGreaterThanOrEqual(VISITS);
  // V8 keeps one plot of a kind for what it learnt of its shape.
  expect(alive).toBeLessThanOrEqual((2 * all!) / VISITS);
});
