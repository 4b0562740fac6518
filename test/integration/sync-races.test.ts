import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogChange } from '../../src-main/catalog/catalog.js';
import type { Server } from '../../src-main/contract/index.js';
import { SyncRig } from '../support/sync-rig.js';

/** Two things at once, or an end in the middle: no link says afterwards what is not so. */
let rig: SyncRig;
beforeEach(() => void (rig = SyncRig.inMemory()));
afterEach(() => rig[Symbol.asyncDispose]());

const server = (of = rig): Promise<Server> =>
  of.server({
    name: 'one',
    transport: {
      type: 'sse',
      url: 'https://a.example.com/first',
      headers: { 'X-Key': { newSecret: 'key-secret-1' } },
    },
  });

/** States that a link has had since. */
function statesOf(linkId: string): string[] {
  const states: string[] = [];
  rig.catalog.onChanged(({ links = [] }: CatalogChange) =>
    links.filter(({ id }) => id === linkId).forEach(({ state }) => states.push(state)),
  );
  return states;
}

/** An answer that comes when the test says so. */
function onTheWay(): { until: Promise<void>; arrives: () => void } {
  let arrives = (): void => undefined;
  const until = new Promise<void>((resolve) => (arrives = resolve));
  return { until, arrives };
}

describe('a plan beside an apply', () => {
  it('what was read before the apply says nothing about what it has written', async () => {
    const { fake, remote } = await rig.letta();
    const one = await server();
    const { linkId } = await rig.patch(one, remote);
    await rig.update(one.id, { transport: { url: 'https://a.example.com/second' } });
    await expect.poll(() => rig.link(linkId).state).toBe('local_ahead');
    const states = statesOf(linkId);
    const { until, arrives } = onTheWay();
    fake.faults.add({ kind: 'late', until }, { method: 'GET' });
    const asked = fake.requests.length;
    const planning = rig.sync.plan([linkId]);
    await expect.poll(() => fake.requests.length).toBeGreaterThan(asked);
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
    arrives();
    const [step] = await planning;
    expect(step?.action).toBe('none');
    expect(rig.link(linkId).state).toBe('in_sync');
    expect(states).not.toContain('remote_ahead');
  });

  it('an entry that the apply made anew is not missing', async () => {
    const { fake, remote } = await rig.letta();
    const one = await server();
    const { linkId } = await rig.patch(one, remote);
    fake.state.rows.splice(0);
    await rig.plan(linkId);
    expect(rig.link(linkId).state).toBe('missing');
    const states = statesOf(linkId);
    const { until, arrives } = onTheWay();
    fake.faults.add({ kind: 'late', until }, { method: 'GET' });
    const asked = fake.requests.length;
    const planning = rig.sync.plan([linkId]);
    await expect.poll(() => fake.requests.length).toBeGreaterThan(asked);
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced' });
    arrives();
    await planning;
    expect(rig.link(linkId).state).toBe('in_sync');
    expect(states).not.toContain('missing');
  });
});

describe('an edit beside an apply', () => {
  it('made while the keychain is asked: the server is ahead, though what was compared was equal', async () => {
    const { remote } = await rig.letta();
    const one = await server();
    const first = await rig.patch(one, remote);
    const entryId = rig.link(first.linkId).remoteEntryId ?? '';
    await rig.sync.unlink(first.linkId, false);
    const link = await rig.sync.link(one.id, remote.id, entryId);
    // Met anew, so that the secret itself is compared and not its id.
    await rig.catalog.edit((tx) => {
      const { base: _forgotten, ...rest } = rig.link(link.id);
      tx.put('links', { ...rest, state: 'unknown' });
    });
    const resolve = rig.resolve.bind(rig);
    rig.resolve = async (value) => {
      const text = await resolve(value);
      rig.resolve = resolve;
      await rig.update(one.id, { transport: { url: 'https://a.example.com/second' } });
      // As long as it takes until the edit is known to all.
      await new Promise((done) => setImmediate(done));
      return text;
    };
    await rig.apply(link.id);
    expect(rig.link(link.id).state).toBe('local_ahead');
    expect(await rig.apply(link.id)).toMatchObject({ status: 'synced' });
  });
});

describe('an end between an edit and what follows from it', () => {
  it('the next start knows that the server is ahead, without asking the remote', async () => {
    await using disk = await SyncRig.onDisk();
    const { fake, remote } = await disk.letta();
    const one = await server(disk);
    const { linkId } = await disk.patch(one, remote);
    await fake.offline();
    await disk.sync.dispose();
    // The app was killed right after this was on disk.
    await disk.update(one.id, { transport: { url: 'https://a.example.com/second' } });
    expect(disk.link(linkId).state).toBe('in_sync');
    await disk.restart();
    disk.sync.resume();
    await expect.poll(() => disk.link(linkId).state).toBe('local_ahead');
  });
});

describe('a wish that is taken back', () => {
  it('leaves the link as it was before: an edit of the remote that was seen is not forgotten', async () => {
    const { fake, remote } = await rig.letta();
    const one = await server();
    const { linkId } = await rig.patch(one, remote);
    const [row] = fake.state.rows;
    if (row) row.server_url = 'https://theirs.example.com';
    await rig.plan(linkId);
    expect(rig.link(linkId).state).toBe('remote_ahead');
    await fake.offline();
    expect(await rig.apply(linkId, { resolve: { [linkId]: 'local' } })).toMatchObject({ status: 'queued' });
    expect(await rig.sync.cancel(linkId)).toMatchObject({ state: 'remote_ahead' });
  });

  it('after an edit here too: both sides differ', async () => {
    const { fake, remote } = await rig.letta();
    const one = await server();
    const { linkId } = await rig.patch(one, remote);
    fake.state.rows.splice(0);
    await rig.plan(linkId);
    await fake.offline();
    await rig.apply(linkId);
    expect(await rig.sync.cancel(linkId)).toMatchObject({ state: 'missing' });
    await rig.apply(linkId);
    await rig.apply(linkId);
    expect(await rig.sync.cancel(linkId)).toMatchObject({ state: 'missing' });
  });
});

describe('a remote that is edited while others wait for their turn', () => {
  it('nothing more is written to the old address, and nothing there counts', async () => {
    const { fake, remote } = await rig.letta();
    const second = await rig.letta();
    const [one, two] = [
      await server(),
      await rig.server({ name: 'two', transport: { type: 'sse', url: 'https://b.example.com' } }),
    ];
    const [first, later] = [await rig.sync.link(one.id, remote.id), await rig.sync.link(two.id, remote.id)];
    const { until, arrives } = onTheWay();
    fake.faults.add({ kind: 'late', until }, { method: 'POST' });
    const writing = rig.apply(first.id);
    const waiting = rig.apply(later.id);
    await expect.poll(() => fake.state.find('one')).toBeDefined();
    await rig.updateRemote(remote.id, { baseUrl: second.fake.url });
    arrives();
    expect(await waiting).toMatchObject({ status: 'synced' });
    await writing;
    expect(fake.state.find('two')).toBeUndefined();
    expect(second.fake.state.find('two')).toBeDefined();
    expect(rig.link(first.id).state).not.toBe('in_sync');
    expect(await rig.apply(first.id)).toMatchObject({ status: 'synced' });
    expect(second.fake.state.find('one')).toBeDefined();
  });

  it('other credentials are another view of it: what was in sync is unknown until it was looked at', async () => {
    const { remote } = await rig.letta();
    const one = await server();
    const { linkId } = await rig.patch(one, remote);
    await rig.updateRemote(remote.id, { headers: { 'X-Project-Id': 'another' } });
    await expect.poll(() => rig.link(linkId).state).toBe('unknown');
    await rig.plan(linkId);
    expect(rig.link(linkId).state).toBe('in_sync');
    await rig.updateRemote(remote.id, { name: 'Another name' });
    expect(rig.link(linkId).state).toBe('in_sync');
  });
});
