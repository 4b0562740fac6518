import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Host, ROOT } from '../support/host.js';
import type { RpcClient } from '../support/rpc-client.js';
import type { Camera } from './camera.js';

const NAMES = [
  'a name that goes on and on, much further than any row of a table or a side bar has room for, and then some more',
  'خادم البحث في المستندات',
  'שרת קבצים',
  '検索サーバー',
  'søk–østfold 🧭',
  'UPPER_CASE_WITH_UNDERSCORES_AND_NO_PLACE_TO_BREAK_IT_AT_ALL',
];

async function fill(client: RpcClient): Promise<string> {
  await client.call('settings.update', { patch: { secretStorage: 'session' } });
  const ids: string[] = [];
  for (const [index, name] of NAMES.entries()) {
    const { server } = await client.call('server.create', {
      server: {
        name,
        description: index === 0 ? 'A description that is as long as the name. '.repeat(6).trim() : '',
        tags: index === 0 ? ['a tag that is long itself', 'second', 'third', 'fourth'] : ['unicode'],
        transport: {
          type: 'stdio',
          command: 'node',
          args: [join(ROOT, 'test/fakes/servers/forms.mjs'), '--a-flag-that-is-long', 'x'.repeat(120)],
        },
      },
    });
    ids.push(server.id);
  }
  for (const name of ['Letta', 'Gateway of the whole company, production', 'بوابة'])
    await client.call('remote.create', {
      remote: { kind: 'letta', name, baseUrl: 'http://127.0.0.1:9/a/long/path/to/it' },
    });
  const first = ids[0] ?? '';
  await client.call('run.start', { serverId: first });
  return first;
}

/** Long names, other scripts, the other direction, another language, and a thousand servers. */
export async function manyStage(camera: Camera): Promise<void> {
  await using host = await Host.start();
  const { client } = host;
  const id = await fill(client);
  const tool = (name: string) => ({
    name: `form-${name}`,
    hash: `#/servers/${id}/tools`,
    open: async (page: Page) => {
      await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
      await page.getByRole('heading', { name, exact: true }).waitFor();
    },
  });
  await camera.take(host, [
    { name: 'names', hash: '#/' },
    { name: 'names-overview', hash: `#/servers/${id}/overview` },
    { name: 'names-configure', hash: `#/servers/${id}/configure` },
    { name: 'names-sync', hash: `#/servers/${id}/sync` },
    { name: 'names-remotes', hash: '#/remotes' },
    tool('nested'),
    tool('choices'),
    tool('lists'),
    tool('maps'),
    tool('recursive'),
    tool('words'),
    tool('wide'),
    tool('deep'),
  ]);
  const mirrored = async (page: Page): Promise<void> => {
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  };
  await camera.take(host, [
    { name: 'mirrored', hash: '#/', open: mirrored },
    { name: 'mirrored-overview', hash: `#/servers/${id}/overview`, open: mirrored },
    { name: 'mirrored-configure', hash: `#/servers/${id}/configure`, open: mirrored },
    { name: 'mirrored-tools', hash: `#/servers/${id}/tools`, open: mirrored },
    { name: 'mirrored-remotes', hash: '#/remotes', open: mirrored },
    { name: 'mirrored-settings', hash: '#/settings', open: mirrored },
  ]);
  await camera.take(
    host,
    [
      { name: 'german', hash: '#/' },
      { name: 'german-overview', hash: `#/servers/${id}/overview` },
      { name: 'german-tools', hash: `#/servers/${id}/tools` },
      { name: 'german-settings', hash: '#/settings' },
      { name: 'german-import', hash: '#/import' },
    ],
    'de-DE',
  );
  for (let index = 0; index < 1_000; index += 1)
    await client.call('server.create', {
      server: {
        name: `server ${index}`,
        tags: [`team ${index % 7}`],
        transport: { type: 'stdio', command: 'true' },
      },
    });
  await camera.take(host, [{ name: 'thousand', hash: '#/' }]);
}
