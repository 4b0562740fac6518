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

/** Every component of the window that belongs to no screen. */
async function components(): Promise<string[]> {
  const files = await readdir(join(ROOT, 'src-renderer/components'), { recursive: true });
  return files
    .filter((file) => file.endsWith('.svelte'))
    .map((file) => `components/${file.replaceAll('\\', '/')}`)
    .sort();
}

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

// Turning things are shown at their start.
const LOOK = { animations: 'disabled' } as const;

/** Every section by its name. What is marked so is shown as under the pointer, focused or pressed. */
async function* sectionPictures(page: Page): AsyncGenerator<[name: string, picture: Buffer]> {
  const sections = await page.locator('section[id]').evaluateAll((all) => all.map(({ id }) => id));
  for (const name of sections.filter((id) => id !== 'overlays')) {
    await page.goto(`${url}#${name}`);
    await page.locator(`#${name}`).waitFor();
    if ((await page.locator('[data-force]').count()) > 0) await forceStates(page, `#${name}`);
    yield [name, await page.locator(`#${name}`).screenshot(LOOK)];
  }
}

/** `data-force`: a state of the pointer or the focus that everything within is to be in. */
async function forceStates(page: Page, within: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const { root } = await session.send('DOM.getDocument');
  for (const state of ['hover', 'focus-visible', 'active']) {
    // A label is pointed at, and never takes the focus.
    const takers = ['button', 'a', 'input', 'textarea', ...(state === 'hover' ? ['label', '.control'] : [])];
    const selector = takers.map((tag) => `${within} [data-force="${state}"] ${tag}`).join(', ');
    const { nodeIds } = await session.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector });
    const forcedPseudoClasses = state === 'focus-visible' ? ['focus', 'focus-visible'] : [state];
    for (const nodeId of nodeIds) await session.send('CSS.forcePseudoState', { nodeId, forcedPseudoClasses });
  }
  // The session stays open: what it forces ends with it.
}

/** What lies over the page: each is opened by the thing that says what is then pictured. */
async function* overlayPictures(page: Page): AsyncGenerator<[name: string, picture: Buffer]> {
  await page.goto(`${url}#overlays`);
  const openers = page.locator('#overlays [data-pictured]');
  for (let index = 0; index < (await openers.count()); index += 1) {
    // Nothing is left of the one before.
    await page.reload();
    const opener = openers.nth(index);
    await opener.waitFor();
    const {
      name = '',
      pictured = '',
      by,
    } = await opener.evaluate((element) => ({
      ...(element as HTMLElement).dataset,
    }));
    const inner = opener.locator('button');
    const button = (await inner.count()) > 0 ? inner.first() : opener;
    if (by === 'focus') await button.focus();
    else await button.click();
    const shown = page.locator(pictured).first();
    await shown.waitFor();
    yield [name, await shown.screenshot(LOOK)];
  }
}

/** The components that have drawn anything on the page, or have had another one draw it. */
function drawnComponents(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Stack = { file?: string; parent?: Stack | null };
    type Drawn = Element & { __svelte_meta?: { loc?: Stack; parent?: Stack | null } };
    const files = new Set<string>();
    for (const element of document.querySelectorAll('*')) {
      const meta = (element as Drawn).__svelte_meta;
      if (meta?.loc?.file) files.add(meta.loc.file);
      for (let stack = meta?.parent; stack; stack = stack.parent) if (stack.file) files.add(stack.file);
    }
    return [...files];
  });
}

async function* pictures(page: Page): AsyncGenerator<[name: string, picture: Buffer]> {
  yield* sectionPictures(page);
  yield* overlayPictures(page);
}

const PATIENT = { timeout: 180_000 };

test.each(['light', 'dark'] as const)('every component looks as it did, in %s', PATIENT, async (theme) => {
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
  await rm(folders.results, { recursive: true, force: true, maxRetries: 5 });
  const names: string[] = [];
  const faults: string[] = [];
  const drawn = new Set<string>();
  for await (const [name, picture] of pictures(page)) {
    for (const file of await drawnComponents(page)) drawn.add(file.replace(/^.*src-renderer\//, ''));
    names.push(`${name}.png`);
    if (UPDATE) await keepReference(name, picture, folders);
    const fault = await differenceOf(name, picture, folders);
    if (fault !== undefined) faults.push(fault);
  }
  const hint = `Look at ${folders.results}; where that is how it shall look, run this test with UPDATE=1.`;
  expect(faults, hint).toEqual([]);
  expect((await readdir(folders.references)).sort()).toEqual(names.sort());
  // A component that was drawn nowhere has no picture to be compared with.
  expect((await components()).filter((file) => !drawn.has(file))).toEqual([]);
});
