import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFakeLetta } from '../../fakes/letta/index.js';
import { ROOT } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';

let axe = '';
beforeAll(async () => {
  axe = await readFile(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
});
afterAll(closeBrowser);

/** What axe finds serious or critical, as `rule: element`. */
async function seriousFaults(page: Page): Promise<string[]> {
  const results = (await page.evaluate(`${axe}; axe.run(document)`)) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

async function furnished() {
  const letta = await startFakeLetta({ version: '0.16.6' });
  onTestFinished(() => letta.close());
  const host = await startHost();
  const { server } = await host.client.call('sample.create', {});
  await host.client.call('run.start', { serverId: server.id });
  await host.client.call('server.create', {
    server: { name: 'broken', tags: ['web'], transport: { type: 'stdio', command: 'no-such-command' } },
  });
  await host.client.call('remote.create', { remote: { kind: 'letta', name: 'Letta', baseUrl: letta.url } });
  return host;
}

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  it('has no serious fault on any screen, in any dialog', async () => {
    const host = await furnished();
    const page = await openPage(host.ready, { theme, width: 900, height: 600 });
    const faults: Record<string, string[]> = {};
    const look = async (what: string): Promise<void> => {
      const found = await seriousFaults(page);
      if (found.length > 0) faults[what] = found;
    };
    const close = async (): Promise<void> => {
      await page.keyboard.press('Escape');
      await page.locator('.jf-dialog').waitFor({ state: 'detached' });
    };

    await page.getByRole('grid', { name: 'Patch bay' }).waitFor();
    await look('patch bay');
    await page
      .getByRole('gridcell', { name: /in Letta: Not patched/ })
      .first()
      .click();
    await page
      .getByRole('dialog')
      .getByRole('table')
      .or(page.getByRole('dialog').getByRole('alert'))
      .first()
      .waitFor();
    await look('patching');
    await close();
    await page.keyboard.press('Control+k');
    await page.getByRole('option').first().waitFor();
    await look('palette');
    await close();
    await page.keyboard.press('n');
    await page
      .getByRole('dialog', { name: 'Add server' })
      .getByRole('button', { name: 'Add server' })
      .click();
    await page.locator('[aria-invalid=true]').first().waitFor();
    await look('add server, refused');
    await close();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await look('keys');
    await close();
    for (const screen of ['remotes', 'import', 'activity', 'settings', 'nowhere']) {
      await page.goto(`${host.ready.url.split('#')[0]}#/${screen}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await look(screen);
    }
    expect(faults).toEqual({});
  });

  it('needs no scrolling sideways at 200 % zoom', async () => {
    const host = await furnished();
    // 900 × 600 at 200 % is 450 × 300 in CSS pixels.
    const page = await openPage(host.ready, { theme, width: 640, height: 400 });
    for (const screen of ['', 'remotes', 'import', 'activity', 'settings']) {
      await page.goto(`${host.ready.url.split('#')[0]}#/${screen}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, screen).toBeLessThanOrEqual(0);
    }
  });
});

it('stands the other way round where the language does, with nothing beside the window', async () => {
  const host = await furnished();
  const page = await openPage(host.ready, { width: 900, height: 600 });
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  for (const screen of ['', 'remotes', 'import', 'activity', 'settings']) {
    await page.evaluate((hash) => (window.location.hash = hash), `#/${screen}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const [navigation, main] = [page.getByRole('navigation').first(), page.getByRole('main')];
    const [side, middle] = [await navigation.boundingBox(), await main.boundingBox()];
    expect(side!.x, screen).toBeGreaterThanOrEqual(middle!.x + middle!.width - 1);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
  }
});
