import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sirv from 'sirv';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differenceOf, keepReference } from '../gallery/compare-pictures.js';
import { ROOT } from '../support/host.js';
import { closeBrowser, openPage } from './window/browser.js';

const GALLERY = join(ROOT, 'test', 'gallery');
const UPDATE = process.env['UPDATE'] === '1';
const FONTS = { h2: 'DejaVu Sans', 'nav code': 'DejaVu Sans Mono' };

let server: Server;
let url: string;

beforeAll(async () => {
  await build({ configFile: join(GALLERY, 'vite.config.ts'), logLevel: 'error' });
  const files = sirv(join(ROOT, '.cache', 'gallery'));
  server = createServer((request, response) => files(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  await closeBrowser();
  server.closeAllConnections();
  server.close();
});

/** The fonts that the pictures need and Chromium put others in the place of. */
async function missingFonts(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const { root } = await session.send('DOM.getDocument');
  const missing: string[] = [];
  for (const [selector, family] of Object.entries(FONTS)) {
    const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector });
    const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId });
    if (!fonts.every((font) => font.familyName === family)) missing.push(family);
  }
  await session.detach();
  return missing;
}

/** Every section by its name, then what lies over the page while it is open. */
async function* pictures(page: Page): AsyncGenerator<[name: string, picture: Buffer]> {
  // Turning things are shown at their start.
  const look = { animations: 'disabled' } as const;
  const sections = await page.locator('section[id]').evaluateAll((all) => all.map(({ id }) => id));
  for (const name of sections.filter((id) => id !== 'overlays')) {
    await page.goto(`${url}#${name}`);
    yield [name, await page.locator(`#${name}`).screenshot(look)];
  }
  await page.goto(`${url}#overlays`);
  for (const name of ['menu', 'dialog'] as const) {
    await page.getByRole('button', { name: `Open ${name}` }).click();
    yield [name, await page.getByRole(name).screenshot(look)];
    await page.keyboard.press('Escape');
    await page.getByRole(name).waitFor({ state: 'detached' });
  }
}

test.each(['light', 'dark'] as const)('every component looks as it did, in %s', async (theme) => {
  const page = await openPage({ url }, { theme });
  const missing = await missingFonts(page);
  if (missing.length > 0) {
    process.stdout.write(`The gallery is not compared: ${missing.join(' and ')} is not here.\n`);
    return;
  }
  const folders = {
    references: join(GALLERY, 'references', theme),
    results: join(ROOT, 'test-results', 'gallery', theme),
  };
  await rm(folders.results, { recursive: true, force: true });
  const names: string[] = [];
  const faults: string[] = [];
  for await (const [name, picture] of pictures(page)) {
    names.push(`${name}.png`);
    if (UPDATE) await keepReference(name, picture, folders);
    const fault = await differenceOf(name, picture, folders);
    if (fault !== undefined) faults.push(fault);
  }
  const hint = `Look at ${folders.results}; where that is how it shall look, run this test with UPDATE=1.`;
  expect(faults, hint).toEqual([]);
  expect((await readdir(folders.references)).sort()).toEqual(names.sort());
});
