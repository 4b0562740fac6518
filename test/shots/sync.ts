import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Host, realServer } from '../support/host.js';
import { SyncStates } from './sync-states.js';

const SIZES = [
  { suffix: '', width: 1_280, height: 800 },
  { suffix: '-small', width: 900, height: 600 },
];

/** Every state of a jack, the plan sheet, the conflict and the tables of the sync, in both themes and two sizes. */
export async function syncShots(folder: string, only?: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await using host = await Host.start();
  const { client } = host;
  await client.call('settings.update', { patch: { secretStorage: 'session' } });
  const { server } = await client.call('server.create', {
    server: { name: 'everything', transport: realServer('everything') },
  });
  await client.call('run.start', { serverId: server.id });
  const pricing = { echo: 0.001, 'get-sum': 0.02 };
  await client.call('server.update', { id: server.id, patch: { tools: { pricing, autoExecute: ['echo'] } } });
  for (let call = 0; call < 7; call += 1)
    await client.call('tool.call', { serverId: server.id, name: 'echo', arguments: { message: 'x' } });
  const states = await SyncStates.start(client);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  try {
    for (const scene of await states.scenes(server.id))
      for (const { suffix, width, height } of SIZES)
        for (const theme of ['light', 'dark'] as const) {
          if (only !== undefined && !scene.name.startsWith(only)) continue;
          const page = await browser.newPage({
            viewport: { width, height },
            colorScheme: theme,
            reducedMotion: 'reduce',
          });
          await page.goto(host.ready.url);
          await page.getByRole('navigation', { name: 'Main' }).waitFor();
          await page.evaluate((next) => (window.location.hash = next), scene.hash);
          await page.waitForLoadState('networkidle');
          await scene.open?.(page);
          await page.screenshot({ path: join(folder, `sync-${scene.name}-${theme}${suffix}.png`) });
          await page.close();
        }
  } finally {
    await browser.close();
    await states.close();
  }
}
