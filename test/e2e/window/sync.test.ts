import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFakeBifrost } from '../../fakes/bifrost/index.js';
import { startFakeLetta } from '../../fakes/letta/index.js';
import { realServer } from '../../support/host.js';
import { closeBrowser, openPage, startHost } from './browser.js';
import { patchedTeam, sse } from './patched-team.js';

afterAll(closeBrowser);

describe('the plan sheet', () => {
  it('shows a whole column at once, does what can be done, and lists what could not', async () => {
    const { letta, host, client } = await patchedTeam(['one', 'two', 'three', 'four']);
    const { servers } = await client.call('app.snapshot', {});
    for (const { id, name } of servers.filter((server) => server.name !== 'four'))
      await client.call('server.update', { id, patch: { transport: sse(`${name}-new`) } });
    const two = letta.state.find('two');
    if (two) two.server_url = 'https://theirs.example.com/sse';
    // The first edit is taken and not stored.
    letta.faults.add({ kind: 'lie' }, { method: 'PATCH' });

    const page = await openPage(host.ready);
    await page.goto(`${host.ready.url.split('#')[0]}#/remotes`);
    await page.getByRole('button', { name: 'Sync 4' }).click();
    const sheet = page.getByRole('dialog', { name: 'Everything → Team' });
    await sheet.getByText('1 is equal on both sides.').waitFor();
    await sheet.getByText('It was changed here and on Team').waitFor();
    // The conflict waits for a choice; the other two go.
    await sheet.getByRole('button', { name: 'Sync 2' }).click();
    await sheet.getByText('Failed', { exact: true }).waitFor();
    await sheet.getByText('In sync', { exact: true }).waitFor();
    await sheet.getByText(/does not show it: transport.url/).waitFor();
    await sheet.getByText('What is on Team').click();
    await sheet.getByRole('button', { name: 'Resolve' }).click();
    await expect.poll(() => sheet.getByText('In sync', { exact: true }).count()).toBe(2);
    const { links } = await client.call('app.snapshot', {});
    expect(links.map(({ state }) => state).sort()).toEqual(['failed', 'in_sync', 'in_sync', 'in_sync']);
  });
});

describe('a server’s sync', () => {
  it('compares the tools there, refreshes them, and sends a reference in place of a secret', async () => {
    let offered = ['search'];
    const letta = await startFakeLetta({ version: '0.16.6', tools: () => offered });
    const bifrost = await startFakeBifrost({ version: '1.5', tools: () => [] });
    onTestFinished(() => Promise.all([letta.close(), bifrost.close()]).then(() => undefined));
    const host = await startHost();
    const { client } = host;
    const transport = { ...sse('one'), headers: { 'X-Api-Key': 'plain' } };
    const { server } = await client.call('server.create', { server: { name: 'one', transport } });
    for (const [kind, name, baseUrl] of [
      ['letta', 'Team', letta.url],
      ['bifrost', 'Gate', bifrost.url],
    ] as const) {
      const { remote } = await client.call('remote.create', { remote: { kind, name, baseUrl } });
      await client.call('link.create', { serverId: server.id, remoteId: remote.id });
    }
    await client.call('sync.apply', {});
    offered = ['fetch'];

    const page = await openPage(host.ready);
    await page.goto(`${host.ready.url.split('#')[0]}#/servers/${server.id}/sync`);
    const gate = page.getByRole('region', { name: 'Gate' });
    await gate
      .getByText(/connected to it and sees no tools/)
      .filter({ visible: true })
      .waitFor();
    const team = page.getByRole('region', { name: 'Team' });
    await team.getByText('Tools there').click();
    await team.getByText('A refresh takes these away from all agents').waitFor();
    await team.getByRole('button', { name: 'Refresh its tools' }).click();
    await team.getByText('The refresh added fetch; took away search.').waitFor();
    await team.getByText(/the same that the server offers now/).waitFor();

    await gate.getByText('Values there').click();
    const choice = gate.getByRole('group', { name: 'Value of X-Api-Key on Gate' });
    await choice.getByText('Reference').click();
    const field = gate.getByLabel('Reference for X-Api-Key');
    expect(await field.inputValue()).toBe('env.X_API_KEY');
    await field.fill('SEARCH_KEY');
    await gate.getByText(/fills in env.NAME or vault.NAME/).waitFor();
    expect(await gate.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await field.fill('env.SEARCH_KEY');
    await gate.getByRole('button', { name: 'Save' }).click();
    await gate.getByRole('button', { name: 'Sync now' }).click();
    await gate.getByText(/Written, read back and compared/).waitFor();
    expect(bifrost.state.find('one')?.headers).toEqual({ 'X-Api-Key': 'env.SEARCH_KEY' });
    expect(letta.state.find('one')?.custom_headers).toEqual({ 'X-Api-Key': 'plain' });
  });
});

describe('the rules for agents', () => {
  it('are one table: one edit for many tools, and what a day costs', async () => {
    const host = await startHost();
    const { client } = host;
    const { server } = await client.call('server.create', {
      server: { name: 'everything', transport: realServer('everything') },
    });
    await client.call('run.start', { serverId: server.id });
    for (let call = 0; call < 3; call += 1)
      await client.call('tool.call', { serverId: server.id, name: 'echo', arguments: { message: 'x' } });
    const page = await openPage(host.ready);
    await page.goto(`${host.ready.url.split('#')[0]}#/servers/${server.id}/tools`);
    await page.getByText('Rules for agents').click();
    const price = page.getByLabel('Price of a call of echo');
    await price.fill('0.5');
    await price.press('Enter');
    await page.getByText('$1.5', { exact: true }).first().waitFor();
    const row = page.getByRole('row', { name: /^Choose echo/ });
    expect(await row.textContent()).toContain('$1.5');

    for (const name of ['echo', 'get-sum']) await page.getByLabel(`Choose ${name}`).check();
    const many = page.getByRole('group', { name: 'Edit the chosen tools' });
    await many.getByText('2 chosen').waitFor();
    await many.getByRole('button', { name: 'Without approval' }).click();
    const policy = async () => (await client.call('app.snapshot', {})).servers[0]?.tools;
    await expect.poll(async () => (await policy())?.autoExecute).toEqual(['echo', 'get-sum']);
    await many.getByRole('button', { name: 'Forbid' }).click();
    await expect.poll(async () => (await policy())?.autoExecute).toEqual([]);
    const { execute } = (await policy()) ?? { execute: [] };
    expect(execute.length).toBeGreaterThan(3);
    expect(execute).not.toContain('echo');
    expect(execute).not.toContain('get-sum');
  });

  it('can be set before it ever runs, with the tools that a remote knows', async () => {
    const letta = await startFakeLetta({ version: '0.16.6', tools: () => ['search', 'fetch'] });
    onTestFinished(() => letta.close());
    const host = await startHost();
    const { client } = host;
    const { server } = await client.call('server.create', { server: { name: 'one', transport: sse('one') } });
    const { remote } = await client.call('remote.create', {
      remote: { kind: 'letta', name: 'Team', baseUrl: letta.url },
    });
    await client.call('link.create', { serverId: server.id, remoteId: remote.id });
    await client.call('sync.apply', {});
    const page = await openPage(host.ready);
    await page.goto(`${host.ready.url.split('#')[0]}#/servers/${server.id}/tools`);
    await page.getByText('Rules for agents').click();
    await page.getByText(/^Names from Team/).waitFor();
    await page.getByLabel('Agents may call fetch').uncheck();
    await expect
      .poll(async () => (await client.call('app.snapshot', {})).servers[0]?.tools.execute)
      .toEqual(['search']);
  });
});
