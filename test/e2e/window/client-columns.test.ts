import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { closeBrowser, openPage } from './browser.js';
import { hostWithCursor } from './exchange-home.js';

afterAll(closeBrowser);

const PATIENT = { timeout: 30_000 };

async function hostWithServers() {
  const { host, file, original } = await hostWithCursor();
  for (const [name, tags] of [
    ['alpha', ['web']],
    ['beta', ['web', 'files']],
    ['gamma', []],
  ] as const)
    await host.client.call('server.create', {
      server: { name, tags: [...tags], transport: { type: 'stdio', command: 'npx', args: ['-y', name] } },
    });
  return { host, file, original };
}

describe('a client’s column', () => {
  it('writes a server into the file after its change was seen, shows drift, and takes all of it back', async () => {
    const { host, file, original } = await hostWithServers();
    const page = await openPage(host.ready);
    const jack = (words: string) => page.getByRole('gridcell', { name: `alpha in Cursor: ${words}` });
    await jack('Not patched').focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog', { name: 'alpha → Cursor' });
    await panel.getByText('"alpha": {').waitFor();
    expect(await panel.getByText('// mine').count()).toBe(1);
    expect(await readFile(file, 'utf8')).toBe(original);
    await panel.getByRole('button', { name: 'Write to file' }).click();
    await panel.getByText('Written, and read back.').waitFor();
    const written = await readFile(file, 'utf8');
    expect(written).toContain('// mine');
    expect(written).toContain('"alpha"');
    await panel.getByRole('button', { name: 'Close' }).last().click();
    await jack('In sync').waitFor();

    await writeFile(file, written.replace('"npx"', '"bunx"'));
    // The window looks again when the person comes back to it, though not at every turn of the head.
    await expect
      .poll(async () => {
        await page.evaluate(() => window.dispatchEvent(new Event('focus')));
        return jack('Changed there').count();
      }, PATIENT)
      .toBe(1);
    await jack('Changed there').click();
    await panel.getByText('bunx').first().waitFor();
    await panel.getByRole('button', { name: 'Take it out of the file' }).click();
    await panel.getByRole('button', { name: 'Take it out', exact: true }).click();
    await panel.getByText('Taken out of the file.').waitFor();
    expect(await readFile(file, 'utf8')).toBe(original);
    await panel.getByRole('button', { name: 'Undo' }).click();
    await panel.getByRole('button', { name: 'Put it back' }).click();
    await panel.getByText('The file is as it was.').waitFor();
    expect(await readFile(file, 'utf8')).toContain('"bunx"');
  });
});

describe('the patch bay', () => {
  it('is grouped, filtered and narrowed to some columns, which a saved view brings back after a restart', async () => {
    const { host } = await hostWithServers();
    const page = await openPage(host.ready);
    await page.getByRole('columnheader', { name: 'Cursor' }).waitFor();
    await page.getByRole('button', { name: 'View', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Group by tag' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Cursor', exact: true }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('rowheader', { name: 'files' }).waitFor();
    expect(await page.getByRole('rowheader', { name: /alpha|beta/ }).count()).toBe(3);
    expect(await page.getByRole('columnheader', { name: 'Cursor' }).count()).toBe(0);
    await page.keyboard.press('/');
    await page.keyboard.type('beta');
    await page.getByRole('button', { name: 'View', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Save this view…' }).click();
    await page.getByRole('dialog', { name: 'Save this view' }).getByLabel('Name').fill('Only beta');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Only beta' }).waitFor();

    await page.reload();
    await page.getByRole('rowheader', { name: 'files' }).waitFor();
    await page.getByRole('button', { name: 'View', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Only beta' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('rowheader', { name: /alpha/ }).count(), PATIENT).toBe(0);
    expect((await host.client.call('app.snapshot', {})).settings.patchBay.views).toHaveLength(1);
  });

  it('marks servers by keyboard, tags them at once, and deletes them with one undo', async () => {
    const { host } = await hostWithServers();
    const page = await openPage(host.ready);
    const servers = async () => (await host.client.call('app.snapshot', {})).servers;
    await page.getByRole('rowheader', { name: 'alpha' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    const bar = page.getByRole('toolbar', { name: 'For the selected servers' });
    await bar.getByText('2 selected').waitFor();
    await bar.getByRole('button', { name: 'Tag' }).click();
    const dialog = page.getByRole('dialog', { name: 'Tag 2 servers' });
    await dialog.getByLabel('Add to all of them').fill('work');
    await page.keyboard.press('Enter');
    await dialog.getByLabel('files (on 1 of them)').uncheck();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(async () => (await servers()).filter(({ tags }) => tags.includes('work')).length, PATIENT)
      .toBe(2);
    expect((await servers()).some(({ tags }) => tags.includes('files'))).toBe(false);
    await bar.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(async () => (await servers()).length, PATIENT).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(async () => (await servers()).length, PATIENT).toBe(3);
  });
});
