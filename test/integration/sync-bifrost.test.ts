import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeBifrost, type FakeBifrost } from '../fakes/bifrost/index.js';
import { SyncRig } from '../support/sync-rig.js';

let rig: SyncRig;
let bifrost: FakeBifrost;
beforeEach(async () => {
  rig = SyncRig.inMemory();
  bifrost = await startFakeBifrost();
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
  await bifrost.close();
});

describe('Bifrost 1.4', () => {
  it('takes an HTTP server with header, tools and prices, and holds exactly what was meant', async () => {
    const server = await rig.server({
      name: 'web-search',
      transport: {
        type: 'streamable_http',
        url: 'https://mcp.example.com/mcp',
        headers: { 'X-Org': '7' },
        auth: { type: 'header', header: 'Authorization', token: { newSecret: 'Bearer top-secret-1' } },
      },
      tools: { execute: ['search', 'fetch'], autoExecute: ['search'], pricing: { search: 0.002 } },
      codeMode: true,
    });
    const remote = await rig.remote({ kind: 'bifrost', name: 'Gate', baseUrl: bifrost.url });
    const { linkId, outcome } = await rig.patch(server, remote);
    expect(outcome).toMatchObject({ status: 'synced', verified: true });
    expect(bifrost.state.find('web_search')).toMatchObject({
      client_id: rig.link(linkId).remoteEntryId,
      connection_type: 'http',
      connection_string: 'https://mcp.example.com/mcp',
      auth_type: 'headers',
      headers: { 'X-Org': '7', Authorization: 'Bearer top-secret-1' },
      tools_to_execute: ['fetch', 'search'],
      tools_to_auto_execute: ['search'],
      tool_pricing: { search: 0.002 },
      is_code_mode_client: true,
    });
    expect(rig.link(linkId)).toMatchObject({ state: 'in_sync', remoteName: 'web_search' });
    expect(JSON.stringify(rig.link(linkId))).not.toMatch(/secret-1|\*\*\*/);

    await rig.update(server.id, { transport: { auth: { token: { newSecret: 'Bearer top-secret-2' } } } });
    await expect.poll(() => rig.link(linkId).state).toBe('local_ahead');
    expect((await rig.plan(linkId)).changes).toEqual([
      { field: 'transport.auth.token', base: '••••', local: '••••', remote: '••••', secret: true },
    ]);
    expect(await rig.apply(linkId)).toMatchObject({ status: 'synced', verified: true });
    expect(bifrost.state.find('web_search')?.headers).toEqual({
      'X-Org': '7',
      Authorization: 'Bearer top-secret-2',
    });
    expect(bifrost.state.find('web_search')?.tool_pricing).toEqual({ search: 0.002 });
    expect(await rig.apply(linkId)).toMatchObject({ status: 'unchanged', verified: true });
  });
});
