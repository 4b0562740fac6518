import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../../support/host.js';
import { closeBrowser, openBare, startHost } from '../window/browser.js';

afterAll(closeBrowser);

it('shows what a server says as text: nothing of it runs, loads, links or styles', async () => {
  const asked: string[] = [];
  const outside = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void outside.close());
  const OUT = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;

  const host = await startHost();
  const name = '<img src=x onerror=window.broken=1>';
  const args = [join(ROOT, 'test/fakes/servers/hostile.mjs')];
  const transport = { type: 'stdio' as const, command: process.execPath, args, env: { OUT } };
  const { server } = await host.client.call('server.create', {
    server: { name, description: name, tags: [name], transport },
  });
  await host.client.call('run.start', { serverId: server.id });
  const { page, close } = await openBare(host.ready);
  onTestFinished(close);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const at = (path: string) => page.goto(`${host.ready.url.split('#')[0] ?? ''}#/${path}`);

  /** What of the server's own markup stands in the page as anything but text. */
  const alive = () =>
    page.evaluate((out) => {
      const all = [...document.querySelectorAll('*')];
      const links = all.flatMap((one) =>
        ['href', 'src', 'srcdoc', 'action'].map((key) => one.getAttribute(key)),
      );
      return {
        broken: 'broken' in window,
        handlers: all.filter((one) => [...one.attributes].some(({ name: key }) => key.startsWith('on')))
          .length,
        scripts: document.querySelectorAll('main script, main iframe, main object, main embed').length,
        loads: all.filter((one) => one.matches('img, image, video, iframe') && one.outerHTML.includes(out))
          .length,
        schemes: links.filter((link) => /^\s*javascript:/i.test(link ?? '')),
      };
    }, OUT);
  const inert = { broken: false, handlers: 0, scripts: 0, loads: 0, schemes: [] };

  await page.getByText(name).first().waitFor();
  expect(await alive()).toEqual(inert);

  await at(`servers/${server.id}/tools`);
  await page.getByRole('heading', { name: 'hostile' }).waitFor();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.getByText('window.broken=1').nth(2).waitFor();
  expect(await alive()).toEqual(inert);

  await at(`servers/${server.id}/logs`);
  await page.getByText('stolen title').waitFor({ state: 'detached' });
  const line = page.getByText('red', { exact: true });
  await line.waitFor();
  // The colour is kept; the title, the link and the orders to a screen are not even text.
  expect(await page.locator('main').innerText()).not.toMatch(/\[2J|\[H|1049h|\]8;;|stolen title/);
  expect(await alive()).toEqual(inert);

  await at('activity');
  await page.getByText(name).first().waitFor();
  expect(await alive()).toEqual(inert);
  expect(asked).toEqual([]);
  expect(requests.filter((url) => url.startsWith(OUT))).toEqual([]);
  expect(await page.title()).not.toContain('stolen');
});
