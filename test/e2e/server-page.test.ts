import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFakeLetta } from '../fakes/letta/index.js';
import { realServer, ROOT } from '../support/host.js';
import { closeBrowser, openPage, startHost } from './window/browser.js';

let axe = '';
beforeAll(async () => {
  axe = await readFile(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
});
afterAll(closeBrowser);

const FLOODING = {
  type: 'stdio' as const,
  command: process.execPath,
  args: [join(ROOT, 'test/fakes/servers/flooding.mjs')],
};

/** A host without a keychain that runs one server; secrets are held in memory. */
async function running(
  transport: ReturnType<typeof realServer> = realServer('everything'),
  more: object = {},
) {
  const host = await startHost({ env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } });
  await host.client.call('settings.update', { patch: { secretStorage: 'session' } });
  const { server } = await host.client.call('server.create', {
    server: { name: 'everything', transport, ...more },
  });
  await host.client.call('run.start', { serverId: server.id });
  return { host, server };
}

/** Opens one tab of a server's page. */
async function show(page: Page, serverId: string, tab: string): Promise<void> {
  await page.evaluate(([id, name]) => (window.location.hash = `#/servers/${id}/${name}`), [serverId, tab]);
  await page.getByRole('tablist', { name: /^Parts of/ }).waitFor();
}

const chooseTool = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
};

const call = (page: Page): Promise<void> => page.getByRole('button', { name: 'Call', exact: true }).click();

describe('tools of a real server', () => {
  it('are called, held back while faulty, and answer with text, pictures, links and structure', async () => {
    const { host, server } = await running();
    const page = await openPage(host.ready);
    await show(page, server.id, 'tools');

    await chooseTool(page, 'echo');
    await page.getByRole('textbox', { name: 'message' }).fill('hello\nthere');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Echo: hello').waitFor();

    await chooseTool(page, 'get-sum');
    await page.getByLabel('a', { exact: true }).fill('2');
    await page.getByLabel('b', { exact: true }).fill('forty');
    await call(page);
    await page.getByText('b must be of type number').waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true');
    // A field deep in a tab takes the focus, and the window stays where it is.
    expect(await page.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0);
    await page.getByLabel('b', { exact: true }).fill('40');
    await call(page);
    await page.getByText('The sum of 2 and 40 is 42.').waitFor();

    await chooseTool(page, 'get-tiny-image');
    await call(page);
    const picture = page.getByRole('img', { name: /image\/png/ });
    await picture.waitFor();
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(0);

    await chooseTool(page, 'get-structured-content');
    await page.getByLabel('location').click();
    await page.getByRole('option', { name: 'Chicago' }).click();
    await call(page);
    await page.getByText('Structured', { exact: true }).click();
    await page.getByText('temperature').waitFor();

    await chooseTool(page, 'get-resource-links');
    await call(page);
    await page.getByRole('button', { name: 'Read', exact: true }).first().click();
    await page.getByRole('button', { name: 'Read again' }).waitFor();
  });

  it('show their progress and can be given up', async () => {
    const { host, server } = await running();
    const page = await openPage(host.ready);
    await show(page, server.id, 'tools');
    await chooseTool(page, 'trigger-long-running-operation');
    await page.getByLabel('duration').fill('30');
    await page.getByLabel('steps').fill('60');
    await call(page);
    await expect
      .poll(() => page.getByRole('progressbar').evaluate((bar: HTMLProgressElement) => bar.value), {
        timeout: 15_000,
      })
      .toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled', { exact: true }).waitFor();
  });

  it('are chosen by a click right after the list was scrolled', async () => {
    const { host, server } = await running();
    const page = await openPage(host.ready, { width: 900, height: 600 });
    await show(page, server.id, 'tools');
    const list = page.getByRole('list', { name: 'Tools' });
    await list.getByRole('button', { name: /^echo/ }).waitFor();
    // The scrolling and the look at what can be clicked happen in one turn, while the list still counts as scrolling.
    const hit = await list.evaluate(async (scroller) => {
      scroller.scrollTop = 40;
      await new Promise((resolve) => scroller.addEventListener('scroll', resolve, { once: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const { left, top } = scroller.getBoundingClientRect();
      return document.elementFromPoint(left + 60, top + 120)?.closest('button') !== null;
    });
    expect(hit).toBe(true);
  });

  it('are found, allowed and priced by keyboard', async () => {
    const { host, server } = await running();
    const page = await openPage(host.ready);
    await show(page, server.id, 'overview');
    await page.keyboard.press('3');
    await page.getByRole('heading', { name: 'echo', exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('image');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'get-tiny-image', exact: true }).waitFor();
    await page.getByLabel('Agents may call it').focus();
    await page.keyboard.press('Space');
    await page.getByLabel('Price of a call').fill('0.002');
    await page.keyboard.press('Enter');
    const tools = async () => (await host.client.call('app.snapshot', {})).servers[0]?.tools;
    await expect.poll(async () => (await tools())?.pricing).toEqual({ 'get-tiny-image': 0.002 });
    expect((await tools())?.execute).not.toContain('get-tiny-image');
    expect((await tools())?.execute).toContain('echo');
  });
});

describe('one server as form and JSON', () => {
  it('takes a new secret as JSON, gives it to the server, and writes it nowhere', async () => {
    const { host, server } = await running();
    const page = await openPage(host.ready);
    const value = 'tell-nobody-4711';
    await show(page, server.id, 'configure');
    await page.getByText('JSON', { exact: true }).click();
    const line = page.locator('.cm-line', { hasText: '"env": {}' });
    await line.click();
    await page.keyboard.press('End');
    // Before the brace and its comma, so that the text is whole again at the end.
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type(`"DEMO_TOKEN": {"newSecret": "${value}"}`);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(/^Saved/).waitFor();
    expect(await page.locator('.cm-content').innerText()).not.toContain(value);
    await page.getByText('Form', { exact: true }).click();
    await page.getByRole('img', { name: /value of DEMO_TOKEN: kept/ }).waitFor();

    await page.getByText('It still runs with what it had before.').waitFor();
    await host.client.call('run.restart', { serverId: server.id });
    const { result } = await host.client.call('tool.call', {
      serverId: server.id,
      name: 'get-env',
      arguments: {},
    });
    expect(JSON.stringify(result.content)).toContain('DEMO_TOKEN');
    const catalog = await readFile(join(host.dataDir, 'catalog.json'), 'utf8');
    expect(catalog).not.toContain(value);
  });

  it('marks faults at their line, and lets the other view follow', async () => {
    const { host, server } = await running();
    const page = await openPage(host.ready);
    await show(page, server.id, 'configure');
    await page.getByLabel('Name', { exact: true }).fill('renamed in the form');
    await page.getByText('JSON', { exact: true }).click();
    await page.locator('.cm-line', { hasText: 'renamed in the form' }).click();
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    const faults = page.getByRole('list', { name: 'Faults' });
    await faults.getByText('Line 3').waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    // The plain keys of the screen are letters here.
    await page.keyboard.type(',');
    await faults.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+s');
    await page.getByText(/^Saved/).waitFor();
    expect((await host.client.call('app.snapshot', {})).servers[0]?.name).toBe('renamed in the form');
  });

  it('asks before it overwrites what was changed elsewhere, and keeps the rest of it', async () => {
    const { host, server } = await running();
    const page = await openPage(host.ready);
    await show(page, server.id, 'configure');
    await page.getByLabel('Name', { exact: true }).fill('mine');
    await host.client.call('server.update', { id: server.id, patch: { description: 'theirs' } });
    await page.getByText('This server was changed elsewhere while you edited it').waitFor();
    await page.getByRole('button', { name: 'Overwrite' }).click();
    await page.getByText(/^Saved/).waitFor();
    expect((await host.client.call('app.snapshot', {})).servers[0]).toMatchObject({
      name: 'mine',
      description: 'theirs',
    });
  });
});

describe('the log', () => {
  it('follows its end until one scrolls up, stays there, and is searched as a whole', async () => {
    const { host, server } = await running(FLOODING);
    const flood = (lines: number) =>
      host.client.call('tool.call', { serverId: server.id, name: 'flood', arguments: { lines } });
    await flood(3_000);
    const page = await openPage(host.ready);
    await show(page, server.id, 'logs');
    const log = page.getByRole('log');
    const distance = () => log.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
    await log.getByText('line 3000 of the flood', { exact: false }).waitFor();
    await flood(500);
    await log.getByText('line 500 of the flood', { exact: false }).last().waitFor();
    await expect.poll(distance).toBeLessThan(10);

    await log.hover();
    await page.mouse.wheel(0, -2_000);
    await page.getByRole('button', { name: 'Jump to the end' }).waitFor();
    await expect.poll(distance).toBeGreaterThan(1_900);
    const place = await log.evaluate((list) => list.scrollTop);
    await flood(200);
    await page.getByRole('button', { name: /new lines$/ }).waitFor();
    expect(await log.evaluate((list) => list.scrollTop)).toBe(place);
    await page.getByRole('button', { name: /new lines$/ }).click();
    await expect.poll(distance).toBeLessThan(10);

    await page.keyboard.press('/');
    await page.keyboard.type('line 7 of');
    await log.locator('mark').first().waitFor();
    await expect
      .poll(() => log.locator('mark').allInnerTexts())
      .toEqual(['line 7 of', 'line 7 of', 'line 7 of']);
  });
});

describe('a server that cannot start', () => {
  it('says why, checks with the doctor, and leads to the field that is wrong', async () => {
    const host = await startHost();
    const { server } = await host.client.call('server.create', {
      server: { name: 'broken', transport: { type: 'stdio', command: 'no-such-command' } },
    });
    const page = await openPage(host.ready);
    await show(page, server.id, 'overview');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'no-such-command' });
    await alert.getByRole('button', { name: 'Check with the doctor' }).click();
    await page.getByText('"no-such-command" cannot be run').waitFor();
    await alert.getByRole('link', { name: 'Open configure' }).click();
    await page.getByLabel('Command', { exact: true }).waitFor();
  });
});

describe('history', () => {
  it('tells what each edit changed, and brings one back', async () => {
    const { host, server } = await running();
    await host.client.call('server.update', {
      id: server.id,
      patch: { description: 'first words', tags: ['a'] },
    });
    const page = await openPage(host.ready);
    await show(page, server.id, 'history');
    await page.getByRole('button', { name: /Added/ }).click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await expect
      .poll(async () => (await host.client.call('app.snapshot', {})).servers[0])
      .toMatchObject({ revision: 3, description: '', tags: [] });
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(async () => (await host.client.call('app.snapshot', {})).servers[0]?.description)
      .toBe('first words');
  });
});

describe('sync', () => {
  it('patches into a Letta server, and says so after reading it back', async () => {
    const letta = await startFakeLetta({ version: '0.16.6' });
    onTestFinished(() => letta.close());
    const { host, server } = await running();
    // Letta runs no local commands; an address it can hold.
    const { server: web } = await host.client.call('server.create', {
      server: { name: 'web', transport: { type: 'streamable_http', url: 'http://127.0.0.1:9/mcp' } },
    });
    const { remote } = await host.client.call('remote.create', {
      remote: { kind: 'letta', name: 'Letta', baseUrl: letta.url },
    });
    await host.client.call('link.create', { serverId: web.id, remoteId: remote.id });
    const page = await openPage(host.ready);
    await show(page, web.id, 'sync');
    await page.getByRole('button', { name: 'Create there' }).click();
    await page.getByText(/read back/i).waitFor();
    await expect
      .poll(async () => (await host.client.call('app.snapshot', {})).links[0]?.state)
      .toBe('in_sync');
    await show(page, server.id, 'sync');
    await page.getByText('It is patched into nothing yet').waitFor();
  });
});

/** What axe finds serious or critical, as `rule: element`. */
async function seriousFaults(page: Page): Promise<string[]> {
  const results = (await page.evaluate(`${axe}; axe.run(document)`)) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  it('has no serious fault on any tab', async () => {
    const { host, server } = await running(realServer('everything'), { protocolLog: true });
    const page = await openPage(host.ready, { theme, width: 900, height: 600 });
    const faults: Record<string, string[]> = {};
    const ready: Record<string, () => Promise<unknown>> = {
      overview: () => page.getByRole('heading', { name: 'Doctor' }).waitFor(),
      configure: async () => {
        await page.getByText('JSON', { exact: true }).click();
        await page.locator('.cm-content').waitFor();
      },
      tools: async () => {
        await chooseTool(page, 'get-tiny-image');
        await call(page);
        await page.getByRole('img', { name: /image\/png/ }).waitFor();
      },
      resources: async () => {
        await page
          .getByRole('button', { name: /features\.md/ })
          .first()
          .click();
        await page.getByRole('button', { name: 'Read again' }).waitFor();
      },
      prompts: () => page.getByRole('button', { name: 'Get', exact: true }).waitFor(),
      logs: () => page.locator('.line').first().waitFor(),
      sync: () => page.getByText('There is no remote yet').waitFor(),
      history: () => page.getByRole('heading', { name: 'Revision 1' }).waitFor(),
    };
    for (const [tab, wait] of Object.entries(ready)) {
      await show(page, server.id, tab);
      await wait();
      const found = await seriousFaults(page);
      if (found.length > 0) faults[tab] = found;
    }
    expect(faults).toEqual({});
  });
});
