import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { closeBrowser, openPage, startHost, type Look } from '../window/browser.js';

// Put together here, so that no scanner takes this file for a leak.
const TOKEN = `ghp_${'q1W2e3R4'.repeat(5)}`;

const FILES: Record<string, object> = {
  '.cursor/mcp.json': {
    mcpServers: {
      github: {
        command: 'npx',
        args: ['-y', '@modelcontextprotocol/server-github@2'],
        env: { GITHUB_TOKEN: TOKEN, LOG: 'debug' },
      },
      linear: { url: 'https://mcp.linear.app/sse' },
      notes: { command: 'uvx', args: ['mcp-notes', '--key', TOKEN] },
    },
  },
  '.config/Claude/claude_desktop_config.json': {
    mcpServers: {
      'linear-remote': { command: 'npx', args: ['-y', 'mcp-remote', 'https://mcp.linear.app/sse'] },
      files: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/data'] },
    },
  },
  'work/shop/.mcp.json': { mcpServers: { shop: { command: 'node', args: ['shop.mjs'] } } },
};

/** SHOTS=folder keeps pictures of the states this goes through. */
async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOTS'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

async function open(look: Look = {}) {
  const home = await mkdtemp(join(tmpdir(), 'jackfield-import-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), JSON.stringify(content, null, 2));
  }
  const host = await startHost({ env: { HOME: home, XDG_CONFIG_HOME: '', CLAUDE_CONFIG_DIR: '' } });
  await host.client.call('settings.update', { patch: { secretStorage: 'session' } });
  await host.client.raw('server.create', {
    server: {
      name: 'github',
      transport: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', '@modelcontextprotocol/server-github'],
        env: { GITHUB_TOKEN: { newSecret: TOKEN } },
      },
    },
  });
  const page = await openPage(host.ready, look);
  await page.goto(`${host.ready.url.split('#')[0]}#/import`);
  await page.getByRole('heading', { name: 'Found on this computer' }).waitFor();
  return { host, page, home };
}

afterAll(closeBrowser);

describe('the import screen', () => {
  it('shows what several clients share, what overwriting changes, and keeps where each came from', async () => {
    const { host, page } = await open();
    await page.getByRole('button', { name: 'Preview all' }).click();
    const items = page.getByRole('listitem').filter({ has: page.getByRole('combobox') });
    await expect.poll(() => items.count()).toBe(5);
    const changes = items
      .filter({ hasText: 'github' })
      .getByRole('table', { name: 'What overwriting github changes' });
    await expect.poll(() => changes.innerText()).toContain('@modelcontextprotocol/server-github@2');
    expect(await page.content()).not.toContain(TOKEN);
    // The same address under two names: one of them is left out, and it says why.
    expect(await page.getByText('It is the same server as').count()).toBe(1);
    await shot(page, 'import-plan-light');
    await page.getByRole('button', { name: 'Import 4 servers' }).click();
    // The token of "notes" stands among its arguments, where no secret may be kept; the others are here.
    await page.getByText('Imported 3 servers').waitFor();
    await page.getByText(/^notes: A secret/).waitFor();
    await shot(page, 'import-done-light');
    const { servers } = await host.client.call('app.snapshot', {});
    const github = servers.find(({ name }) => name === 'github');
    expect(github?.provenance).toMatchObject({ kind: 'client', client: 'cursor', entry: 'github' });
    await page.goto(`${host.ready.url.split('#')[0]}#/servers/${github?.id}/overview`);
    await page.getByText('Imported from', { exact: true }).waitFor();
    expect(await page.getByText(/^Cursor \(/).count()).toBe(1);
    await shot(page, 'import-provenance-light');
  });

  it('reads a folder, and says where there is nothing', async () => {
    const { page, home } = await open({ theme: 'dark', width: 900, height: 600 });
    await shot(page, 'import-sources-dark-small');
    await page.getByRole('textbox', { name: 'Folder' }).fill(join(home, 'work/shop'));
    await page.getByRole('textbox', { name: 'Folder' }).press('Enter');
    await page.getByText('node shop.mjs').waitFor();
    await shot(page, 'import-folder-dark-small');
    await page.getByRole('button', { name: 'Another source' }).click();
    await page.getByRole('textbox', { name: 'Folder' }).fill(join(home, 'nowhere'));
    await page.getByRole('textbox', { name: 'Folder' }).press('Enter');
    await page.getByText('No AI client').waitFor();
    await shot(page, 'import-nothing-dark-small');
  });

  it.each(['light', 'dark'] as const)('has nothing that keeps anybody out, %s', async (theme) => {
    const { page } = await open({ theme });
    await shot(page, `import-sources-${theme}`);
    await page.getByRole('button', { name: 'Preview all' }).click();
    await page.getByRole('table').first().waitFor();
    await shot(page, `import-plan-${theme}`);
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (
        window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: unknown[] }[] }> };
        }
      ).axe.run();
      return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id }) => id);
    });
    expect(found).toEqual([]);
  });

  it('fits a small window', async () => {
    const { page } = await open({ width: 900, height: 600 });
    await page.getByRole('button', { name: 'Preview all' }).click();
    await page.getByRole('table').first().waitFor();
    await shot(page, 'import-plan-light-small');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
  });
});
