import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packBundle } from '../../support/weather-bundle.js';
import { zip } from '../../support/zip.js';
import { closeBrowser, openPage, startHost } from './browser.js';

afterAll(closeBrowser);

async function drop(page: Page, name: string, file: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, data]) => {
      const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
      const made = new DataTransfer();
      made.items.add(new File([bytes], fileName));
      return made;
    },
    [name, file.toString('base64')] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

describe('a bundle that is dropped onto the window', () => {
  let folder: string;
  let bundle: Buffer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jackfield-bundle-'));
    await packBundle(join(folder, 'weather.mcpb'));
    bundle = await readFile(join(folder, 'weather.mcpb'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('shows everything first, and becomes a server that runs only when it is told to', async () => {
    const host = await startHost();
    await host.client.call('settings.update', { patch: { secretStorage: 'session' } });
    const page = await openPage(host.ready);
    await drop(page, 'weather.mcpb', bundle);
    const dialog = page.getByRole('dialog', { name: 'Install Weather' });
    await dialog.getByText('server/index.js').first().waitFor();
    await dialog.getByText('WEATHER_KEY=${user_config.api_key}').waitFor();
    expect(existsSync(join(host.dataDir, 'bundles'))).toBe(false);

    await dialog.getByRole('button', { name: 'Install' }).click();
    await dialog.getByText('must be filled in').waitFor();
    await dialog.getByRole('textbox', { name: 'API key' }).fill('k-123456');
    await dialog.getByText('WEATHER_KEY=••••').waitFor();
    await dialog.getByRole('textbox', { name: 'Place' }).fill('Bergen');
    await dialog.getByText('Bergen').first().waitFor();
    await dialog.getByRole('button', { name: 'Install' }).click();
    await page.waitForURL(/#\/servers\//);

    const { servers, runs } = await host.client.call('app.snapshot', {});
    expect(runs.filter(({ state }) => state !== 'stopped')).toEqual([]);
    const [server] = servers;
    expect(server).toMatchObject({ name: 'Weather', description: 'Tells what the weather is like.' });
    const transport = server?.transport as { args: string[]; env: Record<string, unknown> };
    expect(transport.args.slice(1)).toEqual(['--place', 'Bergen']);
    expect(transport.env).toEqual({ WEATHER_KEY: { secret: expect.any(String) as string }, METRIC: 'true' });
    expect(await readFile(join(host.dataDir, 'catalog.json'), 'utf8')).not.toContain('k-123456');
    expect(await readdir(join(host.dataDir, 'cache/bundles'))).toEqual([]);

    const serverId = server?.id ?? '';
    await expect(host.client.call('run.start', { serverId })).rejects.toMatchObject({
      data: { code: 'consent_required' },
    });
    const { digest = '' } = await host.client.call('trust.state', { serverId });
    await host.client.call('trust.allow', { serverId, digest });
    const { run } = await host.client.call('run.start', { serverId });
    expect(run.state).toBe('running');
  });

  it('leaves nothing behind when the person says no', async () => {
    const host = await startHost();
    const page = await openPage(host.ready);
    await drop(page, 'weather.mcpb', bundle);
    const dialog = page.getByRole('dialog', { name: 'Install Weather' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => readdir(join(host.dataDir, 'cache/bundles'))).toEqual([]);
    expect(existsSync(join(host.dataDir, 'bundles'))).toBe(false);
    expect((await host.client.call('app.snapshot', {})).servers).toEqual([]);
  });

  it('is refused in a sentence where it would write elsewhere', async () => {
    const host = await startHost();
    const page = await openPage(host.ready);
    await drop(page, 'evil.mcpb', zip([{ name: '../../evil' }, { name: 'manifest.json', data: '{}' }]));
    await page
      .getByRole('dialog')
      .getByText(/cannot be read: invalid relative path/)
      .waitFor();
  });

  it('can be an install link of another client, too', async () => {
    const host = await startHost();
    const page = await openPage(host.ready);
    const config = Buffer.from(JSON.stringify({ command: 'npx', args: ['-y', 'some-server'] })).toString(
      'base64',
    );
    const link = `cursor://anysphere.cursor-deeplink/mcp/install?name=some&config=${config}`;
    const transfer = await page.evaluateHandle((text) => {
      const made = new DataTransfer();
      made.setData('text/uri-list', text);
      return made;
    }, link);
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await page.getByText('npx -y some-server').waitFor();
    expect((await host.client.call('app.snapshot', {})).servers).toEqual([]);
  });
});
