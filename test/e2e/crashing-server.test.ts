import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../support/host.js';
import { closeBrowser, openPage, startHost } from './window/browser.js';

afterAll(closeBrowser);

it('shows why a server crashes: state, last words, plot, doctor with its fix, and log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-crashing-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const host = await startHost();
  const { server } = await host.client.call('server.create', {
    server: {
      name: 'inventory',
      transport: {
        type: 'stdio',
        command: process.execPath,
        args: [join(ROOT, 'test/fakes/servers/crashing.mjs'), join(folder, 'starts'), '--after', '5000'],
        env: { EMPTY: '' },
      },
      lifecycle: { restart: 'always' },
    },
  });
  const page = await openPage(host.ready);
  await page.evaluate((id) => (window.location.hash = `#/servers/${id}/overview`), server.id);
  await page.getByRole('button', { name: 'Start', exact: true }).click();

  const note = page.getByRole('status').filter({ hasText: 'ended with exit code 1' });
  await note.getByText('It last said: cannot open the database: no such table').waitFor();
  await page.getByRole('region', { name: 'State' }).getByText('Retrying').waitFor();
  await page.getByText(/^Next try in \d+ s$/).waitFor();
  // The second run's samples are added to those of the first: the plot is there while nothing runs.
  await page.locator('figure', { hasText: 'Memory' }).locator('canvas').waitFor();

  await page.getByRole('button', { name: /^Check( again)?$/ }).click();
  await page.getByText('EMPTY is empty').waitFor();
  await page.getByRole('button', { name: 'Remove EMPTY' }).click();
  await page.getByText('EMPTY is empty').waitFor({ state: 'detached' });
  const stored = (await host.client.call('app.snapshot', {})).servers[0];
  expect(stored?.transport).toMatchObject({ env: {} });
  expect(stored?.revision).toBe(2);

  await page.evaluate((id) => (window.location.hash = `#/servers/${id}/logs`), server.id);
  const log = page.getByRole('log');
  await log.getByText('cannot open the database: no such table', { exact: true }).first().waitFor();
  await log.locator('.ended').filter({ hasText: 'running → backoff' }).first().waitFor();
});
