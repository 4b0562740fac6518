import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFakeBifrost } from '../../fakes/bifrost/index.js';
import { closeBrowser, openPage, startHost } from './browser.js';
import { patchedTeam } from './patched-team.js';

afterAll(closeBrowser);

const PATIENT = { timeout: 30_000 };

async function patched(names: readonly string[]) {
  const team = await patchedTeam(names);
  const editThere = (name: string): void => {
    const row = team.letta.state.find(name);
    if (row) row.server_url = `https://${name}.example.net/theirs`;
  };
  return { ...team, editThere };
}

describe('a server at a gateway that signs in by itself', () => {
  it('leads to the sign-in page, is in sync once somebody signed in, and signs in anew', async () => {
    const bifrost = await startFakeBifrost({ version: '1.5' });
    onTestFinished(() => bifrost.close());
    const host = await startHost();
    const { client } = host;
    const { server } = await client.call('server.create', {
      server: {
        name: 'search',
        transport: {
          type: 'streamable_http',
          url: 'https://mcp.example.com/mcp',
          auth: { type: 'oauth', clientId: 'cid', scopes: ['read'] },
        },
      },
    });
    await client.call('remote.create', { remote: { kind: 'bifrost', name: 'Gate', baseUrl: bifrost.url } });
    const page = await openPage(host.ready);
    await page.getByRole('gridcell', { name: 'search in Gate: Not patched' }).click();
    const panel = page.getByRole('dialog', { name: 'search → Gate' });
    await panel.getByRole('button', { name: 'Patch', exact: true }).click();
    await panel.getByText('Gate waits for somebody to sign in').first().waitFor();
    // The page of the provider is somebody else's: it is opened apart, and cannot reach back.
    await page.context().route('https://auth.example.com/**', (route) => route.fulfill({ body: 'Sign in' }));
    const [provider] = await Promise.all([
      page.context().waitForEvent('page'),
      panel.getByRole('button', { name: 'Open the sign-in page' }).first().click(),
    ]);
    await provider.waitForURL(/^https:\/\/auth\.example\.com\/authorize\?state=/);
    expect(await provider.evaluate(() => window.opener === null)).toBe(true);
    bifrost.state.authorize(new URL(provider.url()).searchParams.get('state') ?? '');
    await provider.close();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.getByRole('gridcell', { name: 'search in Gate: In sync' }).waitFor(PATIENT);
    expect(bifrost.state.find('search')).toMatchObject({ auth_type: 'oauth' });

    await page.evaluate((id) => (window.location.hash = `#/servers/${id}/sync`), server.id);
    const card = page.getByRole('region', { name: 'Gate' });
    await card.getByRole('button', { name: 'Sign in anew' }).click();
    await card.getByText('Gate waits for somebody to sign in').waitFor();
    await card.getByRole('button', { name: 'Open the sign-in page' }).waitFor();
    await card.getByRole('button', { name: 'Take it back' }).click();
    await card.getByRole('button', { name: 'Open the sign-in page' }).waitFor({ state: 'detached' });
  });
});

describe('what somebody else does on a remote', () => {
  it('is told in a message that leads to both sides, once', async () => {
    const { client, host, editThere } = await patched(['search']);
    const page = await openPage(host.ready);
    await page.getByRole('gridcell', { name: 'search in Team: In sync' }).waitFor();
    editThere('search');
    await client.call('sync.plan', {});
    const messages = page.getByRole('region', { name: 'Messages' });
    await messages.getByText('search was changed on Team').waitFor();
    await client.call('sync.plan', {});
    expect(await messages.getByText('search was changed on Team').count()).toBe(1);
    await messages.getByRole('button', { name: 'Show both sides' }).click();
    const panel = page.getByRole('dialog', { name: 'search was changed on Team' });
    await panel.getByText('https://search.example.net/theirs').waitFor();
    await panel.getByText('What is on Team').click();
    await panel.getByRole('button', { name: 'Resolve' }).click();
    await panel.getByText(/both sides are equal/).waitFor();
    const [server] = (await client.call('app.snapshot', {})).servers;
    expect(server?.transport).toMatchObject({ url: 'https://search.example.net/theirs' });
  });

  it('is taken over for many at once, with an answer of its own for one', async () => {
    const { client, host, letta, editThere } = await patched(['one', 'two', 'three']);
    for (const name of ['one', 'two', 'three']) editThere(name);
    await client.call('sync.plan', {});
    const page = await openPage(host.ready);
    await page.getByRole('button', { name: 'Sync all' }).click();
    const sheet = page.getByRole('dialog', { name: 'Sync everything' });
    const all = sheet.getByRole('group', { name: 'Keep in all 3 conflicts' });
    await all.getByText('What is there').click();
    const two = sheet.getByRole('listitem').filter({ hasText: /^\s*two/ });
    await two.getByText('What is here', { exact: true }).click();
    // Not one answer for all any more.
    expect(await all.getByRole('radio', { checked: true }).count()).toBe(0);
    await sheet.getByRole('button', { name: /^(Sync 3|Resolve)$/ }).click();
    await expect.poll(() => sheet.getByText('In sync', { exact: true }).count(), PATIENT).toBe(3);
    const { servers } = await client.call('app.snapshot', {});
    const urls = Object.fromEntries(
      servers.map(({ name, transport }) => [name, (transport as { url: string }).url]),
    );
    expect(urls).toEqual({
      one: 'https://one.example.net/theirs',
      two: 'https://two.example.com/sse',
      three: 'https://three.example.net/theirs',
    });
    expect(letta.state.find('two')?.server_url).toBe('https://two.example.com/sse');
  });
});
