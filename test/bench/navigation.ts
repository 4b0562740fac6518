import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sirv from 'sirv';
import { Host, realServer, ROOT } from '../support/host.js';
import { newWindow } from './browser.js';
import type { Figure } from './report.js';
import { interleaved, median } from './stats.js';

const LOADS = 9;
/** The first row of the patch bay: by then the window is drawn. */
const DRAWN = '[role=rowheader]';

/**
 * How long the window takes until it can be used, against a page of the same host with nothing in it; and, as what is
 * the least that such a window can take, the same for the window as it stands when it is drawn, as a page without a
 * script. All in a browser that has no cache of them, and until they were painted.
 */
export async function navigationFigures(browser: Browser): Promise<Figure[]> {
  await using host = await Host.start();
  await host.client.call('server.create', { server: { name: 'one', transport: realServer('memory') } });
  await using still = await serveStill(await drawnWindow(browser, host.ready.url));
  const nothing = new URL('/nothing-here', host.ready.url).href;
  const empty = (): Promise<number> => load(browser, nothing, 'body');
  const usable = await interleaved(LOADS, () => load(browser, host.ready.url, DRAWN), empty);
  const drawn = await interleaved(LOADS, () => load(browser, still.url, DRAWN), empty);
  const detail = ({ a, b }: typeof usable): string =>
    `medians ${median(a).toFixed(0)} and ${median(b).toFixed(0)} ms of ${LOADS}, interleaved, nothing cached`;
  return [
    {
      name: 'navigation to usable ÷ an empty page of the same host',
      value: median(usable.ratios),
      unit: 'ratio',
      goal: { atMost: 1.5 },
      detail: detail(usable),
    },
    {
      name: 'the drawn window as a page without a script ÷ an empty page',
      value: median(drawn.ratios),
      unit: 'ratio',
      detail: detail(drawn),
    },
  ];
}

/** Milliseconds from asking for a page to the paint that shows something that matches. */
async function load(browser: Browser, url: string, selector: string): Promise<number> {
  const page = await newWindow(browser);
  await page.addInitScript(watchFor, selector);
  await page.goto(url);
  const took = await page.evaluate(() => (window as unknown as { usable: Promise<number> }).usable);
  await page.close();
  return took;
}

/** Runs in the page before its own scripts: when it was first painted with something that matches. */
function watchFor(selector: string): void {
  const usable = new Promise<number>((resolve) => {
    const look = (): void => {
      if (!document.querySelector(selector)) return void requestAnimationFrame(look);
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(0);
      });
    };
    look();
  });
  Object.assign(window, { usable });
}

/** The markup of the drawn window, with the styles of its head and no script. */
async function drawnWindow(browser: Browser, url: string): Promise<string> {
  const page = await newWindow(browser);
  await page.goto(url);
  await page.locator(DRAWN).first().waitFor();
  const markup = await page.evaluate(() => {
    for (const each of document.querySelectorAll('script, link:not([rel=stylesheet])')) each.remove();
    return document.documentElement.outerHTML;
  });
  await page.close();
  return `<!doctype html>${markup}`;
}

async function serveStill(markup: string): Promise<{ url: string } & AsyncDisposable> {
  const assets = sirv(join(ROOT, 'out/renderer'));
  const server = createServer((request, response) => {
    if (request.url !== '/') return assets(request, response);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(markup);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
