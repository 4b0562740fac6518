import { gzipSync } from 'node:zlib';
import { Host } from '../support/host.js';
import { startBrowser } from './browser.js';
import type { Figure } from './report.js';

/** What a browser really fetches before anything is clicked: imports, dynamic ones and the catalogue's texts included. */
export async function pageFigures(): Promise<Figure[]> {
  await using host = await Host.start();
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    const scripts = new Map<string, Promise<Buffer>>();
    page.on('response', (response) => {
      if (new URL(response.url()).pathname.endsWith('.js')) scripts.set(response.url(), response.body());
    });
    await page.goto(host.ready.url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const bodies = await Promise.all(scripts.values());
    const total = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
    return [
      {
        name: 'first page: JavaScript, gzip',
        value: total / 1000,
        unit: 'kB',
        goal: { atMost: 200 },
        detail: `${bodies.length} files`,
      },
    ];
  } finally {
    await browser.close();
  }
}
