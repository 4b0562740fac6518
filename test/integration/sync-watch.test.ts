import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Link } from '../../src-main/contract/index.js';
import { startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import { Host } from '../support/host.js';

/** What somebody else does on a remote, seen, shown and told. */
let host: Awaited<ReturnType<typeof Host.start>>;
let letta: FakeLetta;
let link: Link;

beforeEach(async () => {
  letta = await startFakeLetta({ version: '0.16.6' });
  host = await Host.start();
  const transport = { type: 'sse' as const, url: 'https://a.example.com/sse' };
  const { server } = await host.client.call('server.create', { server: { name: 'search', transport } });
  const { remote } = await host.client.call('remote.create', {
    remote: { kind: 'letta', name: 'Team', baseUrl: letta.url },
  });
  ({ link } = await host.client.call('link.create', { serverId: server.id, remoteId: remote.id }));
  await host.client.call('sync.apply', { linkIds: [link.id] });
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
  await letta.close();
});

const stateNow = async () => (await host.client.call('app.snapshot', {})).links[0]?.state;
const told = (): string[] =>
  host.client.frames.flatMap((frame) => {
    const { method, params } = JSON.parse(frame) as { method?: string; params?: { title: string } };
    return method === 'drift.found' && params ? [params.title] : [];
  });

function editThere(url: string): void {
  const row = letta.state.find('search');
  if (row) row.server_url = url;
}

it('is told once, and stands in the activity', async () => {
  editThere('https://theirs.example.com/sse');
  await host.client.call('sync.plan', {});
  expect(await stateNow()).toBe('remote_ahead');
  await host.client.call('sync.plan', {});
  expect(told()).toEqual(['search was changed on Team']);
  const { entries } = await host.client.call('activity.list', {});
  expect(entries.filter(({ title }) => title === 'search was changed on Team')).toHaveLength(1);
  // Edited here as well: nothing new has happened there.
  await host.client.call('server.update', {
    id: link.serverId,
    patch: { transport: { url: 'https://mine.example.com/sse' } },
  });
  await host.client.call('sync.plan', {});
  expect(await stateNow()).toBe('conflict');
  expect(told()).toHaveLength(1);
});

it('tells of an entry that is gone, and of nothing where that is not wanted', async () => {
  letta.state.rows.splice(0);
  await host.client.call('sync.plan', {});
  expect(told()).toEqual(['search was deleted on Team']);
  await host.client.call('sync.apply', { linkIds: [link.id] });
  await host.client.call('settings.update', { patch: { tellOfDrift: false } });
  editThere('https://theirs.example.com/sse');
  await host.client.call('sync.plan', {});
  expect(await stateNow()).toBe('remote_ahead');
  expect(told()).toHaveLength(1);
});

it('an edit made while the remote is read is not lost from sight', async () => {
  editThere('https://theirs.example.com/sse');
  letta.faults.add({ kind: 'latency', ms: 300 }, { method: 'GET' });
  const planning = host.client.call('sync.plan', {});
  await host.client.call('server.update', {
    id: link.serverId,
    patch: { transport: { url: 'https://mine.example.com/sse' } },
  });
  const { steps } = await planning;
  expect(steps[0]).toMatchObject({ action: 'conflict', changedOn: 'both' });
  expect(await stateNow()).toBe('conflict');
});

it('a wish that waits shows how, and goes out at once when that is asked for', async () => {
  await letta.offline();
  await host.client.call('server.update', {
    id: link.serverId,
    patch: { transport: { type: 'streamable_http' } },
  });
  await host.client.call('sync.apply', { linkIds: [link.id], consent: ['replace'] });
  const { links } = await host.client.call('app.snapshot', {});
  expect(links[0]).toMatchObject({ state: 'queued', waiting: { attempts: 1 } });
  expect(links[0]).not.toHaveProperty('outbox');
  await letta.online();
  // What was agreed to when it was wished for still counts.
  const { outcome } = await host.client.call('sync.retry', { linkId: link.id });
  expect(outcome).toMatchObject({ status: 'synced', verified: true });
  expect(letta.state.rows).toMatchObject([{ server_type: 'streamable_http' }]);
});
