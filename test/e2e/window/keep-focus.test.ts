import { afterAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { realServer } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';

afterAll(closeBrowser);

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
  });

// Whoever works by keyboard goes on where the button was that took itself away, and not at the page's top.
it('a button that goes with what it was for leaves the focus to what stands there then', async () => {
  const host = await startHost();
  const { client } = host;
  for (const name of ['one', 'two', 'three']) {
    const { server } = await client.call('server.create', {
      server: { name, transport: realServer('memory') },
    });
    await client.call('server.remove', { id: server.id });
  }
  const page = await openPage(host.ready);
  await page.evaluate(() => (window.location.hash = '#/settings'));
  const removed = page.getByRole('region', { name: 'Removed' });
  await removed.getByRole('button', { name: 'Bring back two' }).focus();
  await page.keyboard.press('Enter');
  await removed.getByText('two', { exact: true }).waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toMatch(/^Bring back (one|three)$/);
  await page.keyboard.press('Enter');
  await expect.poll(() => removed.getByRole('listitem').count()).toBe(1);
  await expect.poll(() => focused(page)).toMatch(/^Bring back (one|three)$/);
});
