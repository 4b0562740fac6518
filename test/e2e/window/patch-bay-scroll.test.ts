import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { realServer } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';

const SERVERS = 150;
/** Row 1 is the head. */
const FOCUSED = 24;

afterAll(closeBrowser);

/** Row numbers in the order of the document, as a screen reader reads them. */
const read = (page: Page): Promise<number[]> =>
  page
    .locator('[role=rowgroup] > [role=row]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex'))));

const focusedRow = (page: Page): Promise<string | undefined> =>
  page.evaluate(
    () => document.activeElement?.closest('[role=row]')?.getAttribute('aria-rowindex') ?? undefined,
  );

/** Scrolls by so much in one frame, and tells in which order the rows stand right after it was drawn. */
const scrollTo = (page: Page, top: number): Promise<number[]> =>
  page.evaluate(async (to) => {
    (document.querySelector('[role=grid]') as HTMLElement).scrollTop = to;
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const rows = [...document.querySelectorAll('[role=rowgroup] > [role=row]')];
    return rows.map((row) => Number(row.getAttribute('aria-rowindex')));
  }, top);

it('scrolls without moving elements, is read in order at rest, and keeps the focus', async () => {
  const host = await startHost();
  for (let count = 0; count < SERVERS; count += 1)
    await host.client.call('server.create', {
      server: { name: `server ${String(count).padStart(3, '0')}`, transport: realServer('memory') },
    });
  const page = await openPage(host.ready);
  await page.getByRole('rowheader').first().waitFor();
  // What is said of the keychain may take a row's room, and comes last.
  await page
    .getByRole('contentinfo')
    .getByText(/keychain/i)
    .waitFor();
  await page
    .getByRole('row', { name: /server 022/ })
    .getByRole('rowheader')
    .focus();
  expect(await focusedRow(page)).toBe(String(FOCUSED));

  for (const top of [640, 2_400, 320, 0]) {
    const during = await scrollTo(page, top);
    const inOrder = during.filter((row) => row !== FOCUSED).sort((a, b) => a - b);
    expect(inOrder).toContain(Math.floor(top / 32) + 2);
    if (top === 640) expect(during.filter((row) => row !== FOCUSED)).not.toEqual(inOrder);
    const others = async (): Promise<number[]> => (await read(page)).filter((row) => row !== FOCUSED);
    await expect.poll(others).toEqual(inOrder);
    expect(await focusedRow(page)).toBe(String(FOCUSED));
  }
});
