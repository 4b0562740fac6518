import type { Page } from 'playwright-core';
import type { Remote, Server } from '../../src-main/contract/index.js';
import { startFakeBifrost, type FakeBifrost } from '../fakes/bifrost/index.js';
import { startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import type { RpcClient } from '../support/rpc-client.js';

export type SyncScene = {
  name: string;
  hash: string;
  /** What is pressed before the picture is taken. */
  open?: (page: Page) => Promise<void>;
};

const NAMES = ['equal', 'edited-here', 'edited-there', 'contested', 'deleted-there', 'waiting', 'refused'];

/** Two remotes and a server for every state a jack can have. */
export class SyncStates {
  private constructor(
    private readonly client: RpcClient,
    private readonly letta: FakeLetta,
    private readonly away: FakeLetta,
    private readonly bifrost: FakeBifrost,
  ) {}

  static async start(client: RpcClient): Promise<SyncStates> {
    const letta = await startFakeLetta({ version: '0.16.6', stdio: true, tools: () => ['search', 'fetch'] });
    const away = await startFakeLetta({ version: '0.16.6' });
    // A gateway that is connected and sees nothing: that is a warning of its own.
    const bifrost = await startFakeBifrost({ version: '1.5', tools: () => [] });
    const states = new SyncStates(client, letta, away, bifrost);
    await states.#fill();
    return states;
  }

  async #fill(): Promise<void> {
    const { client, letta, bifrost } = this;
    const remote = async (kind: Remote['kind'], name: string, baseUrl: string): Promise<Remote> =>
      (await client.call('remote.create', { remote: { kind, name, baseUrl } })).remote;
    const team = await remote('letta', 'Letta team', letta.url);
    const gate = await remote('bifrost', 'Gateway', bifrost.url);
    const lab = await remote('letta', 'Letta lab', this.away.url);
    const servers: Server[] = [];
    for (const name of NAMES) {
      const transport = {
        type: 'streamable_http' as const,
        url: `https://${name}.example.com/mcp`,
        headers: { 'X-Org': '7', Authorization: { newSecret: 'Bearer example' } },
      };
      servers.push((await client.call('server.create', { server: { name, transport } })).server);
    }
    for (const server of servers)
      for (const to of [team, gate])
        await client.call('link.create', { serverId: server.id, remoteId: to.id });
    await client.call('sync.apply', {});
    await this.#driftApart(servers, team, lab);
  }

  async #driftApart(servers: Server[], team: Remote, lab: Remote): Promise<void> {
    const { client, letta, away } = this;
    const of = (name: string): string => servers.find((server) => server.name === name)?.id ?? '';
    const elsewhere = (name: string): void => {
      const row = letta.state.find(name);
      if (row) row.server_url = `https://${name}.example.net/elsewhere`;
    };
    const edit = (name: string): Promise<unknown> =>
      client.call('server.update', {
        id: of(name),
        patch: { transport: { url: `https://${name}.example.org/here` } },
      });
    elsewhere('edited-there');
    elsewhere('contested');
    const gone = letta.state.find('deleted-there');
    if (gone) letta.state.rows.splice(letta.state.rows.indexOf(gone), 1);
    await edit('edited-here');
    await edit('contested');
    await client.call('sync.plan', {});
    const { link } = await client.call('link.create', { serverId: of('waiting'), remoteId: lab.id });
    await away.offline();
    await client.call('sync.apply', { linkIds: [link.id] });
    letta.faults.add({ kind: 'lie', fields: ['server_url'] }, { method: 'PATCH' });
    await edit('refused');
    const { links } = await client.call('app.snapshot', {});
    const refused = links.find((one) => one.serverId === of('refused') && one.remoteId === team.id);
    await client.call('sync.apply', { linkIds: [refused?.id ?? ''] });
  }

  async scenes(everything: string): Promise<SyncScene[]> {
    const { servers } = await this.client.call('app.snapshot', {});
    const of = (name: string): string => servers.find((server) => server.name === name)?.id ?? '';
    const jack = async (page: Page, name: RegExp): Promise<void> => {
      await page.getByRole('gridcell', { name }).click();
      await page.getByRole('dialog').getByRole('table').first().waitFor();
    };
    return [
      { name: 'jacks', hash: '#/' },
      { name: 'conflict', hash: '#/', open: (page) => jack(page, /^contested in Letta team/) },
      {
        name: 'plan',
        hash: '#/remotes',
        open: async (page) => {
          await page.getByRole('link', { name: /Letta team/ }).click();
          await page.getByRole('button', { name: /^Sync \d/ }).click();
          await page.getByRole('dialog').getByText('equal on both sides').waitFor();
        },
      },
      {
        name: 'links',
        hash: `#/servers/${of('equal')}/sync`,
        open: async (page) => {
          const card = page.getByRole('region', { name: 'Letta team' });
          await card.getByText('Tools there').click();
          await card.getByText('Values there').click();
          await card.getByText(/are registered there/).waitFor();
        },
      },
      {
        name: 'link-conflict',
        hash: `#/servers/${of('contested')}/sync`,
        open: (page) => page.getByText('Choose which one is kept.').waitFor(),
      },
      {
        name: 'link-waiting',
        hash: `#/servers/${of('waiting')}/sync`,
        open: (page) => page.getByRole('button', { name: 'Try now' }).waitFor(),
      },
      {
        name: 'rules',
        hash: `#/servers/${everything}/tools`,
        open: async (page) => {
          await page.getByText('Rules for agents').click();
          await page.getByRole('row', { name: /echo/ }).waitFor();
        },
      },
    ];
  }

  async close(): Promise<void> {
    await Promise.all([this.letta.close(), this.away.close(), this.bifrost.close()]);
  }
}
