import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { realServer } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';

const SERVERS = 150;
/** Row 1 is the head. */
const FOCUSED = 24;
const ROW = 32;
const SPARE = 5;

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

/**
 * Scrolls by so much in one frame, and tells in which order the rows stand right after it was drawn, and which are in
 * sight by their place.
 */
const scrollTo = (page: Page, top: number): Promise<{ drawn: number[]; inSight: number[] }> =>
  page.evaluate(async (to) => {
    const grid = document.querySelector('[role=grid]') as HTMLElement;
    grid.scrollTop = to;
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const { top: from, bottom } = grid.getBoundingClientRect();
    const rows = [...document.querySelectorAll('[role=rowgroup] > [role=row]')];
    const numbers = (some: Element[]): number[] =>
      some.map((row) => Number(row.getAttribute('aria-rowindex')));
    const inSight = rows.filter((row) => {
      const box = row.getBoundingClientRect();
      return box.bottom > from && box.top < bottom;
    });
    return { drawn: numbers(rows), inSight: numbers(inSight).sort((a, b) => a - b) };
  }, top);

/** All numbers from the first up to the last. */
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

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

  const { height, head } = await page.evaluate(() => {
    const grid = document.querySelector('[role=grid]') as HTMLElement;
    const body = grid.querySelector('[role=rowgroup]:last-child') as HTMLElement;
    return { height: grid.clientHeight, head: body.offsetTop };
  });
  for (const top of [640, 2_400, 320, 0]) {
    const { drawn, inSight } = await scrollTo(page, top);
    // No gap while it moves: each row that has a place in sight is there, once.
    const lowest = Math.ceil((top + height - head) / ROW) + 1;
    expect(inSight.filter((row) => row > Math.floor(top / ROW) + 1 && row <= lowest)).toEqual(
      range(Math.floor(top / ROW) + 2, lowest),
    );
    expect(new Set(drawn).size).toBe(drawn.length);
    const others = (rows: number[]): number[] => rows.filter((row) => row !== FOCUSED);
    if (top === 640) expect(others(drawn)).not.toEqual(others(drawn).sort((a, b) => a - b));
    // At rest in the order of their numbers, with spare rows around those in sight.
    const first = Math.max(0, Math.floor(top / ROW) - SPARE) + 2;
    const last = Math.floor(top / ROW) + Math.ceil(height / ROW) + SPARE + 2;
    await expect.poll(async () => others(await read(page))).toEqual(others(range(first, last)));
    expect(await focusedRow(page)).toBe(String(FOCUSED));
  }
});
