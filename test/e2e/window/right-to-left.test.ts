import { afterAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { realServer } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';

afterAll(closeBrowser);

async function furnished() {
  const host = await startHost();
  const { client } = host;
  const { server } = await client.call('server.create', {
    server: { name: 'everything', transport: realServer('everything') },
  });
  await client.call('server.create', { server: { name: 'other', transport: realServer('memory') } });
  for (const name of ['One', 'Two'])
    await client.call('remote.create', { remote: { kind: 'letta', name, baseUrl: 'http://127.0.0.1:9' } });
  return { host, client, server };
}

const turn = (page: Page, dir: 'ltr' | 'rtl'): Promise<unknown> =>
  page.evaluate((next) => (document.documentElement.dir = next), dir);
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
  });

describe.each([
  { dir: 'ltr', on: 'ArrowRight', back: 'ArrowLeft' },
  { dir: 'rtl', on: 'ArrowLeft', back: 'ArrowRight' },
] as const)('arrow keys, $dir', ({ dir, on, back }) => {
  it('lead along the line: in the grid, on tabs, in a toolbar, among choices, in a tree', async () => {
    const { host, client, server } = await furnished();
    const page = await openPage(host.ready);
    await turn(page, dir);

    await page.getByRole('gridcell', { name: 'everything in One: Not patched' }).focus();
    await page.keyboard.press(on);
    expect(await focused(page)).toBe('everything in Two: Not patched');
    await page.keyboard.press(back);
    expect(await focused(page)).toBe('everything in One: Not patched');
    await page.keyboard.press(`Control+${back}`);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('rowheader');

    await page.keyboard.press('Space');
    const bar = page.getByRole('toolbar', { name: 'For the selected servers' });
    await bar.getByRole('button', { name: 'Start' }).focus();
    await page.keyboard.press(on);
    expect(await focused(page)).toContain('Patch into');
    await page.keyboard.press(back);
    expect(await focused(page)).toBe('Start');

    await client.call('run.start', { serverId: server.id });
    await page.evaluate((id) => (window.location.hash = `#/servers/${id}/tools`), server.id);
    await page.getByRole('tab', { name: 'Tools' }).focus();
    await page.keyboard.press(on);
    expect(await focused(page)).toBe('Resources');
    await page.keyboard.press(back);
    await page.keyboard.press(back);
    expect(await focused(page)).toBe('Configure');

    await page.getByRole('radio', { name: 'Try them' }).focus();
    await page.keyboard.press(on);
    await page.getByRole('table').waitFor();
    await page.keyboard.press(back);

    await page.getByText('Schemas').click();
    const tree = page.getByRole('button', { name: /^inputSchema/ });
    await tree.focus();
    await page.keyboard.press(back);
    expect(await tree.getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press(on);
    expect(await tree.getAttribute('aria-expanded')).toBe('true');
  });
});
