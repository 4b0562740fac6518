import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import PO from 'pofile';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startFakeLetta } from '../../fakes/letta/index.js';
import { ROOT } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';

afterAll(closeBrowser);

/** What German itself leaves as it is: "Name", "Server", "Status". */
const same = new Set<string>();
beforeAll(async () => {
  const { items } = PO.parse(await readFile(join(ROOT, 'src-renderer/locales/de.po'), 'utf8'));
  for (const { msgid, msgstr } of items) if (msgid === msgstr[0]) same.add(msgid);
});

/** Of a server, of the protocols, of the host, which speaks English, or no word at all: addresses, units, versions. */
const NOT_OURS =
  /\bxx\b|D-Bus|DBUS|^MCP |^https?:|^[/~]|std(?:err|out)|[\d.]+ ?(?:MB|kB|ms|s|%)|^fake |Letta|^CPU$|^SSE$|^Ctrl\+|^string$|· linux$|^Revision$|^nested$|^jackfield$/;

/** What stands on the page or is spoken of it, without what the person or a server named. */
async function words(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const within = node.parentElement?.closest('code, pre, kbd, noscript, .mono, [translate=no]');
      if (!within) found.push(node.textContent ?? '');
    }
    for (const element of document.body.querySelectorAll('[aria-label], [placeholder], [title]')) {
      if (element.closest('.mono')) continue;
      for (const name of ['aria-label', 'placeholder', 'title']) found.push(element.getAttribute(name) ?? '');
    }
    return found.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => /\p{L}{2}/u.test(text));
  });
}

async function furnished() {
  const letta = await startFakeLetta({ version: '0.16.6' });
  onTestFinished(() => letta.close());
  const host = await startHost();
  const { server } = await host.client.call('server.create', {
    server: {
      name: 'xx-server',
      tags: ['xx-tag'],
      transport: {
        type: 'stdio',
        command: process.execPath,
        args: [join(ROOT, 'test/fakes/servers/foreign.mjs')],
      },
    },
  });
  await host.client.call('run.start', { serverId: server.id });
  await host.client.call('tool.call', {
    serverId: server.id,
    name: 'xx-tool',
    arguments: { 'xx-field': 'xx' },
  });
  await host.client.call('remote.create', {
    remote: { kind: 'letta', name: 'xx-letta', baseUrl: letta.url },
  });
  return { host, server };
}

it('speaks German on every screen where the system does, and English where it is told to', async () => {
  const { host, server } = await furnished();
  const tabs = ['overview', 'configure', 'tools', 'resources', 'prompts', 'logs', 'sync', 'history'];
  const screens = [
    '',
    'remotes',
    'import',
    'activity',
    'settings',
    ...tabs.map((tab) => `servers/${server.id}/${tab}`),
  ];
  const german = await openPage(host.ready, { locale: 'de-AT' });
  const english = await openPage(host.ready, { locale: 'en-GB' });
  const pages = [german, english];
  expect(await german.evaluate(() => document.documentElement.lang)).toBe('de');

  const left = new Set<string>();
  for (const screen of screens) {
    for (const page of pages) {
      await page.evaluate((hash) => (window.location.hash = hash), `#/${screen}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
    }
    const inEnglish = new Set(await words(english));
    for (const text of await words(german)) {
      if (inEnglish.has(text) && !same.has(text) && !NOT_OURS.test(text)) left.add(`${screen}: ${text}`);
    }
  }
  expect([...left]).toEqual([]);
});

it('loads anew to speak the language that is chosen, and speaks it from then on', async () => {
  const host = await startHost();
  const page = await openPage(host.ready, { locale: 'en-GB' });
  await page.evaluate(() => (window.location.hash = '#/settings'));
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await host.client.call('settings.update', { patch: { language: 'de' } });
  await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
  await host.client.call('settings.update', { patch: { language: 'system' } });
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
});
