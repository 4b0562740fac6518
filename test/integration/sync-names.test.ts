import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Remote, Server } from '../../src-main/contract/index.js';
import { SyncRig } from '../support/sync-rig.js';

/** Two servers of ours on one remote: who is called what there. */
let rig: SyncRig;
beforeEach(() => void (rig = SyncRig.inMemory()));
afterEach(() => rig[Symbol.asyncDispose]());

const server = (name: string): Promise<Server> =>
  rig.server({
    name,
    transport: { type: 'sse', url: `https://${encodeURIComponent(name)}.example.com/mcp` },
  });

async function linked({ id }: Remote, ...names: string[]) {
  const servers = [];
  for (const name of names) servers.push(await server(name));
  const links = [];
  for (const one of servers) links.push((await rig.sync.link(one.id, id)).id);
  return { servers, links };
}

const namesThere = (links: string[]): string[] => links.map((id) => rig.link(id).remoteName);

describe('a name on a remote', () => {
  it('that a server was only going to have there is free once it is called otherwise here', async () => {
    const { fake, remote } = await rig.letta();
    const { servers, links } = await linked(remote, 'one', 'two');
    await rig.update(servers[1]!.id, { name: 'four' });
    await rig.update(servers[0]!.id, { name: 'two' });
    // A plan remembers the name that it showed.
    const [step] = await rig.sync.plan([links[0]!]);
    expect(step).toMatchObject({ action: 'create', warnings: [] });
    await rig.sync.apply({ linkIds: links });
    expect(fake.state.rows.map((row) => row.server_name).sort()).toEqual(['four', 'two']);
    expect(namesThere(links)).toEqual(['two', 'four']);
  });

  it('goes without a number that it was to have while another server wanted it', async () => {
    const { remote } = await rig.bifrost();
    const { servers, links } = await linked(remote, 'a-b', 'a_b');
    expect(namesThere(links)).toEqual(['a_b', 'a_b_2']);
    await rig.update(servers[0]!.id, { name: 'c' });
    await rig.sync.apply({ linkIds: links });
    expect(namesThere(links)).toEqual(['c', 'a_b']);
  });

  it('keeps its number where it is, whatever the other is called later', async () => {
    const { fake, remote } = await rig.bifrost();
    const { servers, links } = await linked(remote, 'a-b', 'a_b');
    await rig.sync.apply({ linkIds: links });
    await rig.update(servers[0]!.id, { name: 'c' });
    await rig.update(servers[1]!.id, { name: 'a b' });
    await rig.sync.apply({ linkIds: links, consent: ['rename', 'replace'] });
    expect(namesThere(links)).toEqual(['c', 'a_b_2']);
    expect(fake.state.clients.map(({ name }) => name).sort()).toEqual(['a_b_2', 'c']);
  });

  it('is another’s while its entry has it: ours gets a number', async () => {
    const { remote } = await rig.letta();
    const { servers, links } = await linked(remote, 'one', 'two');
    await rig.sync.apply({ linkIds: [links[1]!] });
    await rig.update(servers[1]!.id, { name: 'four' });
    await rig.update(servers[0]!.id, { name: 'two' });
    await rig.sync.apply({ linkIds: [links[0]!] });
    expect(namesThere(links)).toEqual(['two-2', 'two']);
  });
});
