import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Remote, Server } from '../../src-main/contract/index.js';
import { startFakeBifrost, type BifrostVersion, type FakeBifrost } from '../fakes/bifrost/index.js';
import { effectiveHeaders, startFakeLetta, type FakeLetta } from '../fakes/letta/index.js';
import type { Fault } from '../fakes/support/faults.js';
import { SyncRig } from '../support/sync-rig.js';

/**
 * After any sequence of local edits, remote edits, faults, plans and applies: what an apply calls synced is equal on
 * both sides at that moment, no edit of the remote is overwritten unasked, and once all is well again everything gets
 * in sync with exactly one entry each.
 */
type World = {
  rig: SyncRig;
  remote: Remote;
  fake: FakeLetta | FakeBifrost;
  /** What is really stored under an id, in the server's own words; `undefined`: nothing. */
  stored(id: string | undefined): Plain | undefined;
  /** An edit of somebody else. */
  edit(id: string | undefined, what: RemoteEdit): void;
  count(): number;
  dispose(): Promise<void>;
};
type Plain = {
  type: string;
  url?: string | null;
  headers?: Record<string, string>;
  command?: string;
  args?: string[];
  execute?: string[];
  pricing?: Record<string, number>;
};
type RemoteEdit = 'url' | 'header' | 'delete' | 'tools';

async function lettaWorld(version: string): Promise<World> {
  const rig = SyncRig.inMemory();
  const fake = await startFakeLetta({ version, stdio: true });
  const remote = await rig.remote({ kind: 'letta', name: 'Remote', baseUrl: fake.url });
  const rows = () => fake.state.rows;
  let edits = 0;
  return {
    rig,
    remote,
    fake,
    stored: (id) => {
      const row = rows().find((one) => one.id === id);
      if (!row) return undefined;
      if (row.server_type === 'stdio')
        return {
          type: 'stdio',
          command: row.stdio_config?.command ?? '',
          args: row.stdio_config?.args ?? [],
        };
      return { type: row.server_type, url: row.server_url, headers: effectiveHeaders(row) };
    },
    edit: (id, what) => {
      const row = rows().find((one) => one.id === id);
      if (!row) return;
      edits += 1;
      if (what === 'delete') rows().splice(rows().indexOf(row), 1);
      else if (row.server_type === 'stdio' && row.stdio_config) row.stdio_config.args = [`edit-${edits}`];
      else if (what === 'url') row.server_url = `https://their-${edits}.example.com/mcp`;
      else row.custom_headers = { 'X-Theirs': `edit ${edits}` };
    },
    count: () => rows().length,
    dispose: async () => {
      await rig[Symbol.asyncDispose]();
      await fake.close();
    },
  };
}

async function bifrostWorld(version: BifrostVersion): Promise<World> {
  const rig = SyncRig.inMemory();
  const fake = await startFakeBifrost({ version, guard: false });
  const remote = await rig.remote({ kind: 'bifrost', name: 'Remote', baseUrl: fake.url });
  const clients = () => fake.state.clients;
  let edits = 0;
  return {
    rig,
    remote,
    fake,
    stored: (id) => {
      const client = clients().find((one) => one.client_id === id);
      if (!client) return undefined;
      const policy = {
        execute: client.tools_to_execute.toSorted(),
        ...(version !== '1.3' && { pricing: client.tool_pricing }),
      };
      if (client.connection_type === 'stdio')
        return {
          type: 'stdio',
          command: client.stdio_config?.command ?? '',
          args: client.stdio_config?.args ?? [],
          ...policy,
        };
      return {
        type: client.connection_type === 'http' ? 'streamable_http' : 'sse',
        url: client.connection_string,
        headers: client.auth_type === 'none' ? {} : client.headers,
        ...policy,
      };
    },
    edit: (id, what) => {
      const client = clients().find((one) => one.client_id === id);
      if (!client) return;
      edits += 1;
      if (what === 'delete') clients().splice(clients().indexOf(client), 1);
      else if (what === 'header')
        Object.assign(client, {
          headers: { 'X-Theirs': `their edit ${edits} ${edits}` },
          auth_type: version === '1.3' ? '' : 'headers',
        });
      else client.tools_to_execute = [`theirs_${edits}`];
    },
    count: () => clients().length,
    dispose: async () => {
      await rig[Symbol.asyncDispose]();
      await fake.close();
    },
  };
}

function meant({ rig, remote }: World, server: Server, version: string): Plain {
  const { transport, tools } = server;
  const policy =
    remote.kind === 'bifrost'
      ? { execute: tools.execute.toSorted(), ...(version !== '1.3' && { pricing: tools.pricing }) }
      : {};
  if (transport.type === 'stdio')
    return { type: 'stdio', command: transport.command, args: transport.args, ...policy };
  if (transport.type === 'inprocess') throw new Error('none is made here');
  const headers = Object.fromEntries(
    Object.entries(transport.headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (rig.secrets.get(value.secret) ?? ''),
    ]),
  );
  return { type: transport.type, url: transport.url, headers, ...policy };
}

const word = fc.constantFrom('alpha', 'beta', 'gamma', 'a-long-word-of-many-letters', 'delta');
const localEdit = fc.oneof(
  word.map((text) => ({ transport: { type: 'sse', url: `https://${text}.example.com/mcp` } })),
  word.map((text) => ({ transport: { type: 'streamable_http', url: `https://${text}.example.com/mcp` } })),
  word.map((text) => ({ transport: { type: 'stdio', command: text, args: [text] } })),
  word.map((text) => ({ transport: { headers: { 'X-Key': { newSecret: `key-${text}-tail` } } } })),
  fc.constant({ transport: { headers: { 'X-Key': null } } }),
  word.map((text) => ({ tools: { execute: [text, 'zeta'] } })),
  word.map((text) => ({ tools: { pricing: { [text]: 0.5 } } })),
);
const fault: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
  { kind: 'drop' },
  { kind: 'drop-after-commit' },
  { kind: 'lie' },
  { kind: 'truncate' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500 },
  { kind: 'html' },
);
const on = fc.constantFrom(
  {},
  { method: 'POST' },
  { method: 'PUT' },
  { method: 'PATCH' },
  { method: 'DELETE' },
  { method: 'GET' },
);

type Act =
  | { act: 'edit'; at: number; patch: Record<string, unknown> }
  | { act: 'theirs'; at: number; what: RemoteEdit }
  | { act: 'fault'; fault: Fault; on: { method?: string } }
  | { act: 'plan' }
  | { act: 'apply'; resolve: 'local' | 'remote' | undefined; consent: boolean };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constant('edit' as const), at: fc.nat(1), patch: localEdit }),
  fc.record({
    act: fc.constant('theirs' as const),
    at: fc.nat(1),
    what: fc.constantFrom<RemoteEdit>('url', 'header', 'delete', 'tools'),
  }),
  fc.record({ act: fc.constant('fault' as const), fault, on }),
  fc.constant({ act: 'plan' as const }),
  fc.record({
    act: fc.constant('apply' as const),
    resolve: fc.constantFrom(undefined, undefined, 'local' as const, 'remote' as const),
    consent: fc.boolean(),
  }),
);

/** An edit that the schema of a server refuses is no edit. */
async function tryEdit(rig: SyncRig, server: Server, patch: Record<string, unknown>): Promise<void> {
  await rig.update(server.id, patch).catch(() => undefined);
}

async function play(world: World, acts: readonly Act[], version: string): Promise<void> {
  const { rig, remote, fake } = world;
  const servers = [
    await rig.server({ name: 'one', transport: { type: 'sse', url: 'https://one.example.com/mcp' } }),
    await rig.server({ name: 'two', transport: { type: 'stdio', command: 'npx', args: ['x'] } }),
  ];
  const links = [];
  for (const server of servers) links.push(await rig.sync.link(server.id, remote.id));
  const ids = links.map(({ id }) => id);
  const now = (at: number): Server => rig.catalog.server(servers[at]?.id ?? '') as Server;
  const isEqual = (id: string): void => {
    const at = ids.indexOf(id);
    expect(world.stored(rig.link(id).remoteEntryId)).toEqual(meant(world, now(at), version));
  };
  for (const step of acts) {
    if (step.act === 'edit') await tryEdit(rig, now(step.at), step.patch);
    else if (step.act === 'theirs') world.edit(rig.link(ids[step.at] ?? '').remoteEntryId, step.what);
    else if (step.act === 'fault') fake.faults.add(step.fault, step.on);
    else if (step.act === 'plan') await rig.sync.plan();
    else {
      const { resolve } = step;
      const outcomes = await rig.sync.apply({
        ...(resolve && { resolve: Object.fromEntries(ids.map((id) => [id, resolve])) }),
        consent: step.consent ? ['replace', 'rename', 'delete'] : [],
      });
      for (const { linkId, status, verified } of outcomes)
        if (verified || status === 'synced' || status === 'unchanged') isEqual(linkId);
    }
    // The waiting line delivers on its own time; here every delivery is one of the acts.
    for (const id of ids) if (rig.link(id).state === 'queued' && step.act !== 'apply') continue;
  }
  fake.faults.clear();
  const local = Object.fromEntries(ids.map((id) => [id, 'local' as const]));
  for (let round = 0; round < 2; round += 1)
    await rig.sync.apply({ resolve: local, consent: ['replace', 'rename', 'delete'] });
  for (const id of ids) {
    expect(rig.link(id)).toMatchObject({ state: 'in_sync' });
    isEqual(id);
  }
  expect(world.count()).toBe(2);
}

const WORLDS: [string, () => Promise<World>, string][] = [
  ['Letta 0.14', () => lettaWorld('0.14.0'), ''],
  ['Letta 0.16', () => lettaWorld('0.16.6'), ''],
  ['Bifrost 1.3', () => bifrostWorld('1.3'), '1.3'],
  ['Bifrost 1.4', () => bifrostWorld('1.4'), '1.4'],
  ['Bifrost 1.5', () => bifrostWorld('1.5'), '1.5'],
  ['Bifrost 2.2', () => bifrostWorld('2.2'), '2.2'],
];

describe('whatever happens', () => {
  it.each(WORLDS)('%s: what is called synced is equal on both sides', async (_name, make, version) => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 14 }), async (acts) => {
        const world = await make();
        try {
          await play(world, acts, version);
        } finally {
          await world.dispose();
        }
      }),
      { numRuns: Number(process.env['SYNC_RUNS'] ?? 25), endOnFailure: false },
    );
  });
});
