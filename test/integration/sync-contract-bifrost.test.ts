import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BifrostBench } from '../contract/bifrost-bench.js';
import { bifrostContract, makeWhole } from '../contract/bifrost-contract.js';
import type { BifrostPeer, BifrostTraits } from '../contract/bifrost-peer.js';
import {
  startFakeBifrost,
  type BifrostVersion,
  type Client,
  type FakeBifrost,
} from '../fakes/bifrost/index.js';

type Profile = BifrostTraits & { version: BifrostVersion };
const ALL = { stdio: true, types: ['sse', 'streamable_http'] } as const;
const LATER = { authType: true, pricing: true, immutable: true, env: true, ...ALL } as const;
const PROFILES: Profile[] = [
  { version: '1.3', profile: '1.3', ...LATER, authType: false, pricing: false, immutable: false, env: false },
  { version: '1.4', profile: '1.4', ...LATER, immutable: false, env: false },
  { version: '1.5', profile: '1.5', ...LATER },
  { version: '1.6', profile: '1.6', ...LATER },
  { version: '2.2', profile: '2.x', ...LATER },
];

const URLS = ['https://mcp.example.com/mcp', 'https://other.example.org/mcp'] as const;

function startFake(version: BifrostVersion): Promise<FakeBifrost> {
  return startFakeBifrost({
    version,
    admin: { username: 'admin', password: 'a long Password 1' },
    environment: { A: 'set there', TOKEN: 'set there' },
  });
}

function peerOf(fake: FakeBifrost): BifrostPeer {
  return {
    remote: {
      baseUrl: fake.url,
      auth: { type: 'basic', username: 'admin', password: { newSecret: 'a long Password 1' } },
    },
    prefix: '',
    urls: { sse: URLS, streamable_http: URLS },
    commands: ['npx', 'uvx'],
    variables: ['A', 'TOKEN'],
    held: async (id) => structuredClone(fake.state.clients.find(({ client_id }) => client_id === id)),
    shown: (fields) => fields,
    others: async () => structuredClone(fake.state.find('bystander')),
    writes: () => fake.requests.filter(({ method }) => method !== 'GET').length,
    close: () => fake.close(),
  };
}

describe.each(PROFILES)('Bifrost $version', (traits) => {
  bifrostContract(async () => peerOf(await startFake(traits.version)), traits);

  describe('behind its back', () => backCases(traits));
});

/** What takes a look into the gateway's memory, or a hand in it. */
function backCases(traits: Profile): void {
  const { version, authType, immutable, env } = traits;
  let bifrost: FakeBifrost;
  let bench: BifrostBench;
  let bystander: Client;
  beforeAll(async () => {
    bifrost = await startFake(version);
    bench = await BifrostBench.open(async () => peerOf(bifrost));
    bystander = structuredClone(bifrost.state.find('bystander') as Client);
  });
  afterAll(() => bench.close());
  afterEach(() => expect(bifrost.state.find('bystander')).toEqual(bystander));

  const clientOf = (linkId: string): Client =>
    bifrost.state.clients.find(
      ({ client_id }) => client_id === bench.rig.link(linkId).remoteEntryId,
    ) as Client;

  it.runIf(!env)('names of variables alone are taken: no value leaves this computer', async () => {
    await bench.patched({
      name: bench.fresh(),
      transport: {
        type: 'stdio',
        command: 'npx',
        env: { A: '1', TOKEN: { newSecret: 'tok-secret-1' } },
      },
    });
    const sent = JSON.stringify(bifrost.requests.map(({ body }) => body));
    expect(sent).toContain('"envs":["A","TOKEN"]');
    expect(sent).not.toContain('tok-secret-1');
  });

  describe.each(['sse', 'streamable_http'] as const)('%s', (type) => {
    const NOT_OURS = {
      vk_configs: [{ virtual_key_id: 'vk1', virtual_key_name: 'key vk1', tools_to_execute: ['a'] }],
      disabled: true,
      is_ping_available: false,
      tool_sync_interval: 5 * 60_000_000_000,
      allow_on_all_virtual_keys: true,
    };

    it.runIf(immutable)('what is not ours outlives a replacement', async () => {
      const { server, linkId } = await makeWhole(bench, traits, type);
      Object.assign(clientOf(linkId), NOT_OURS, { allowed_extra_headers: ['X-Trace'] });
      const before = structuredClone(clientOf(linkId));
      await bench.change(server, linkId, { transport: { url: 'https://other.example.org/x' } }, true);
      expect(clientOf(linkId)).toEqual({ ...before, connection_string: 'https://other.example.org/x' });
    });

    it.runIf(version !== '1.3' && version !== '1.4')('what is not ours outlives an edit', async () => {
      const { server, linkId } = await makeWhole(bench, traits, type);
      Object.assign(clientOf(linkId), NOT_OURS);
      const before = structuredClone(clientOf(linkId));
      await bench.change(server, linkId, { codeMode: false });
      expect(clientOf(linkId)).toEqual({ ...before, is_code_mode_client: false });
    });
  });

  it('an inprocess client is adopted and edited, never made', async () => {
    const { rig, remote } = bench;
    bifrost.state.clients.push({
      ...structuredClone(bystander),
      client_id: 'inside-1',
      name: 'inside',
      connection_type: 'inprocess',
      connection_string: null,
      auth_type: authType ? 'none' : '',
    });
    const draft = await rig.sync.draft(remote.id, 'inside-1');
    expect(draft).toMatchObject({ name: 'inside', transport: { type: 'inprocess' } });
    const server = await rig.server(draft);
    const link = await rig.sync.link(server.id, remote.id, 'inside-1');
    expect(link.state).toBe('in_sync');
    await bench.change(server, link.id, { tools: { execute: ['only'] } });
    expect(bifrost.state.find('inside')).toMatchObject({
      connection_type: 'inprocess',
      tools_to_execute: ['only'],
    });
    await rig.sync.unlink(link.id, true);
    const again = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(again.id)).action).toBe('blocked');
  });
}
