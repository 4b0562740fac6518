import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFakeBifrost } from '../../fakes/bifrost/index.js';
import { startFakeLetta } from '../../fakes/letta/index.js';
import { Host, ROOT } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';

const EVERYTHING = `node ${join(ROOT, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js')}`;

afterAll(closeBrowser);

describe('a new user', () => {
  it('adds a server by keyboard alone, sees it run, and stops it', async () => {
    const host = await startHost();
    const page = await openPage(host.ready);
    expect(page.url()).not.toContain(host.ready.token);

    await page.keyboard.press('n');
    await page.getByRole('dialog', { name: 'Add server' }).waitFor();
    await page.keyboard.type(EVERYTHING);
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/servers\//);
    await expect
      .poll(async () => (await host.client.call('app.snapshot', {})).runs[0]?.state)
      .toBe('running');

    await page.keyboard.press('g');
    await page.keyboard.press('p');
    const row = page.getByRole('row', { name: /everything/ });
    await row.getByText(/^\d+ tools$/).waitFor();
    // Head and row are laid out apart: without remotes, too, their columns stand under one another.
    const head = await page.getByRole('columnheader', { name: 'This computer' }).boundingBox();
    const cell = await row.locator('[aria-colindex="2"]').boundingBox();
    expect(cell!.x).toBeCloseTo(head!.x, 0);
    await page.keyboard.press('/');
    await page.keyboard.type('every');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await row.getByText('Stopped', { exact: true }).waitFor();
    expect((await host.client.call('app.snapshot', {})).runs[0]?.state).toBe('stopped');
  });

  it('tries the sample, and finds it again after a reload', async () => {
    const host = await startHost();
    const page = await openPage(host.ready);
    await page.getByRole('button', { name: 'Try the sample server' }).click();
    await page.waitForURL(/#\/servers\//);
    await expect
      .poll(async () => (await host.client.call('app.snapshot', {})).runs[0]?.state)
      .toBe('running');
    await page.reload();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(page.url()).toMatch(/#\/servers\//);
    expect(page.url()).not.toContain('token');
  });

  it('is told what is missing where the address came without its key', async () => {
    const host = await startHost();
    const page = await openPage(host.ready);
    const other = await page.context().newPage();
    await other.goto(host.ready.url.split('#')[0] ?? '');
    await other.getByText('This page needs the address with its key').waitFor();
  });
});

describe('a secret', () => {
  it('is refused without a keychain, kept in memory after a yes, and stands nowhere', async () => {
    const host = await startHost({ env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' } });
    const page = await openPage(host.ready);
    const value = 'tell-nobody-4711';
    await page.getByText(/The keychain cannot be used/).waitFor();

    await page.keyboard.press('n');
    const form = page.getByRole('dialog', { name: 'Add server' });
    await form.getByLabel('Command line').fill(EVERYTHING);
    await form.getByRole('button', { name: 'Add variable' }).click();
    await form.getByLabel('Name of variable').fill('DEMO_TOKEN');
    await form.getByLabel('value of DEMO_TOKEN', { exact: true }).fill(value);
    await form.getByRole('button', { name: 'Move to keychain' }).click();
    await form.getByLabel('Start it now').uncheck();
    await form.getByRole('button', { name: 'Add server' }).click();
    await form
      .getByRole('alert')
      .getByText(/keychain/i)
      .first()
      .waitFor();
    expect((await host.client.call('app.snapshot', {})).servers).toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Keep secrets in memory' }).click();
    await page.getByText('New secrets are held in memory only.').waitFor();
    await page.keyboard.press('n');
    await form.getByLabel('Command line').fill(EVERYTHING);
    await form.getByRole('button', { name: 'Add variable' }).click();
    await form.getByLabel('Name of variable').fill('DEMO_TOKEN');
    await form.getByLabel('value of DEMO_TOKEN', { exact: true }).fill(value);
    await form.getByRole('button', { name: 'Move to keychain' }).click();
    await form.getByRole('button', { name: 'Add server' }).click();
    await page.waitForURL(/#\/servers\//);

    expect(await page.content()).not.toContain(value);
    expect(await readFile(join(host.dataDir, 'catalog.json'), 'utf8')).not.toContain(value);
    const { servers } = await host.client.call('app.snapshot', {});
    expect(JSON.stringify(servers)).toMatch(/"DEMO_TOKEN":\{"secret":"ses-/);
  });
});

describe('patching', () => {
  it('connects a Letta and a Bifrost, and patches one server into both by keyboard', async () => {
    const [letta, bifrost] = await Promise.all([
      startFakeLetta({ version: '0.16.6', stdio: true }),
      startFakeBifrost({ version: '1.4' }),
    ]);
    onTestFinished(() => Promise.all([letta.close(), bifrost.close()]).then(() => undefined));
    const host = await startHost();
    await host.client.call('server.create', {
      server: { name: 'search', transport: { type: 'streamable_http', url: 'https://mcp.example.org/mcp' } },
    });
    const page = await openPage(host.ready);

    for (const [kind, url] of [
      ['Letta', letta.url],
      ['Bifrost', bifrost.url],
    ] as const) {
      await page.goto(`${host.ready.url.split('#')[0]}#/remotes`);
      await page.getByRole('button', { name: 'Connect remote' }).click();
      const form = page.getByRole('dialog', { name: 'Connect remote' });
      await form.getByText(kind, { exact: true }).click();
      await form.getByLabel('Address').fill(url);
      await form.getByLabel('Name', { exact: true }).fill(kind);
      await page.keyboard.press('Enter');
      await page.getByRole('article', { name: kind }).getByText('Reachable').waitFor();
    }

    await page.keyboard.press('g');
    await page.keyboard.press('p');
    for (const kind of ['Bifrost', 'Letta']) {
      const jack = page.getByRole('gridcell', { name: `search in ${kind}: Not patched` });
      await jack.focus();
      await page.keyboard.press('Enter');
      const panel = page.getByRole('dialog', { name: `search → ${kind}` });
      const patch = panel.getByRole('button', { name: 'Patch' });
      await expect.poll(() => patch.evaluate((button) => button === document.activeElement)).toBe(true);
      await page.keyboard.press('Enter');
      await panel.getByText(/Written, read back and compared/).waitFor();
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      await page.getByRole('gridcell', { name: `search in ${kind}: In sync` }).waitFor();
    }
    expect(letta.state.rows).toHaveLength(1);
    expect(bifrost.state.clients).toHaveLength(1);

    await page.goto(`${host.ready.url.split('#')[0]}#/remotes`);
    await page.getByRole('link', { name: /^Letta/ }).click();
    await page.getByRole('button', { name: 'search: In sync' }).waitFor();
  });

  it('leaves neither link nor entry behind when a new patch is cancelled', async () => {
    const letta = await startFakeLetta({ version: '0.16.6' });
    onTestFinished(() => letta.close());
    const host = await startHost();
    await host.client.call('server.create', {
      server: { name: 'search', transport: { type: 'sse', url: 'https://mcp.example.org/sse' } },
    });
    await host.client.call('remote.create', { remote: { kind: 'letta', name: 'Letta', baseUrl: letta.url } });
    const page = await openPage(host.ready);
    await page.getByRole('gridcell', { name: 'search in Letta: Not patched' }).click();
    const panel = page.getByRole('dialog', { name: 'search → Letta' });
    await panel.getByRole('button', { name: 'Patch' }).waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await expect.poll(async () => (await host.client.call('app.snapshot', {})).links).toEqual([]);
    expect(letta.state.rows).toHaveLength(0);
  });
});

describe('a question of a server', () => {
  it('reaches the person, and the answer the server', async () => {
    const host = await startHost();
    const command = [process.execPath, join(ROOT, 'test/fakes/servers/asking.mjs')];
    const { server } = await host.client.call('server.create', {
      server: {
        name: 'travel',
        transport: { type: 'stdio', command: command[0] ?? '', args: command.slice(1) },
      },
    });
    await host.client.call('run.start', { serverId: server.id });
    const page = await openPage(host.ready);
    const call = host.client.call('tool.call', { serverId: server.id, name: 'form' });
    const form = page.getByRole('dialog', { name: 'travel asks you' });
    await form.getByLabel(/^city/).fill('Lund');
    await page.keyboard.press('Control+Enter');
    expect(JSON.stringify((await call).result)).toContain('Lund');
    await form.waitFor({ state: 'detached' });
  });
});

describe('a host that goes away', () => {
  it('is said to be lost, and the page is itself again when it is back', async () => {
    const first = await startHost();
    const page = await openPage(first.ready);
    await first.client.call('server.create', {
      server: { name: 'kept', transport: { type: 'stdio', command: 'true' } },
    });
    await page.getByRole('rowheader', { name: /kept/ }).waitFor();
    const port = new URL(first.ready.url).port;
    await first.stop();
    await page.getByText('The connection to Jackfield was lost.').waitFor();

    const second = await Host.spawn({ dataDir: first.dataDir, args: ['--port', port] });
    onTestFinished(() => second[Symbol.asyncDispose]());
    const ready = await second.whenReady();
    const client = await second.connect(ready);
    await client.call('server.create', {
      server: { name: 'came later', transport: { type: 'stdio', command: 'true' } },
    });
    await page.getByRole('rowheader', { name: /came later/ }).waitFor({ timeout: 20_000 });
    expect(await page.getByText('The connection to Jackfield was lost.').count()).toBe(0);
  });
});
