import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { closeBrowser, openPage, startHost } from './browser.js';
import { hostWithCursor } from './exchange-home.js';

afterAll(closeBrowser);

const PATIENT = { timeout: 30_000 };
// Put together here, so that no scanner takes this file for a leak.
const TOKEN = `ghp_${'q1W2e3R4'.repeat(5)}`;
type Host = Awaited<ReturnType<typeof startHost>>;

/** Secrets are held in memory. */
async function hostOfSession() {
  const home = await hostWithCursor();
  await home.host.client.call('settings.update', { patch: { secretStorage: 'session' } });
  return home;
}

async function addGithub({ client }: Host): Promise<void> {
  await client.raw('server.create', {
    server: {
      name: 'github',
      transport: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', 'github-mcp'],
        env: { GITHUB_TOKEN: { newSecret: TOKEN } },
      },
    },
  });
}

describe('a server with a secret, written into a client’s file', () => {
  it('leaves the secret out, goes through Jackfield, or stands there in plain text after a yes', async () => {
    const { host, file } = await hostOfSession();
    await addGithub(host);
    const page = await openPage(host.ready);
    const jack = (words: string) => page.getByRole('gridcell', { name: `github in Cursor: ${words}` });
    await jack('Not patched').focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog', { name: 'github → Cursor' });
    const change = panel.getByRole('region', { name: 'Change of the file' });
    await panel.getByText(/None stands in the file/).waitFor();
    await change.getByText('"github": {').waitFor();

    // The launcher: the file names our own program, and neither the secret nor its name.
    await panel.getByText('Through Jackfield').click();
    await change.getByText('"run"').waitFor();
    await panel.getByText('No secret leaves the keychain.').waitFor();
    await panel.getByRole('button', { name: 'Write to file' }).click();
    await panel.getByText('Written, and read back.').waitFor();
    const launched = await readFile(file, 'utf8');
    expect(launched).toContain('"run"');
    expect(launched).not.toContain('github-mcp');
    expect(launched).not.toContain('GITHUB_TOKEN');
    await panel.getByRole('button', { name: 'Close' }).last().click();
    await jack('In sync').waitFor();

    // As the server itself, with a yes to plain text: shown hidden, written in clear.
    await jack('In sync').click();
    await panel.getByText('As the server itself').click();
    await panel.getByLabel('Write secrets in plain text').check();
    await panel.getByText('Secrets are written into the file as they are.').waitFor();
    await change.getByText('"GITHUB_TOKEN": "••••').waitFor();
    expect(await page.content()).not.toContain(TOKEN);
    await panel.getByRole('button', { name: 'Write to file' }).click();
    await panel.getByText('Written, and read back.').waitFor();
    expect(await readFile(file, 'utf8')).toContain(`"GITHUB_TOKEN": "${TOKEN}"`);
    await panel.getByRole('button', { name: 'Close' }).last().click();

    // The yes is remembered with the entry, and can be taken back.
    await jack('In sync').click();
    await expect.poll(() => panel.getByLabel('Write secrets in plain text').isChecked()).toBe(true);
    await panel.getByLabel('Write secrets in plain text').uncheck();
    await panel.getByText(/None stands in the file/).waitFor();
    await change.getByText('GITHUB_TOKEN').first().waitFor();
    await panel.getByRole('button', { name: 'Write to file' }).click();
    await panel.getByText('Written, and read back.').waitFor();
    expect(await readFile(file, 'utf8')).not.toContain(TOKEN);
  });
});

describe('a server whose name another entry of a client’s file has', () => {
  it('replaces it after a yes that nobody said before, and says whose it is', async () => {
    const { host, file, original } = await hostOfSession();
    await addGithub(host);
    const theirs = original.replace('"other"', '"github": { "command": "theirs" },\n    "other"');
    await writeFile(file, theirs);
    const page = await openPage(host.ready);
    await page.getByRole('gridcell', { name: 'github in Cursor: Not patched' }).click();
    const panel = page.getByRole('dialog', { name: 'github → Cursor' });
    await panel.getByText('The file of Cursor has another entry of this name.').waitFor();
    await panel.getByText(/“github” is not Jackfield’s/).waitFor();
    await panel.getByRole('region', { name: 'What changes in the file' }).getByText('"theirs"').waitFor();
    const write = panel.getByRole('button', { name: 'Write to file' });
    const yes = panel.getByLabel('Replace this entry');
    expect([await yes.isChecked(), await write.isDisabled()]).toEqual([false, true]);

    // A yes is to what was shown: another change of the file is asked about anew.
    await yes.check();
    expect(await write.isDisabled()).toBe(false);
    await panel.getByText('Through Jackfield').click();
    await panel.getByText('No secret leaves the keychain.').waitFor();
    await expect.poll(() => yes.isChecked()).toBe(false);
    await yes.check();
    await write.click();
    await panel.getByText('Written, and read back.').waitFor();
    const written = await readFile(file, 'utf8');
    expect(written).toContain('"run"');
    expect(written).not.toContain('theirs');
    await panel.getByRole('button', { name: 'Undo' }).click();
    await panel.getByRole('button', { name: 'Put it back' }).click();
    await panel.getByText('The file is as it was.').waitFor();
    expect(await readFile(file, 'utf8')).toBe(theirs);
  });
});

describe('what was changed in a client’s file', () => {
  it('is taken over for all of its servers at once, and undone at once', async () => {
    const { host, file } = await hostOfSession();
    const { client } = host;
    for (const name of ['alpha', 'beta', 'gamma'])
      await client.call('server.create', {
        server: { name, transport: { type: 'stdio', command: 'npx', args: ['-y', `${name}-mcp`] } },
      });
    const servers = async () => (await client.call('app.snapshot', {})).servers;
    const argsOf = async () =>
      Object.fromEntries(
        (await servers()).map(({ name, transport }) => [name, (transport as { args: string[] }).args[1]]),
      );
    await client.call('export.apply', {
      client: 'cursor',
      serverIds: (await servers()).map(({ id }) => id),
    });
    const written = await readFile(file, 'utf8');
    await writeFile(file, written.replace('alpha-mcp', 'alpha-mcp@2').replace('beta-mcp', 'beta-mcp@2'));

    const page = await openPage(host.ready);
    await page.getByRole('gridcell', { name: 'beta in Cursor: Changed there' }).waitFor();
    await page.getByRole('columnheader', { name: 'Cursor' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Take over the 2 changed there' }).click();
    await page.getByText('2 servers are now as in the file').waitFor();
    expect(await argsOf()).toEqual({ alpha: 'alpha-mcp@2', beta: 'beta-mcp@2', gamma: 'gamma-mcp' });
    await page.getByRole('gridcell', { name: 'alpha in Cursor: In sync' }).waitFor();

    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(argsOf, PATIENT).toEqual({ alpha: 'alpha-mcp', beta: 'beta-mcp', gamma: 'gamma-mcp' });
  });
});
