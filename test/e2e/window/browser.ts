import { chromium, type Browser, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { Host, type HostOptions, type Ready } from '../../support/host.js';

const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
  // A heap snapshot cuts strings at 1,024 characters otherwise, and what is looked for may stand behind that.
  '--js-flags=--heap-snapshot-string-limit=100000000',
];

let launched: Promise<Browser> | undefined;

/** One Chromium for a file's tests; `closeBrowser` in afterAll. */
function browser(): Promise<Browser> {
  launched ??= chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: QUIET,
  });
  return launched;
}

export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
  launched = undefined;
}

/** A host of its own for one test, ended with it. */
export async function startHost(options: HostOptions = {}) {
  const host = await Host.start(options);
  onTestFinished(() => host[Symbol.asyncDispose]());
  return host;
}

export type Look = { width?: number; height?: number; theme?: 'light' | 'dark'; locale?: string };

/**
 * Opens the page of a host in a tab of its own. What the page complains of on the console, and what it throws, fails
 * the test at its end: a blocked style or a lost promise is a fault, also where the screen looks right.
 */
export async function openPage(ready: Pick<Ready, 'url'>, look: Look = {}): Promise<Page> {
  const context = await (
    await browser()
  ).newContext({
    viewport: { width: look.width ?? 1_280, height: look.height ?? 800 },
    colorScheme: look.theme ?? 'light',
    reducedMotion: 'reduce',
    locale: look.locale ?? 'en-US',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    const unexpected = complaints.filter((text) => !EXPECTED.test(text));
    if (unexpected.length > 0) throw new Error(`The page complained:\n${unexpected.join('\n')}`);
  });
  await page.goto(ready.url);
  await page.getByRole('navigation').first().waitFor();
  return page;
}

/** A tab for tests that do to a page what makes it complain. Answers how to close it. */
export async function openBare(ready: Ready): Promise<{ page: Page; close: () => Promise<void> }> {
  const context = await (await browser()).newContext({ viewport: { width: 1_280, height: 800 } });
  const page = await context.newPage();
  await page.goto(ready.url);
  await page.getByRole('navigation').first().waitFor();
  return { page, close: () => context.close() };
}

/** What Chromium itself says while a host is away, which some tests bring about. */
const EXPECTED = /WebSocket connection to|ERR_CONNECTION_REFUSED/;
