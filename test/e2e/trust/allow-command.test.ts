import { afterAll, describe, expect, it } from 'vitest';
import { realServer } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from '../window/browser.js';

afterAll(closeBrowser);

/** A server as another program's config brings it, and the page of it. */
async function imported() {
  const host = await startHost();
  const { command, args } = realServer('memory');
  const source = { text: JSON.stringify({ mcpServers: { notes: { command, args } } }) };
  const { items } = await host.client.call('import.preview', { source });
  const choices = { [items[0]?.key ?? '']: { action: 'add' as const } };
  const serverId = (await host.client.call('import.apply', { source, choices })).added[0] ?? '';
  const page = await openPage(host.ready);
  await page.goto(`${host.ready.url.split('#')[0] ?? ''}#/servers/${serverId}`);
  await page.getByRole('button', { name: 'Start', exact: true }).first().click();
  await page
    .getByText(/nobody has allowed its command/)
    .first()
    .waitFor();
  const [question] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('button', { name: 'Review the command…' }).click(),
  ]);
  const state = async () => (await host.client.call('app.snapshot', {})).runs[0]?.state;
  return { host, page, question, args, serverId, state };
}

describe('allowing the command of an imported server', () => {
  it('happens in a tab of its own, which shows all of it, and starts it', async () => {
    const { question, args, state, page } = await imported();
    await question.getByRole('heading', { name: /Allow “notes”/ }).waitFor();
    await question.getByText(args[0] ?? '').waitFor();
    expect(await question.evaluate(() => window.opener === null)).toBe(true);
    expect(await state()).toBe('failed');
    await question.bringToFront();
    // The safe answer is the one that Enter gives.
    await expect.poll(() => question.evaluate(() => document.activeElement?.textContent)).toBe('Don’t allow');
    await question.getByRole('button', { name: 'Allow', exact: true }).click();
    await question.getByText('You can close this tab and go back to Jackfield.').waitFor();
    await expect.poll(state).toBe('running');
    await page.getByRole('button', { name: 'Review the command…' }).waitFor({ state: 'detached' });
  });

  it('leaves it alone after a no', async () => {
    const { question, state, host, serverId } = await imported();
    await question.getByRole('button', { name: 'Don’t allow' }).click();
    await question.getByText('Nothing was started.', { exact: false }).waitFor();
    expect(await state()).toBe('failed');
    expect((await host.client.call('trust.state', { serverId })).trusted).toBe(false);
  });
});
