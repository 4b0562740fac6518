import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BifrostBench } from './bifrost-bench.js';
import type { BifrostPeer, BifrostTraits, Held, UrlType } from './bifrost-peer.js';

/**
 * Every field of the seed × create, change, clear, rename, change of type, delete. What counts is what the gateway
 * really holds, not what it answers.
 */
export function bifrostContract(open: () => Promise<BifrostPeer>, traits: BifrostTraits): void {
  let bench: BifrostBench;
  let others: unknown;

  beforeAll(async () => {
    bench = await BifrostBench.open(open);
    others = await bench.peer.others();
  });
  afterAll(() => bench?.close());
  // Whatever is done to linked entries, one that no link names stays as it is.
  afterEach(async () => expect(await bench.peer.others()).toEqual(others));

  it('is told apart', async () => {
    expect(await bench.rig.sync.test(bench.remote.id)).toMatchObject({ ok: true, profile: traits.profile });
  });

  if (traits.stdio) describe('stdio', () => stdioCases(() => bench, traits));
  describe.each(traits.types)('%s', (type) => {
    changeCases(() => bench, traits, type);
    entryCases(() => bench, traits, type);
  });
  nameCases(() => bench);
}

function stdioCases(bench: () => BifrostBench, { env, authType, immutable }: BifrostTraits): void {
  const make = () => {
    const { peer } = bench();
    const [a, token] = peer.variables;
    return bench().patched({
      name: bench().fresh(),
      transport: {
        type: 'stdio',
        command: peer.commands[0],
        args: ['-y', 'pkg'],
        env: { [a]: '1', [token]: { newSecret: 'tok-secret-1' } },
      },
    });
  };
  const envs = (a: string, token: string): string[] => {
    const { variables } = bench().peer;
    return env ? [`${variables[0]}=${a}`, `${variables[1]}=${token}`] : [...variables];
  };

  it('create', async () => {
    const { held, server, linkId } = await make();
    const { commands, variables } = bench().peer;
    expect(await held()).toMatchObject({
      name: server.name,
      connection_type: 'stdio',
      stdio_config: { command: commands[0], args: ['-y', 'pkg'], envs: envs('1', 'tok-secret-1') },
      tools_to_execute: ['*'],
      tools_to_auto_execute: [],
      ...(authType && { auth_type: 'none' }),
    });
    if (!env) {
      const { losses } = await bench().rig.plan(linkId);
      expect(losses.map(({ field }) => field)).toContain(`transport.env.${variables[1]}`);
    }
  });

  type Stdio = NonNullable<Held['stdio_config']>;
  it.each([
    ['command', () => ({ command: bench().peer.commands[1] }), () => ({ command: bench().peer.commands[1] })],
    ['args', () => ({ args: ['b', 'a'] }), () => ({ args: ['b', 'a'] })],
    ['args cleared', () => ({ args: [] }), () => ({ args: [] })],
    [
      'a variable removed',
      () => ({ env: { [bench().peer.variables[0]]: null } }),
      () => ({ envs: envs('1', 'tok-secret-1').slice(1) }),
    ],
  ] as [string, () => Record<string, unknown>, () => Partial<Stdio>][])(
    'change: %s',
    async (_what, transport, expected) => {
      const { server, linkId, held } = await make();
      const { client_id, stdio_config } = await held();
      await bench().change(server, linkId, { transport: transport() }, immutable);
      expect(await held()).toMatchObject({ client_id });
      expect((await held()).stdio_config).toEqual({ ...stdio_config, ...expected() });
    },
  );

  it('change: a secret variable', async () => {
    const { server, linkId, held } = await make();
    const patch = { transport: { env: { [bench().peer.variables[1]]: { newSecret: 'tok-secret-2' } } } };
    if (env) {
      await bench().change(server, linkId, patch, true);
      expect((await held()).stdio_config?.envs).toEqual(envs('1', 'tok-secret-2'));
      return;
    }
    // The value is the gateway's own: changing it here changes nothing there.
    await bench().rig.update(server.id, patch);
    expect((await bench().rig.plan(linkId)).action).toBe('none');
    expect(bench().rig.link(linkId).state).toBe('in_sync');
  });
}

const TOKEN = { 'X-Org': '7', Authorization: 'Bearer tok-secret-1' };

/** An entry with something in every field that an entry at a URL has. */
export const makeWhole = (bench: BifrostBench, { pricing }: Pick<BifrostTraits, 'pricing'>, type: UrlType) =>
  bench.patched({
    name: bench.fresh(),
    transport: {
      type,
      url: bench.peer.urls[type][0],
      headers: { 'X-Org': '7' },
      auth: { type: 'header', header: 'Authorization', token: { newSecret: 'Bearer tok-secret-1' } },
    },
    tools: { execute: ['a', 'b'], autoExecute: ['a'], ...(pricing && { pricing: { a: 0.001 } }) },
    codeMode: true,
  });

function changeCases(bench: () => BifrostBench, traits: BifrostTraits, type: UrlType): void {
  const { authType, pricing, immutable } = traits;
  const make = () => makeWhole(bench(), traits, type);

  it('create', async () => {
    const { held, server } = await make();
    const { peer } = bench();
    expect(await held()).toMatchObject({
      name: server.name,
      connection_type: type === 'sse' ? 'sse' : 'http',
      ...peer.shown({ connection_string: peer.urls[type][0], headers: TOKEN }),
      tools_to_execute: ['a', 'b'],
      tools_to_auto_execute: ['a'],
      is_code_mode_client: true,
      ...(authType && { auth_type: 'headers' }),
      ...(pricing && { tool_pricing: { a: 0.001 } }),
    });
  });

  it.each([
    ['headers', { transport: { headers: { 'X-Org': '8' } } }, { headers: { ...TOKEN, 'X-Org': '8' } }],
    ['a header added', { transport: { headers: { 'X-New': 'n' } } }, { headers: { ...TOKEN, 'X-New': 'n' } }],
    [
      'a header removed',
      { transport: { headers: { 'X-Org': null } } },
      { headers: { Authorization: 'Bearer tok-secret-1' } },
    ],
    [
      'the token',
      { transport: { auth: { token: { newSecret: 'Bearer tok-secret-2' } } } },
      { headers: { ...TOKEN, Authorization: 'Bearer tok-secret-2' } },
    ],
    [
      'the token, in its hidden part alone',
      { transport: { auth: { token: { newSecret: 'Bearer kot-terces-1' } } } },
      { headers: { ...TOKEN, Authorization: 'Bearer kot-terces-1' } },
    ],
    [
      'all headers removed',
      { transport: { headers: { 'X-Org': null }, auth: { type: 'none' } } },
      { headers: {} },
    ],
    ['tools_to_execute', { tools: { execute: ['b', 'a', 'c'] } }, { tools_to_execute: ['a', 'b', 'c'] }],
    ['tools_to_execute: all', { tools: { execute: ['*'] } }, { tools_to_execute: ['*'] }],
    [
      'tools_to_execute cleared',
      { tools: { execute: [], autoExecute: [] } },
      { tools_to_execute: [], tools_to_auto_execute: [] },
    ],
    ['tools_to_auto_execute', { tools: { autoExecute: ['b'] } }, { tools_to_auto_execute: ['b'] }],
    ['tools_to_auto_execute cleared', { tools: { autoExecute: [] } }, { tools_to_auto_execute: [] }],
    ['is_code_mode_client', { codeMode: false }, { is_code_mode_client: false }],
  ] as [string, Record<string, unknown>, Partial<Held>][])('change: %s', async (_what, patch, expected) => {
    const { server, linkId, held } = await make();
    const before = await held();
    await bench().change(server, linkId, patch);
    const isBare = Object.keys(expected.headers ?? TOKEN).length === 0;
    const kind = authType && isBare && !immutable && { auth_type: 'none' };
    expect(await held()).toEqual({ ...before, ...bench().peer.shown(expected), ...kind });
  });

  it.runIf(pricing).each([
    ['tool_pricing', { a: 0.002 }, { a: 0.002 }],
    ['tool_pricing added', { b: 0.5 }, { a: 0.001, b: 0.5 }],
    ['tool_pricing cleared', { a: null }, {}],
  ])('change: %s', async (_what, prices, expected) => {
    const { server, linkId, held } = await make();
    const before = await held();
    await bench().change(server, linkId, { tools: { pricing: prices } });
    expect(await held()).toEqual({ ...before, tool_pricing: expected });
  });

  it.runIf(!pricing)('prices are lost, and that is said', async () => {
    const { server, linkId, held } = await make();
    const before = await held();
    await bench().rig.update(server.id, { tools: { pricing: { a: 1 } } });
    expect((await bench().rig.plan(linkId)).losses).toContainEqual(
      expect.objectContaining({ field: 'tools.pricing' }),
    );
    await bench().isQuiet(linkId);
    expect(await held()).toEqual(before);
  });
}

function entryCases(bench: () => BifrostBench, traits: BifrostTraits, type: UrlType): void {
  const { immutable } = traits;
  const make = () => makeWhole(bench(), traits, type);

  it('change: connection_string, though it is shown as before', async () => {
    const { server, linkId, held } = await make();
    const { peer } = bench();
    const before = await held();
    const url = peer.urls[type][1];
    await bench().change(server, linkId, { transport: { url } }, immutable);
    expect(await held()).toEqual({ ...before, ...peer.shown({ connection_string: url }) });
  });

  it('rename', async () => {
    const { rig } = bench();
    const { server, linkId, held } = await make();
    const before = await held();
    const name = `${bench().fresh()}-new`;
    await rig.update(server.id, { name });
    expect(await rig.plan(linkId)).toMatchObject({ action: 'update', requiresConsent: ['rename'] });
    expect(await rig.apply(linkId)).toMatchObject({
      status: 'blocked',
      error: { code: 'consent_required' },
    });
    expect(await held()).toEqual(before);
    expect(await rig.apply(linkId, { consent: ['rename'] })).toMatchObject({
      status: 'synced',
      verified: true,
    });
    expect(await held()).toEqual({ ...before, name: name.replace('-', '_') });
    await bench().isQuiet(linkId);
  });

  const other = type === 'sse' ? 'streamable_http' : 'sse';
  it.runIf(traits.types.includes(other))('change of type', async () => {
    const { server, linkId, held } = await make();
    const { peer } = bench();
    const before = await held();
    const url = peer.urls[other][0];
    await bench().change(server, linkId, { transport: { type: other, url } }, immutable);
    expect(await held()).toEqual({
      ...before,
      ...peer.shown({ connection_string: url }),
      connection_type: other === 'sse' ? 'sse' : 'http',
    });
  });

  it.runIf(traits.stdio)('change of type to stdio', async () => {
    const { server, linkId, held } = await make();
    const command = bench().peer.commands[0];
    await bench().change(server, linkId, { transport: { type: 'stdio', command } }, immutable);
    expect(await held()).toMatchObject({
      connection_type: 'stdio',
      stdio_config: { command, args: [], envs: [] },
      headers: {},
      tools_to_execute: ['a', 'b'],
    });
  });

  it('delete', async () => {
    const { linkId, held } = await make();
    const { client_id } = await held();
    await bench().rig.sync.unlink(linkId, true);
    expect(await bench().peer.held(client_id)).toBeUndefined();
    expect(bench().rig.catalog.link(linkId)).toBeUndefined();
  });
}

function nameCases(bench: () => BifrostBench): void {
  const at = (index: 0 | 1) => ({
    type: 'streamable_http' as const,
    url: bench().peer.urls.streamable_http[index],
  });

  it('two names that become one are kept apart', async () => {
    const stem = bench().fresh();
    const first = await bench().patched({ name: `${stem}-x`, transport: at(0) });
    const second = await bench().patched({ name: `${stem}_x`, transport: at(1) });
    expect([(await first.held()).name, (await second.held()).name]).toEqual([`${stem}_x`, `${stem}_x_2`]);
  });

  it('a name of which nothing is lawful is blocked', async () => {
    const { rig, remote } = bench();
    const server = await rig.server({ name: '日本', transport: at(0) });
    const link = await rig.sync.link(server.id, remote.id);
    expect((await rig.plan(link.id)).action).toBe('blocked');
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked', error: { code: 'unsupported' } });
  });

  it('a name that somebody else has there is blocked', async () => {
    const { rig, remote, bystander } = bench();
    const server = await rig.server({ name: bystander, transport: at(1) });
    const link = await rig.sync.link(server.id, remote.id);
    const step = await rig.plan(link.id);
    expect(step.action).toBe('blocked');
    expect(step.warnings[0]).toContain(`"${bystander}" already`);
    expect(await rig.apply(link.id)).toMatchObject({ status: 'blocked' });
    await rig.sync.unlink(link.id, false);
    await rig.catalog.edit((tx) => tx.remove('servers', server.id));
  });
}
