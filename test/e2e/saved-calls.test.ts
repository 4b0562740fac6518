import { afterAll, expect, it } from 'vitest';
import { realServer } from '../support/host.js';
import { closeBrowser, openPage, startHost } from './window/browser.js';

afterAll(closeBrowser);

it('keeps arguments under a name, over a reload, and no secret among them', async () => {
  const host = await startHost();
  const { server } = await host.client.call('server.create', {
    server: { name: 'everything', transport: realServer('everything') },
  });
  await host.client.call('run.start', { serverId: server.id });
  const page = await openPage(host.ready);
  const openEcho = async (): Promise<void> => {
    await page.evaluate((id) => (window.location.hash = `#/servers/${id}/tools`), server.id);
    await page.getByRole('button', { name: /^echo/ }).click();
  };
  const message = page.getByRole('textbox', { name: 'message' });
  const dialog = page.getByRole('dialog', { name: 'Saved calls' });
  const save = dialog.getByRole('button', { name: 'Save', exact: true });

  await openEcho();
  await message.fill(`ghp_${'a1B2'.repeat(9)}`);
  await page.getByRole('button', { name: 'Saved calls' }).click();
  await dialog.getByText('look as if they held a secret: message').waitFor();
  await dialog.getByRole('textbox').fill('greeting');
  expect(await save.isDisabled()).toBe(true);
  await page.keyboard.press('Escape');

  await message.fill('hello from before');
  await page.getByRole('button', { name: 'Saved calls' }).click();
  await dialog.getByRole('textbox').fill('greeting');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: /^greeting/ }).waitFor();
  expect((await host.client.call('app.snapshot', {})).settings.savedCalls).toEqual({
    [server.id]: [{ name: 'greeting', tool: 'echo', arguments: { message: 'hello from before' } }],
  });

  await page.reload();
  await openEcho();
  expect(await message.inputValue()).toBe('');
  await page.getByRole('button', { name: 'Saved calls' }).click();
  await dialog.getByRole('button', { name: /^greeting/ }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await message.inputValue()).toBe('hello from before');

  await page.getByRole('button', { name: 'Saved calls' }).click();
  await dialog.getByRole('button', { name: 'Forget greeting' }).click();
  await dialog.getByText('None is saved for this tool yet.').waitFor();
});
