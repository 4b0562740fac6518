import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { chromium } from 'playwright-core';
import { icns, ico } from './containers.mjs';

// `node build/icons/make-icons.mjs`: every icon of every platform from the SVG files here. Run after changing one of
// them; what it writes is committed, so that a build needs no browser.
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const svg = (name) => readFileSync(here(`${name}.svg`), 'utf8');

const SMALL = [16, 24, 32];
const LARGE = [48, 64, 128, 256, 512, 1024];
/** Trays differ: black for macOS to colour, light for the dark panels of Windows and Linux. */
const TRAY = { template: '#000', light: '#e8eaf0', attention: '#ff9d5c' };
const ALERT =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.5" fill="#e5484d"/>' +
  '<path d="M8 4v4.6M8 11.4v.4" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();

/** @returns {Promise<Buffer>} a PNG of `size` by `size` pixels with a transparent background */
async function draw(source, size) {
  await page.setViewportSize({ width: size, height: size });
  const style = 'html,body{margin:0}svg{display:block;width:100vw;height:100vh}';
  await page.setContent(`<style>${style}</style>${source}`);
  return page.screenshot({ omitBackground: true });
}

/** @type {Record<number, Buffer>} */
const pngs = {};
for (const size of SMALL) pngs[size] = await draw(svg('small'), size);
for (const size of LARGE) pngs[size] = await draw(svg('icon'), size);

mkdirSync(here('made/linux'), { recursive: true });
for (const size of [...SMALL, ...LARGE]) writeFileSync(here(`made/linux/${size}x${size}.png`), pngs[size]);
writeFileSync(
  here('made/icon.ico'),
  ico([16, 24, 32, 48, 64, 128, 256].map((size) => ({ size, png: pngs[size] }))),
);
writeFileSync(here('made/icon.icns'), icns(pngs));

const tray = {};
for (const [name, color] of Object.entries(TRAY)) {
  const source = svg('tray').replaceAll('#000', color);
  tray[name] = [await draw(source, 16), await draw(source, 32)];
}
const images = {
  trayTemplate: tray.template,
  trayLight: tray.light,
  trayAttention: tray.attention,
  alert: [await draw(ALERT, 16), await draw(ALERT, 32)],
  window: [pngs[128]],
};
await browser.close();

// Within the bundle as text: no path to get wrong in an archive, in development or in a test.
const target = here('../../src-main/hosts/desktop/icon-images.ts');
const source = [
  '// Made by build/icons/make-icons.mjs from the SVG files beside it. Each is one PNG per scale: 1x, then 2x.',
  `export const ICON_IMAGES = ${JSON.stringify(
    Object.fromEntries(
      Object.entries(images).map(([name, list]) => [name, list.map((png) => png.toString('base64'))]),
    ),
  )} as const;`,
].join('\n');
const options = await prettier.resolveConfig(target, { config: here('../prettier.config.js') });
writeFileSync(target, await prettier.format(source, { ...options, parser: 'typescript' }));
