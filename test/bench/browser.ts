import { chromium, type Browser, type Page } from 'playwright-core';

/**
 * Chromium's own address bar loads two pages of its own with every new window, for longer than an empty page takes and
 * on the same processors: whatever is measured first would be measured with them.
 */
const WITHOUT_ITS_OWN_PAGES = '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup';

/** The Chromium in which the window is measured; the caller closes it. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', WITHOUT_ITS_OWN_PAGES],
  });

/** A page without anything of an earlier one, of the size the window has at first. */
export const newWindow = (browser: Browser): Promise<Page> =>
  browser.newPage({ viewport: { width: 1_280, height: 800 } });
